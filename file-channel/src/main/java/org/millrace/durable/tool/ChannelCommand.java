package org.millrace.durable.tool;

import java.io.IOException;
import java.io.PrintWriter;
import org.millrace.api.StartException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.OptionSpec;

/** {@code millrace channel}: looks into a file channel's directories. All but {@code repair} read only, and work beside a live agent. */
@Command(
        name = "channel",
        description = "Look into a file channel's directories, whether an agent runs on them or not.",
        synopsisSubcommandLabel = "COMMAND")
public final class ChannelCommand {
    private ChannelCommand() {}

    /** The command with all its own; to be added to a program. */
    public static CommandLine of(Surroundings around) {
        CommandLine channel = new CommandLine(new ChannelCommand())
                .addSubcommand(new LsCommand(around))
                .addSubcommand(new CatCommand(around))
                .addSubcommand(new TailCommand(around))
                .addSubcommand(new VerifyCommand(around))
                .addSubcommand(new RepairCommand(around))
                .addSubcommand(new ExportCommand(around))
                .addSubcommand(new StatsCommand(around))
                .addSubcommand("help", new CommandLine.HelpCommand());
        channel.getSubcommands().forEach((name, command) -> {
            if (!name.equals("help")) {
                command.getCommandSpec().addOption(helpOption());
            }
        });
        channel.setExecutionExceptionHandler((e, command, parsed) -> failed(e, command, around.err()));
        channel.setCaseInsensitiveEnumValuesAllowed(true);
        return channel;
    }

    private static OptionSpec helpOption() {
        return OptionSpec.builder("-h", "--help")
                .usageHelp(true)
                .description("Show this help.")
                .build();
    }

    /** What a disk does not give, or a key store, is said in a line; anything else is ours, and goes up. */
    private static int failed(Exception e, CommandLine command, PrintWriter err) throws Exception {
        if (e instanceof IOException || e instanceof StartException) {
            String message =
                    e instanceof StartException || e.getClass() == IOException.class ? e.getMessage() : e.toString();
            err.println("millrace channel " + command.getCommandName() + ": " + message);
            return Exit.FAILED;
        }
        throw e;
    }
}
