package org.millrace.durable.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.durable.format.EventRange;
import org.millrace.durable.format.PositionUpdate;
import org.millrace.durable.storage.DiskStorage;
import org.millrace.testkit.FakeClock;

/**
 * A log of format version 1 as it was written when that version was made. It must be readable for ever, so the files never change; a new
 * version gets files of its own. {@code -Dgolden.write=DIRECTORY} writes what the format classes make of it now.
 */
final class GoldenLogTest {
    private static final int SEGMENT_BYTES = 16 << 10;
    private static final List<String> FILES = List.of("log.meta", "slot-0001.seg", "slot-0002.seg");

    @TempDir
    private Path directory;

    @Test
    void isRead() throws IOException {
        for (String file : FILES) {
            Files.write(directory.resolve(file), golden(file));
        }

        Recovered log = recover(directory);

        assertThat(log.logId()).hasToString("00000000-0000-0007-0000-000000000007");
        assertThat(log.state().watermark("default")).isEqualTo(2);
        assertThat(log.state().committedAbove("default")).containsExactly(new EventRange(3, 5));
        assertThat(log.state().attached("default", "k1")).containsExactly(1, 2, 3);
        assertThat(log.lostEvents()).isZero();
        assertThat(Logs.read(log)).isEqualTo("0-11");
    }

    @Test
    void isWhatTheFormatClassesWrite() throws IOException {
        String target = System.getProperty("golden.write");
        Path written = target == null ? directory : Path.of(target);

        write(written);

        for (String file : FILES) {
            assertThat(Files.readAllBytes(written.resolve(file))).as(file).isEqualTo(golden(file));
        }
    }

    private static void write(Path directory) throws IOException {
        LogImage image = new LogImage(SEGMENT_BYTES, null, DiskStorage.in(directory));
        image.roll(2, 1);
        image.put(4);
        image.commit(new PositionUpdate(
                "default", List.of(new EventRange(0, 2), new EventRange(3, 4)), Map.of("k1", new byte[] {1, 2, 3})));
        image.roll(3, 2);
        image.commit(4, 5);
        recover(directory); // writes log.meta
    }

    private static Recovered recover(Path directory) throws IOException {
        return Recovery.recover(
                Logs.settings(SEGMENT_BYTES, Duration.ZERO, null), List.of(DiskStorage.in(directory)), new FakeClock());
    }

    private static byte[] golden(String file) throws IOException {
        try (InputStream in = GoldenLogTest.class.getResourceAsStream("/golden/format-1/" + file)) {
            return Objects.requireNonNull(in, file).readAllBytes();
        }
    }
}
