package org.millrace.durable.tool;

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
        channel.setCaseInsensitiveEnumValuesAllowed(true);
        return channel;
    }

    private static OptionSpec helpOption() {
        return OptionSpec.builder("-h", "--help")
                .usageHelp(true)
                .description("Show this help.")
                .build();
    }
}
