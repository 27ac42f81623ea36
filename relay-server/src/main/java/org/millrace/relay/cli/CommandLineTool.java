package org.millrace.relay.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import org.millrace.client.EventLoops;
import org.millrace.durable.tool.ChannelCommand;
import org.millrace.durable.tool.Surroundings;
import org.millrace.load.LoadCommand;
import org.millrace.relay.config.ComponentCatalog;
import org.millrace.relay.config.ComponentReference;
import org.millrace.relay.config.ComponentReferences;
import org.millrace.relay.config.Configuration;
import org.millrace.relay.config.ConfigurationReader;
import org.millrace.relay.config.Environment;
import org.millrace.relay.config.Migration;
import org.millrace.relay.config.Nearest;
import org.millrace.verify.VerifyCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** The program {@code millrace}: finds the command in the arguments and runs it. */
public final class CommandLineTool {
    private final CommandLine commands;
    private final PrintWriter err;

    /**
     * @param configurations reads a configuration
     * @param runner runs what was read
     */
    public CommandLineTool(ConfigurationReader configurations, AgentRunner runner, PrintWriter out, PrintWriter err) {
        this.err = err;
        this.commands = new CommandLine(new Root())
                .addSubcommand("agent", new AgentCommand(configurations, runner, err))
                .addSubcommand("node", new AgentCommand(configurations, runner, err))
                .addSubcommand("plan", new PlanCommand(configurations, out, err))
                .addSubcommand("validate", new ValidateCommand(configurations, runner, out, err))
                .addSubcommand("migrate", new MigrateCommand(CommandLineTool::migration, out, err))
                .addSubcommand("avro-client", new AvroClientCommand(System.in, out, err, EventLoops::shared))
                .addSubcommand("channel", channelCommand(out, err))
                .addSubcommand("load", new LoadCommand(out, err, Terminal.isStandardError()))
                .addSubcommand("verify", new VerifyCommand(out, err, Terminal.isStandardError(), new AvroEventPort()))
                .addSubcommand("version", new VersionCommand(out))
                .addSubcommand("tool", new ToolCommand(err))
                .addSubcommand("help", new HelpCommand(() -> references(err), out))
                .setOut(out)
                .setErr(err)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setParameterExceptionHandler((e, args) -> usageMistake(e))
                .setExecutionExceptionHandler((e, command, parsed) -> failed(e));
        commands.getSubcommands().forEach(CommandLineTool::completeOptions);
        commands.getCommandSpec().addOption(helpOption());
    }

    /**
     * Flume's {@code flume.opts}; empty if there is none.
     *
     * @throws IOException if it cannot be read; the message names it
     */
    public static Properties defaultsOfMachine() throws IOException {
        return FlumeOptions.ofMachine();
    }

    /** Options of commands that read a configuration may have defaults elsewhere, as Flume's have. */
    public CommandLineTool withDefaults(Properties options) {
        commands.getSubcommands().values().stream()
                .filter(command -> command.getCommandSpec().mixins().containsKey("options"))
                .forEach(command -> command.setDefaultValueProvider(new FlumeOptions(options)));
        return this;
    }

    private static CommandLine channelCommand(PrintWriter out, PrintWriter err) {
        Surroundings surroundings = new Surroundings(
                new BufferedReader(new InputStreamReader(System.in, Charset.defaultCharset())),
                out,
                err,
                Terminal.isStandardError(),
                InstantSource.system(),
                CommandLineTool::channelSettings,
                time -> Thread.sleep(time.toMillis()));
        return ChannelCommand.of(surroundings);
    }

    private static Map<String, String> channelSettings(List<Path> files, String agent, String channel) {
        return Configuration.channelSettings(
                Configuration.Request.ofFiles(agent, files, true), Environment.ofProcess(), channel);
    }

    private static Migration.Outcome migration(List<Path> files, @Nullable String agent) {
        return Migration.of(files, agent, Environment.ofProcess(), ComponentCatalog.ofProcess());
    }

    private static List<ComponentReference> references(PrintWriter err) {
        ComponentCatalog catalog = ComponentCatalog.ofProcess();
        List<ComponentReference> references = new ArrayList<>(ComponentReferences.of(catalog));
        references.addAll(ComponentReferences.partsOf(catalog));
        catalog.problems().forEach(err::println);
        return references;
    }

    private static void completeOptions(String name, CommandLine command) {
        CommandSpec spec = command.getCommandSpec();
        spec.usageMessage().hidden(name.equals("node") || name.equals("tool"));
        if (!name.equals("help")) {
            spec.addOption(helpOption());
        }
        if (spec.mixins().containsKey("options")) {
            spec.addOption(OptionSpec.builder("-c", "--conf")
                    .paramLabel("DIR")
                    .type(Path.class)
                    .description(
                            "The directory of millrace-env.sh, log4j2.xml and Hadoop's *-site.xml, for the launcher.")
                    .build());
        }
    }

    private static OptionSpec helpOption() {
        return OptionSpec.builder("-h", "--help")
                .usageHelp(true)
                .description("Show this help.")
                .build();
    }

    /**
     * Runs a command.
     *
     * @return its exit code, one of {@link ExitCode}
     */
    public int run(String... args) {
        if (args.length == 0) {
            commands.usage(err);
            return ExitCode.USAGE;
        }
        return commands.execute(withTwoDashes(args));
    }

    /** Flume's parser takes {@code -name} for {@code --name}; ours would take it for {@code -n ame}. */
    private String[] withTwoDashes(String[] args) {
        CommandLine command = commands.getSubcommands().get(args[0]);
        if (command == null) {
            return args;
        }
        CommandSpec spec = command.getCommandSpec();
        List<String> corrected = new ArrayList<>();
        for (String arg : args) {
            boolean isLong = arg.length() > 2 && arg.startsWith("-") && spec.findOption("-" + arg) != null;
            corrected.add(isLong && spec.findOption(arg) == null ? "-" + arg : arg);
        }
        return corrected.toArray(new String[0]);
    }

    private int usageMistake(ParameterException e) {
        CommandSpec spec = e.getCommandLine().getCommandSpec();
        CommandSpec parent = spec.parent();
        err.println(spec.qualifiedName() + ": " + message(e));
        if (parent == null) {
            String commandNames = String.join(", ", commandNames(spec));
            err.println("Commands: " + commandNames + ". See: millrace help");
        } else {
            err.println("See: " + parent.qualifiedName() + " help " + spec.name());
        }
        return ExitCode.USAGE;
    }

    /** Of a word that is not known, what was probably meant. */
    private static String message(ParameterException e) {
        String told = String.valueOf(e.getMessage());
        if (!(e instanceof UnmatchedArgumentException unmatched)) {
            return told;
        }
        CommandSpec spec = e.getCommandLine().getCommandSpec();
        String word = unmatched.getUnmatched().get(0);
        if (unmatched.isUnknownOption()) {
            String name = word.replaceFirst("=.*", "");
            return told + (name.length() > 2 ? hint(name, spec.optionsMap().keySet()) : "");
        }
        return spec.subcommands().isEmpty() ? told : word + ": no such command" + hint(word, commandNames(spec));
    }

    private static String hint(String wrong, Collection<String> right) {
        return Nearest.to(wrong, right)
                .map(name -> " (did you mean " + name + "?)")
                .orElse("");
    }

    private static List<String> commandNames(CommandSpec spec) {
        return spec.subcommands().entrySet().stream()
                .filter(entry ->
                        !entry.getValue().getCommandSpec().usageMessage().hidden())
                .map(Map.Entry::getKey)
                .toList();
    }

    private int failed(Exception e) {
        err.println("millrace: " + e);
        Arrays.stream(e.getStackTrace()).limit(8).forEach(frame -> err.println("    at " + frame));
        return ExitCode.FAILED;
    }

    /** Shows the commands. */
    @Command(
            name = "millrace",
            description =
                    "Moves log events from where they arise to where they are kept. Takes the seat of a Flume agent.",
            synopsisSubcommandLabel = "COMMAND",
            exitCodeListHeading = "%nExit codes:%n",
            exitCodeList = {
                "0:done",
                "1:failed while running",
                "2:wrong command line",
                "78:configuration refused; nothing was touched"
            })
    static final class Root {}
}
