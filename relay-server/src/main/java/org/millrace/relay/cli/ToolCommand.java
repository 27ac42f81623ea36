package org.millrace.relay.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Unmatched;

/** Flume's tools: its one tool checks Flume's file channels. */
@Command(description = "Flume's fcintegritytool; not supported.")
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
        err.println("millrace tool" + tool
                + ": not supported (Flume's tool checks Flume's files; for ours: millrace channel verify DIR)");
        return ExitCode.USAGE;
    }
}
