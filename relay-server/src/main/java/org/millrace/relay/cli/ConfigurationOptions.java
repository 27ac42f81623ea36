package org.millrace.relay.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.millrace.relay.config.Backup;
import org.millrace.relay.config.Configuration;
import org.millrace.relay.config.ConfigurationUri;
import org.millrace.relay.config.TextSource;
import org.millrace.relay.config.ZooKeeperTexts;
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
            names = {"-u", "--conf-uri"},
            paramLabel = "URI",
            description = "The same by a file:, classpath:, http: or https: URI; then -f has no effect, as in Flume.")
    private List<String> uris = new ArrayList<>();

    @Option(
            names = {"-user", "--conf-user"},
            paramLabel = "NAME",
            description = "For basic authentication where -u has an http: or https: URI.")
    private String user = "";

    @Option(
            names = {"-pwd", "--conf-password"},
            paramLabel = "PASSWORD",
            description = "The password of --conf-user. Other users of the machine can see it: better in flume.opts.")
    private String password = "";

    @Option(
            names = {"-z", "--zkConnString"},
            paramLabel = "SERVERS",
            description = "The same from ZooKeeper: HOST:PORT[,HOST:PORT...][/PATH]; then -f and -u have no effect.")
    private String servers = "";

    @Option(
            names = {"-p", "--zkBasePath"},
            paramLabel = "PATH",
            defaultValue = "/flume",
            description = "Where in ZooKeeper: the node PATH/NAME has the properties (default: ${DEFAULT-VALUE}).")
    private String basePath = "";

    @Option(
            names = {"-b", "--backup-directory"},
            paramLabel = "DIR",
            description =
                    "Keep a copy of the last good configuration there, and start from it where it cannot be read.")
    private @Nullable Path backup;

    @Option(
            names = "--lenient",
            description = "As Flume would, go on without what has a mistake, with a warning for each.")
    private boolean lenient;

    /** Flume's other ways to name a configuration. */
    @Option(
            names = {"-a", "--auth-provider", "-prov", "--conf-provider"},
            hidden = true)
    private List<String> notSupportedYet = new ArrayList<>();

    /**
     * What to read.
     *
     * @param err told of options that have no effect beside others
     */
    Configuration.Request request(PrintWriter err) {
        if (!notSupportedYet.isEmpty()) {
            throw mistake(unsupportedName(commandLine().getParseResult())
                    + " is not supported yet (expected: -f FILE, -u URI or -z SERVERS)");
        }
        return new Configuration.Request(name, sources(err), lenient, backup == null ? null : new Backup(backup, name));
    }

    /** By the first of three ways that is used; the others have no effect beside it. */
    private List<TextSource> sources(PrintWriter err) {
        if (!servers.isEmpty()) {
            warnOfUnused(err, !files.isEmpty() || !uris.isEmpty(), "-f and -u have no effect beside -z");
            String node = basePath.replaceFirst("/+$", "") + "/" + name;
            return List.of(source(
                    "--zkConnString " + servers + ", --zkBasePath " + basePath,
                    () -> ZooKeeperTexts.installed().source(servers, node)));
        }
        if (!uris.isEmpty()) {
            warnOfUnused(err, !files.isEmpty(), "-f has no effect beside -u");
            return uris.stream()
                    .map(uri -> source("--conf-uri " + uri, () -> ConfigurationUri.source(uri, user, password)))
                    .toList();
        }
        if (files.isEmpty()) {
            throw mistake("Missing required option: '--conf-file=FILE'");
        }
        return files.stream().map(TextSource::ofFile).toList();
    }

    private static void warnOfUnused(PrintWriter err, boolean isUnused, String what) {
        if (isUnused) {
            err.println("warning: " + what);
        }
    }

    /** @param options as they stand on the command line, for the message if they are refused */
    private TextSource source(String options, Supplier<TextSource> maker) {
        try {
            return maker.get();
        } catch (IllegalArgumentException e) {
            throw mistake(options + ": " + e.getMessage());
        }
    }

    private ParameterException mistake(String message) {
        return new ParameterException(commandLine(), message);
    }

    /** The first one, as it stands on the command line. */
    private static String unsupportedName(ParseResult parsed) {
        List<String> names = List.of(parsed.matchedOption("--conf-provider").names());
        return parsed.originalArgs().stream()
                .filter(arg -> names.stream().anyMatch(name -> arg.equals(name) || arg.startsWith(name + "=")))
                .findFirst()
                .orElse("a way to name a configuration other than these");
    }

    private CommandLine commandLine() {
        if (command == null) {
            throw new IllegalStateException("not part of a command");
        }
        return command.commandLine();
    }
}
