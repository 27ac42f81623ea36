package org.millrace.relay.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.util.Properties;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** Says which version this is. */
@Command(description = "Show the version.")
final class VersionCommand implements Callable<Integer> {
    private final PrintWriter out;

    VersionCommand(PrintWriter out) {
        this.out = out;
    }

    @Override
    public Integer call() throws IOException {
        Properties build = new Properties();
        try (InputStream in = VersionCommand.class.getResourceAsStream("version.properties")) {
            build.load(in);
        }
        out.println("Millrace " + build.getProperty("version"));
        out.println("Speaks Flume's Avro RPC and reads its files, as of Flume " + build.getProperty("flume.version"));
        out.println("Java " + Runtime.version() + ", " + System.getProperty("java.vm.vendor"));
        return ExitCode.DONE;
    }
}
