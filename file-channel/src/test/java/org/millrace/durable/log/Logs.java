package org.millrace.durable.log;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.millrace.durable.storage.Storage;
import org.millrace.testkit.Batches;
import org.millrace.testkit.FakeClock;

/** Opens what {@link LogImage} wrote. */
final class Logs {
    private Logs() {}

    static LogSettings settings(int segmentBytes, Duration retention, @Nullable SegmentCiphers ciphers) {
        return new LogSettings(
                "c1",
                Durability.ALWAYS,
                Duration.ofMillis(50),
                segmentBytes,
                4 << 10,
                16 << 10,
                0,
                retention,
                Duration.ofMillis(20),
                ciphers);
    }

    static Recovered recover(Storage... directories) throws IOException {
        return Recovery.recover(
                settings(LogImage.SEGMENT_BYTES, Duration.ZERO, null), List.of(directories), new FakeClock());
    }

    static SegmentRecordReader reader(Recovered log, long sequence, Losses losses) {
        return new SegmentRecordReader(
                log.segments(), null, damage -> log.quarantine().setAside(damage, log.nextNumber(), losses), sequence);
    }

    /** The numbers of all events from the first segment on; where some are gone, their negative count. */
    static List<Integer> read(Recovered log) throws IOException {
        Segment oldest = log.segments().oldest();
        try (SegmentRecordReader reader =
                reader(log, oldest == null ? 0 : oldest.firstSequence(), (events, bytes) -> {})) {
            return drain(reader, log.endSequence());
        }
    }

    static List<Integer> drain(RecordReader reader, long end) throws IOException {
        List<Integer> numbers = new ArrayList<>();
        for (RecordReader.Entry entry = reader.next(end); entry != null; entry = reader.next(end)) {
            if (entry instanceof RecordReader.Stored stored) {
                numbers.addAll(Batches.numbers(stored.batch()));
                stored.batch().release();
            } else if (entry instanceof RecordReader.Gap gap) {
                numbers.add((int) (gap.from() - gap.to()));
            }
        }
        return numbers;
    }
}
