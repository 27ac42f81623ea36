package org.millrace.durable.tool;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import org.millrace.api.StartException;
import org.millrace.api.support.LockedException;
import org.millrace.durable.format.LogState;
import org.millrace.durable.log.LogRepair;
import org.millrace.durable.log.LogView;
import org.millrace.durable.log.LogView.FoundSlot;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Does at leisure what an agent would do on its way: sets damage aside. */
@Command(
        name = "repair",
        description =
                "Set damage aside in a channel whose agent is stopped. An agent does the same when it comes across it;"
                        + " nothing that can be read is given up.",
        sortOptions = false)
final class RepairCommand extends ChannelTask {
    private final Surroundings around;

    @Mixin
    private ChannelArguments arguments;

    @Option(names = "--yes", description = "Do not ask.")
    private boolean yes;

    @Option(names = "--dry-run", description = "Say what would be done, and do nothing.")
    private boolean dryRun;

    RepairCommand(Surroundings around) {
        super(around);
        this.around = around;
        this.arguments = new ChannelArguments(around.configurations());
    }

    @Override
    int run() throws IOException, StartException {
        ChannelArguments.Channel channel = arguments.channel();
        ChannelFiles files = ChannelFiles.look(channel.directories(), channel.ciphers());
        Seen.requireChannel(files.view());
        if (channel.isToReadOnly()) {
            throw arguments.mistake(
                    "to repair an encrypted channel takes its settings (expected: --conf-file, --name and"
                            + " --channel in place of --key-store)");
        }
        if (Seen.isPart(files.view())) {
            Seen.notes(files.view()).forEach(this::warn);
            warn("nothing is repaired without the missing directories");
            return Exit.FAILED;
        }
        Verification verification = Verification.of(files, around);
        List<Verification.Finding> todo = verification.findings().stream()
                .filter(finding -> isToBeSetAside(finding.kind()))
                .toList();
        todo.forEach(finding -> around.out().println(finding.line()));
        if (!verification.of(Verification.Kind.UNREADABLE).isEmpty()) {
            verification.of(Verification.Kind.UNREADABLE).forEach(finding -> warn(finding.line()));
            warn("nothing is repaired while something cannot be read");
            return Exit.FAILED;
        }
        if (todo.isEmpty()) {
            around.out().println("nothing to repair");
            return Exit.DONE;
        }
        if (dryRun) {
            around.out().println("would set aside " + Units.count(todo.size(), "place"));
            return Exit.DONE;
        }
        return isWanted(todo.size()) ? repair(channel, files, verification) : Exit.FAILED;
    }

    private static boolean isToBeSetAside(Verification.Kind kind) {
        return switch (kind) {
            case LOST, CORRUPT, FOREIGN -> true;
            case UNREADABLE, TORN, RECYCLED, SET_ASIDE -> false;
        };
    }

    private boolean isWanted(int places) throws IOException {
        if (yes) {
            return true;
        }
        around.out().print("Set aside " + Units.count(places, "place") + "? [y/N] ");
        around.out().flush();
        String answer = around.in().readLine();
        boolean isWanted =
                answer != null && answer.trim().toLowerCase(Locale.ROOT).startsWith("y");
        if (!isWanted) {
            around.out().println("nothing was changed");
        }
        return isWanted;
    }

    private int repair(ChannelArguments.Channel channel, ChannelFiles files, Verification verification)
            throws IOException {
        LogState state = files.state();
        long segmentBytes = segmentBytes(files.view());
        if (state == null || segmentBytes == 0) {
            warn("no segment tells how the readers stand: nothing can be repaired here, but an agent will start");
            return Exit.FAILED;
        }
        try {
            LogRepair.Repaired repaired = repair(channel, files, segmentBytes, state, verification.taken());
            around.out()
                    .println("set aside: " + Units.bytes(repaired.setAsideBytes()) + ", "
                            + Units.count(repaired.lostEvents(), "event")
                            + " lost; the bytes and notes on them are in quarantine/");
            return Exit.DONE;
        } catch (LockedException e) {
            warn(e.getMessage() + " (expected: a channel whose agent is stopped)");
            return Exit.FAILED;
        }
    }

    /** Reads what no reader has taken once more, as an agent does, which sets aside what it comes across. */
    private LogRepair.Repaired repair(
            ChannelArguments.Channel channel,
            ChannelFiles files,
            long segmentBytes,
            LogState state,
            List<LogRepair.Taken> taken)
            throws IOException, LockedException {
        List<FoundSlot> needed =
                files.segments().subList(files.firstNeeded(), files.segments().size());
        long total = needed.stream().mapToLong(FoundSlot::fileBytes).sum();
        Progress progress = new Progress("read again", total, around.err(), around.isTerminal(), around.clock());
        try {
            return LogRepair.run(
                    channel.directories(), segmentBytes, state, taken, channel.ciphers(), progress::at, around.clock());
        } finally {
            progress.end();
        }
    }

    private static long segmentBytes(LogView view) {
        return view.directories().stream()
                .mapToLong(LogView.Directory::segmentBytes)
                .max()
                .orElse(0);
    }
}
