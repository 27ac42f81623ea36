package org.millrace.durable.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.millrace.durable.storage.SimulatedDisks;
import org.millrace.durable.storage.SimulatedStorage;

final class LogDirectoriesTest {
    private final SimulatedDisks disks = new SimulatedDisks(1);
    private final SimulatedStorage one = disks.add("one", Long.MAX_VALUE);
    private final SimulatedStorage two = disks.add("two", Long.MAX_VALUE);
    private final SimulatedStorage three = disks.add("three", Long.MAX_VALUE);
    private final LogImage image = new LogImage(one, two);

    @BeforeEach
    void aLogInTwoDirectories() throws IOException {
        image.roll(5);
        image.roll(6);
        image.roll(7);
        Logs.recover(one, two);
    }

    @Test
    void readsSegmentsWhereverTheyAre() throws IOException {
        assertThat(Logs.read(Logs.recover(one, two))).isEqualTo("0-17");
    }

    @Test
    void saysInEachDirectoryWhichOneItIs() throws IOException {
        assertThat(LogMeta.read(one)).isEqualTo(new LogMeta(image.logId(), 1, LogImage.SEGMENT_BYTES, 1, 2));
        assertThat(LogMeta.read(two)).isEqualTo(new LogMeta(image.logId(), 1, LogImage.SEGMENT_BYTES, 2, 2));
    }

    @Test
    void takesThemInAnyOrder() throws IOException {
        assertThat(Logs.read(Logs.recover(two, one))).isEqualTo("0-17");
        assertThat(Logs.read(Logs.recover(one, two))).isEqualTo("0-17");
    }

    @Test
    void takesOneMore() throws IOException {
        assertThat(Logs.read(Logs.recover(three, one, two))).isEqualTo("0-17");
        assertThatThrownBy(() -> Logs.recover(one, two)).hasMessageContaining("number [3] is missing");
    }

    @Test
    void aDirectoryKeepsItsNumber() throws IOException {
        Logs.recover(three, two, one);

        assertThat(LogMeta.read(one)).isEqualTo(new LogMeta(image.logId(), 1, LogImage.SEGMENT_BYTES, 1, 3));
        assertThat(LogMeta.read(two)).isEqualTo(new LogMeta(image.logId(), 1, LogImage.SEGMENT_BYTES, 2, 3));
        assertThat(LogMeta.read(three)).isEqualTo(new LogMeta(image.logId(), 1, LogImage.SEGMENT_BYTES, 3, 3));
    }

    @Test
    void addingOneMayBeCutShortAnywhere() throws IOException {
        SimulatedStorage four = disks.add("four", Long.MAX_VALUE);
        for (int n = 1; n <= 5; n++) {
            disks.failNth(SimulatedDisks.Operation.REPLACE, n, true);
            Logs.recover(one, three, two, four);
            disks.heal();

            Recovered log = Logs.recover(two, four, one, three);

            assertThat(Logs.read(log)).as("write %d fails", n).isEqualTo("0-17");
            four.delete("log.meta");
            three.delete("log.meta");
            new LogMeta(image.logId(), 1, LogImage.SEGMENT_BYTES, 1, 2).write(one);
            new LogMeta(image.logId(), 1, LogImage.SEGMENT_BYTES, 2, 2).write(two);
        }
    }

    @Test
    void refusesToStartWithoutOneOfThem() {
        assertThatThrownBy(() -> Logs.recover(one))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("number [2] is missing")
                .hasMessageContaining(one.path().toString());
        assertThatThrownBy(() -> Logs.recover(one, three)).hasMessageContaining("number [2] is missing");
    }

    @Test
    void goesOnWithoutOneIfToldSo() throws IOException {
        two.delete("log.meta");

        assertThat(Logs.read(Logs.recover(two))).as("segments 1 and 3").isEqualTo("0-4 (6 lost) 11-17");
    }

    @Test
    void refusesDirectoriesOfDifferentLogs() throws IOException {
        Logs.recover(three);

        assertThatThrownBy(() -> Logs.recover(one, two, three))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(three.path().toString())
                .hasMessageContaining("another log");
    }

    @Test
    void refusesALogOfALaterVersion() throws IOException {
        String later = new String(one.readAll("log.meta"), StandardCharsets.UTF_8)
                .replace("format.version = 1", "format.version = 2");
        one.replace("log.meta", later.getBytes(StandardCharsets.UTF_8));

        assertThatThrownBy(() -> Logs.recover(one, two)).hasMessageContaining("later version");
    }

    @Test
    void writesALostOrDamagedMetaAnew() throws IOException {
        one.delete("log.meta");
        two.replace("log.meta", new byte[] {1, 2, 3});

        Recovered log = Logs.recover(one, two);

        assertThat(log.logId()).isEqualTo(image.logId());
        assertThat(Logs.read(log)).isEqualTo("0-17");
        assertThat(LogMeta.read(one)).isNotNull();
        assertThat(LogMeta.read(two)).isNotNull();
    }

    @Test
    void anEmptyDirectoryHasNoMeta() throws IOException {
        assertThat(LogMeta.read(three)).isNull();
    }
}
