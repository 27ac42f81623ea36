package org.millrace.durable.log;

import com.codahale.metrics.MetricRegistry;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.millrace.api.ChannelMetrics;
import org.millrace.api.support.LockedException;
import org.millrace.durable.format.LogState;
import org.millrace.durable.log.LogView.FoundSlot;
import org.millrace.durable.storage.Storage;

/**
 * Does what an agent does that starts and takes everything, but for taking it: damage is set aside, noted and counted, so that the next
 * start has nothing to do.
 */
public final class LogRepair {
    private static final String NAME = "repair";
    private static final Duration FOR_EVER = Duration.ofDays(36_500);

    private LogRepair() {}

    /** What was set aside. */
    public record Repaired(long lostEvents, long setAsideBytes) {}

    /** A bad place in events that all readers have taken: it is noted, and costs nothing. */
    public record Taken(FoundSlot slot, SegmentWalk.BadPlace place) {}

    /**
     * Repairs.
     *
     * @param segmentBytes of the slots as they are: a slot of another size would be deleted
     * @param before how the readers stand; they all stay
     * @param ciphers null if nothing is encrypted
     * @param onRead is told again and again how many bytes of events have been read
     * @throws LockedException if an agent runs on the directories
     * @throws IOException if the disk fails, or the directories do not belong together
     */
    public static Repaired run(
            List<Storage> directories,
            long segmentBytes,
            LogState before,
            List<Taken> taken,
            @Nullable SegmentCiphers ciphers,
            LongConsumer onRead,
            InstantSource clock)
            throws IOException, LockedException {
        LogSettings settings = new LogSettings(
                NAME,
                Durability.ALWAYS,
                Duration.ofSeconds(1),
                segmentBytes,
                256 << 10,
                4 << 20,
                0,
                FOR_EVER,
                Duration.ofMillis(20),
                ciphers);
        List<String> readers = List.copyOf(before.readers());
        Repaired repaired;
        try (DurableLog log = open(settings, directories, readers, clock)) {
            noteTaken(taken, clock);
            readAll(log, onRead);
            repaired = new Repaired(log.newlyLostEvents(), log.newlySetAsideBytes());
        }
        open(settings, directories, readers, clock).close(); // begins a segment whose snapshot counts what was read
        return repaired;
    }

    private static DurableLog open(
            LogSettings settings, List<Storage> directories, List<String> readers, InstantSource clock)
            throws IOException, LockedException {
        return DurableLog.open(settings, directories, readers, new ChannelMetrics(NAME, new MetricRegistry()), clock);
    }

    private static void noteTaken(List<Taken> taken, InstantSource clock) {
        Quarantine quarantine = new Quarantine(NAME, clock);
        for (Taken one : taken) {
            SegmentWalk.BadPlace place = one.place();
            Segment segment = new Segment(
                    one.slot().storage(), one.slot().slot(), one.slot().segment());
            Damage damage =
                    new Damage(segment, place.from(), place.to(), place.toSequence(), place.toSequence(), place.why());
            quarantine.setAside(damage, segment.number(), (events, bytes) -> {});
        }
    }

    private static void readAll(DurableLog log, LongConsumer onRead) throws IOException {
        long bytes = 0;
        LogState state = log.recovered();
        try (RecordReader reader = log.read(Math.min(state.lowestWatermark(), log.recoveredEnd()))) {
            RecordReader.Entry entry = reader.next(log.recoveredEnd());
            while (entry != null) {
                if (entry instanceof RecordReader.Stored stored) {
                    bytes += stored.batch().encodedBytes();
                    stored.batch().release();
                    onRead.accept(bytes);
                }
                entry = reader.next(log.recoveredEnd());
            }
        }
    }
}
