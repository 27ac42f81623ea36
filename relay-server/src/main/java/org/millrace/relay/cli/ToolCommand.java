package org.millrace.relay.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Unmatched;

/** Flume's tools: its one tool checks file channels, which this program does not have yet. */
@Command(description = "Flume's fcintegritytool; not supported yet.")
final class ToolCommand implements Callable<Integer> {
    private final PrintWriter err;

    @Unmatched
    private List<String> arguments = new ArrayList<>();

    ToolCommand(PrintWriter err) {
        this.err = err;
    }

    @Override
    public Integer call() {
        String tool = arguments.isEmpty() ? "" : " " + arguments.get(0);
        err.println("millrace tool" + tool + ": not supported yet (it checks file channels, which are to come)");
        return ExitCode.USAGE;
    }
}
