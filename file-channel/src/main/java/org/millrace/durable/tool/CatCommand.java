package org.millrace.durable.tool;

import java.io.IOException;
import java.util.List;
import org.millrace.api.StartException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Shows events, oldest first. */
@Command(
        name = "cat",
        description = "Show events, oldest first: those that some reader has not taken yet.",
        sortOptions = false)
final class CatCommand extends ChannelTask {
    private final Surroundings around;

    @Mixin
    private ChannelArguments arguments;

    @Mixin
    private Selection selection = new Selection();

    @Mixin
    private Shown shown = new Shown();

    @Option(names = "--count", paramLabel = "N", description = "At most so many.")
    private long count = Long.MAX_VALUE;

    /** How events are to be shown. */
    static final class Shown {
        @Option(names = "--format", paramLabel = "FORMAT", description = "text (the default), json or hex.")
        private EventFormat format = EventFormat.TEXT;

        @Option(names = "--headers", description = "Show headers, too. JSON always has them.")
        private boolean headers;

        EventFormat.Printer printer(Surroundings around) {
            return format.printer(around.out(), headers);
        }
    }

    CatCommand(Surroundings around) {
        super(around);
        this.around = around;
        this.arguments = new ChannelArguments(around.configurations());
    }

    @Override
    int run() throws IOException, StartException {
        if (count < 0) {
            throw arguments.mistake("--count " + count + " (expected: 0 or more)");
        }
        ChannelFiles files = arguments.look();
        Seen.requireChannel(files.view());
        Seen.notes(files.view()).forEach(this::warn);
        Selection.Chosen chosen = selection.of(files, arguments);
        if (chosen.note() != null) {
            warn(chosen.note());
        }
        EventFormat.Printer printer = shown.printer(around);
        EventWalk walk =
                new EventWalk(chosen.from(), chosen.skipped(), new EventSink.Limited(count, (sequence, time, event) -> {
                    printer.print(sequence, time, event);
                    return !isGone(around, sequence);
                }));
        if (count > 0) {
            walk.run(files);
        }
        around.out().flush();
        List<String> troubles = walk.takeTroubles();
        troubles.forEach(this::warn);
        return troubles.isEmpty() ? Exit.DONE : Exit.FAILED;
    }

    /** Whether nobody reads on, as behind {@code head}; to ask flushes, so it is asked now and then. */
    static boolean isGone(Surroundings around, long sequence) {
        return sequence % 1024 == 0 && around.out().checkError();
    }
}
