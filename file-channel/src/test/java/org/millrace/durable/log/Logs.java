package org.millrace.durable.log;

import static org.assertj.core.api.Assertions.assertThat;

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

    /** All events from the first segment on, as {@link #drain} tells them. */
    static String read(Recovered log) throws IOException {
        Segment oldest = log.segments().oldest();
        long from = oldest == null ? 0 : oldest.firstSequence();
        try (SegmentRecordReader reader = reader(log, from, (events, bytes) -> {})) {
            return drain(reader, log.endSequence());
        }
    }

    /** The numbers of the events that a reader gives: {@code 0-4 (6 lost) 11-17}. */
    static String drain(RecordReader reader, long end) throws IOException {
        StringBuilder text = new StringBuilder();
        List<Integer> numbers = new ArrayList<>();
        for (RecordReader.Entry entry = reader.next(end); entry != null; entry = reader.next(end)) {
            if (entry instanceof RecordReader.Stored stored) {
                assertThat(Batches.numbers(stored.batch()).get(0)).isEqualTo((int) stored.sequence());
                numbers.addAll(Batches.numbers(stored.batch()));
                stored.batch().release();
            } else if (entry instanceof RecordReader.Gap gap) {
                appendRuns(text, numbers).append(" (%d lost)".formatted(gap.to() - gap.from()));
            }
        }
        return appendRuns(text, numbers).toString().strip();
    }

    private static StringBuilder appendRuns(StringBuilder text, List<Integer> numbers) {
        for (int i = 0; i < numbers.size(); i++) {
            boolean begins = i == 0 || numbers.get(i) != numbers.get(i - 1) + 1;
            boolean ends = i == numbers.size() - 1 || numbers.get(i) != numbers.get(i + 1) - 1;
            text.append(begins ? " " + numbers.get(i) : "").append(ends ? "-" + numbers.get(i) : "");
        }
        numbers.clear();
        return text;
    }
}
