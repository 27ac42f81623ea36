package org.millrace.durable.tool;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.millrace.durable.format.EventRange;
import org.millrace.durable.format.LogState;
import picocli.CommandLine.Option;

/** Which events: those that somebody still has to take, unless told otherwise. */
final class Selection {
    @Option(names = "--from", paramLabel = "SEQUENCE", description = "Begin with this event, taken or not.")
    private @Nullable Long from;

    @Option(names = "--reader", paramLabel = "NAME", description = "Those that this reader has not taken.")
    private @Nullable String reader;

    @Option(names = "--all", description = "All that are still on disk, taken or not.")
    private boolean all;

    /**
     * What that means for a channel.
     *
     * @param from the first event
     * @param skipped taken already, in order
     * @param note what is worth knowing; null if nothing
     */
    record Chosen(
            long from, List<EventRange> skipped, @Nullable String note) {}

    /** Decides. */
    Chosen of(ChannelFiles files, ChannelArguments arguments) {
        int given = (from == null ? 0 : 1) + (reader == null ? 0 : 1) + (all ? 1 : 0);
        if (given > 1) {
            throw arguments.mistake("--from, --reader and --all exclude one another");
        }
        if (all || files.state() == null) {
            String note =
                    all ? null : "how far the readers are cannot be read: all events that are still there are shown";
            return new Chosen(files.oldestSequence(), List.of(), note);
        }
        return from == null ? notTaken(files, files.state(), arguments) : fromSequence(files, from, arguments);
    }

    private static Chosen fromSequence(ChannelFiles files, long from, ChannelArguments arguments) {
        if (from < 0) {
            throw arguments.mistake("--from " + from + " (expected: a sequence, 0 or more)");
        }
        long oldest = files.oldestSequence();
        String note = from < oldest ? "the oldest event that is still there is " + oldest : null;
        return new Chosen(Math.max(from, oldest), List.of(), note);
    }

    private Chosen notTaken(ChannelFiles files, LogState state, ChannelArguments arguments) {
        List<String> readers = state.readers().stream().sorted().toList();
        if (reader != null) {
            if (!readers.contains(reader)) {
                throw arguments.mistake(
                        "--reader " + reader + " (expected: one of " + String.join(", ", readers) + ")");
            }
            return new Chosen(state.watermark(reader), state.committedAbove(reader), null);
        }
        List<EventRange> skipped = readers.size() == 1 ? state.committedAbove(readers.get(0)) : List.of();
        return new Chosen(files.lowestWatermark(), skipped, null);
    }
}
