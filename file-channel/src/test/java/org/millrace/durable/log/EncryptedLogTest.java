package org.millrace.durable.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.millrace.durable.storage.SimulatedStorage;
import org.millrace.testkit.FakeClock;

final class EncryptedLogTest {
    private final SimulatedStorage storage = SimulatedStorage.withSeed(1);
    private final CheckedXor ciphers = new CheckedXor("k1");
    private final LogImage image = new LogImage(LogImage.SEGMENT_BYTES, ciphers, storage);

    @Test
    void isRecoveredAndRead() throws IOException {
        image.roll(5);
        image.put(6, 7);
        image.roll(8);
        image.commit(0, 3);

        Recovered log = recover(ciphers);

        assertThat(log.endSequence()).isEqualTo(26);
        assertThat(log.state().watermark(LogImage.READER)).isEqualTo(3);
        assertThat(read(log)).isEqualTo("0-25");
    }

    @Test
    void aGroupThatWasTamperedWithIsLost() throws IOException {
        image.roll(5);
        image.put(6).flip(100);
        image.put(7);

        Recovered log = recover(ciphers);

        assertThat(log.lostEvents()).isEqualTo(6);
        assertThat(read(log)).isEqualTo("0-4 (6 lost) 11-17");
    }

    @Test
    void aKeyThatIsNotAtHandIsNoDamage() throws IOException {
        image.roll(5);

        assertThatThrownBy(() -> recover(new CheckedXor("k2")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("no key k1");
        assertThatThrownBy(() -> recover(null)).hasMessageContaining("encrypted with key k1");
        assertThat(read(recover(ciphers))).isEqualTo("0-4");
    }

    @Test
    void aReaderSaysWhichKeyItNeeds() throws IOException {
        image.roll(5);
        Segments segments = recover(ciphers).segments();

        try (SegmentRecordReader reader = new SegmentRecordReader(segments, null, damage -> {}, 0)) {
            assertThatThrownBy(() -> reader.next(5)).hasMessageContaining("encrypted with key k1");
        }
    }

    @Test
    void withoutItsFirstBlockASegmentIsSetAside() throws IOException {
        image.roll(5);
        image.roll(6);
        image.roll(7);
        storage.flip("slot-0002.seg", 50, 1);

        Recovered log = recover(ciphers);

        assertThat(log.lostEvents()).isEqualTo(6);
        assertThat(storage.list()).doesNotContain("slot-0002.seg");
        assertThat(read(log)).isEqualTo("0-4 (6 lost) 11-17");
    }

    private Recovered recover(@Nullable SegmentCiphers ciphers) throws IOException {
        return Recovery.recover(
                Logs.settings(LogImage.SEGMENT_BYTES, Duration.ZERO, ciphers), List.of(storage), new FakeClock());
    }

    private String read(Recovered log) throws IOException {
        try (SegmentRecordReader reader = new SegmentRecordReader(log.segments(), ciphers, damage -> {}, 0)) {
            return Logs.drain(reader, log.endSequence());
        }
    }
}
