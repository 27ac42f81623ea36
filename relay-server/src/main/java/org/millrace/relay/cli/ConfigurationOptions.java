package org.millrace.relay.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.millrace.relay.config.Configuration;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;

/** The options that say which agent of which files, common to the commands that read a configuration. */
final class ConfigurationOptions {
    @Spec(Spec.Target.MIXEE)
    private @Nullable CommandSpec command;

    @Option(
            names = {"-n", "--name"},
            paramLabel = "NAME",
            required = true,
            description = "The agent's name: what its keys start with.")
    private String name = "";

    @Option(
            names = {"-f", "--conf-file"},
            paramLabel = "FILE",
            description = "A .properties file. Several are merged; the later one's values win.")
    private List<Path> files = new ArrayList<>();

    @Option(
            names = "--lenient",
            description = "As Flume would, go on without what has a mistake, with a warning for each.")
    private boolean lenient;

    /** Flume's other ways to name a configuration. */
    @Option(
            names = {
                "-u",
                "--conf-uri",
                "-z",
                "--zkConnString",
                "-p",
                "--zkBasePath",
                "-b",
                "--backup-directory",
                "-user",
                "--conf-user",
                "-pwd",
                "--conf-password",
                "-a",
                "--auth-provider",
                "-prov",
                "--conf-provider"
            },
            hidden = true)
    private List<String> notSupportedYet = new ArrayList<>();

    /** What to read. */
    Configuration.Request request() {
        CommandLine commandLine = commandLine();
        if (!notSupportedYet.isEmpty()) {
            throw new ParameterException(
                    commandLine,
                    unsupportedName(commandLine.getParseResult()) + " is not supported yet (expected: -f FILE)");
        }
        if (files.isEmpty()) {
            throw new ParameterException(commandLine, "Missing required option: '--conf-file=FILE'");
        }
        return new Configuration.Request(name, files, lenient);
    }

    /** The first one, as it stands on the command line. */
    private static String unsupportedName(ParseResult parsed) {
        List<String> names = List.of(parsed.matchedOption("--conf-uri").names());
        return parsed.originalArgs().stream()
                .filter(arg -> names.stream().anyMatch(name -> arg.equals(name) || arg.startsWith(name + "=")))
                .findFirst()
                .orElse("a way to name a configuration other than a file");
    }

    private CommandLine commandLine() {
        if (command == null) {
            throw new IllegalStateException("not part of a command");
        }
        return command.commandLine();
    }
}
