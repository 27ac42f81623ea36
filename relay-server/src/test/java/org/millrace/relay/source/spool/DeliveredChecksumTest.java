package org.millrace.relay.source.spool;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeliveredChecksumTest {
    private static final int SIZE = 200_000;

    @TempDir
    Path temporary;

    private final byte[] bytes = new byte[SIZE];

    @ParameterizedTest(name = "{0}")
    @ValueSource(ints = {0, 1, 3, 4, 1000, 65_536, 65_537, SIZE})
    void whatIsKnownOfTheFirstBytesIsGoneOnWith(int first) throws IOException {
        try (FileChannel content = content()) {
            String known = new DeliveredChecksum().upTo(first, content);
            assertThat(known).isEqualTo(crc(first));
            assertThat(DeliveredChecksum.after(first, known).upTo(SIZE, content))
                    .isEqualTo(crc(SIZE));
        }
    }

    @Test
    void itGrowsStepByStep() throws IOException {
        DeliveredChecksum checksum = new DeliveredChecksum();
        try (FileChannel content = content()) {
            for (int end = 0; end < SIZE; end += 777) {
                assertThat(checksum.upTo(end, content)).isEqualTo(crc(end));
            }
            assertThat(checksum.upTo(5, content)).as("and goes back").isEqualTo(crc(5));
        }
    }

    @ParameterizedTest(name = "<{0}>")
    @ValueSource(strings = {"", "x", "-1", "123456789"})
    void whatIsNoChecksumCountsAsNone(String known) throws IOException {
        try (FileChannel content = content()) {
            assertThat(DeliveredChecksum.after(1000, known).upTo(2000, content)).isEqualTo(crc(2000));
        }
    }

    private FileChannel content() throws IOException {
        new Random(1).nextBytes(bytes);
        return FileChannel.open(Files.write(temporary.resolve("a"), bytes));
    }

    private String crc(int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, length);
        return Long.toHexString(crc.getValue());
    }
}
