package org.millrace.singlenode;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The program behind {@code scripts/hdfs}: runs the file system ({@code serve}), or looks into one ({@code ls}, {@code cat}). */
@Command(
        name = "hdfs",
        description = "A single-node HDFS on loopback.",
        subcommands = {ServeCommand.class, ListCommand.class, CatCommand.class})
public final class SingleNodeHdfs {
    private SingleNodeHdfs() {}

    /** Ends with 0 when done, 1 when it failed, 2 for a wrong command line. */
    public static void main(String[] args) {
        System.exit(run(args));
    }

    static int run(String... args) {
        return new CommandLine(new SingleNodeHdfs())
                .setExecutionExceptionHandler((failure, commandLine, parsed) -> {
                    commandLine.getErr().println("hdfs: " + Reason.of(failure));
                    return CommandLine.ExitCode.SOFTWARE;
                })
                .execute(args);
    }
}
