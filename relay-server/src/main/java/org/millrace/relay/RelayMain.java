package org.millrace.relay;

import java.io.Closeable;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Properties;
import org.millrace.relay.cli.CommandLineTool;
import org.millrace.relay.cli.ExitCode;
import org.millrace.relay.config.ConfigurationReader;
import org.millrace.tls.Globals;
import org.slf4j.LoggerFactory;

/** The entry point: runs the command that the command line names, and ends the process with its exit code. */
public final class RelayMain {
    private RelayMain() {}

    /** See {@code help}. */
    public static void main(String[] args) {
        keepLoggingUntilTheEnd();
        int exitCode = run(args);
        try {
            closeLogging();
        } finally {
            System.exit(exitCode);
        }
    }

    private static int run(String[] args) {
        Globals.shareStores();
        PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
        Properties defaults;
        try {
            defaults = CommandLineTool.defaultsOfMachine();
        } catch (IOException e) { // they stand for a part of the command line
            err.println("millrace: " + e.getMessage());
            return ExitCode.USAGE;
        }
        ConfigurationReader configurations = new ProcessConfigurations();
        CommandLineTool tool = new CommandLineTool(
                configurations,
                new AgentProcess(System.getProperties(), configurations),
                new PrintWriter(System.out, true, StandardCharsets.UTF_8),
                err);
        return tool.withDefaults(defaults).run(args);
    }

    /** The logging library's own shutdown hook would silence us while we stop. This class has no logger, so it comes first. */
    private static void keepLoggingUntilTheEnd() {
        if (System.getProperty("log4j.shutdownHookEnabled") == null) {
            System.setProperty("log4j.shutdownHookEnabled", "false");
        }
    }

    /** Writes out what appenders still hold, whichever logging library is behind SLF4J, and waits for one that hangs only so long. */
    static void closeLogging() {
        if (LoggerFactory.getILoggerFactory() instanceof Closeable logging) {
            closeLogging(logging, TimeLimit.OF_LOG);
        }
    }

    static void closeLogging(Closeable logging, Duration most) {
        TimeLimit.run("closing-log", most, () -> {
            try {
                logging.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e); // to the standard error: there is no log any more
            }
        });
    }
}
