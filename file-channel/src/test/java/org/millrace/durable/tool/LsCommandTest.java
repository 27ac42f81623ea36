package org.millrace.durable.tool;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LsCommandTest {
    @TempDir
    private Path directory;

    @Test
    void aSegmentIsDoneOnceAllReadersHavePassedIt() throws Exception {
        try (ChannelOnDisk channel = new ChannelOnDisk(directory)) {
            channel.fill(3);
            channel.commit(
                    0,
                    channel.groups().stream()
                            .filter(group -> group.file().endsWith("slot-0002.seg"))
                            .findFirst()
                            .orElseThrow()
                            .header()
                            .firstSequence());

            ToolRun ls = ToolRun.of("ls", directory); // while it is open

            assertThat(ls.exit()).isZero();
            assertThat(ls.err()).isEmpty();
            assertThat(ls.lines()).anyMatch(line -> line.matches(" +1  done .* 0\\.\\.\\d+ .*slot-0001.seg"));
            assertThat(ls.lines()).anyMatch(line -> line.matches(" +2  in use .*slot-0002.seg"));
            assertThat(ls.lines()).anyMatch(line -> line.matches(" +3  newest .*slot-0003.seg"));
            assertThat(ls.lines()).anyMatch(line -> line.matches(" +-  free .*"));
        }
    }

    @Test
    void eachReaderHasItsPositionAndBacklog() throws Exception {
        try (ChannelOnDisk channel = new ChannelOnDisk(null, List.of("hdfs", "search"), directory)) {
            channel.put(10).commit("hdfs", 0, 4).commit("hdfs", 6, 8);
            ToolRun ls = ToolRun.of("ls", directory);
            assertThat(ls.lines())
                    .contains(
                            "reader  position    backlog  taken ahead",
                            "hdfs           4   4 events            2",
                            "search         0  10 events            0");
        }
    }

    @Test
    void jsonHasExactNumbers() throws Exception {
        try (ChannelOnDisk channel = new ChannelOnDisk(directory)) {
            channel.put(10).commit(0, 4);
        }
        ToolRun ls = ToolRun.of("ls", "--json", directory);
        assertThat(ls.out())
                .contains("\"nextSequence\": 10")
                .contains("\"events\": 10")
                .contains("\"backlog\": 6")
                .contains("\"state\": \"newest\"")
                .contains("\"notes\": []");
    }

    @Test
    void aMissingDirectoryIsNamed(@TempDir Path other) throws Exception {
        try (ChannelOnDisk channel = new ChannelOnDisk(directory, other)) {
            channel.fill(3);
        }
        ToolRun part = ToolRun.of("ls", directory);
        assertThat(part.err()).contains("this is 1 of 2 directories: number 2 is missing");
        assertThat(ToolRun.of("ls", other, directory, directory.resolve("..").resolve(directory.getFileName()))
                        .err())
                .isEmpty();
    }

    @Test
    void directoriesThatHoldNoChannelAreToldApart(@TempDir Path flume) throws Exception {
        ToolRun empty = ToolRun.of("ls", directory);
        assertThat(empty.exit()).isEqualTo(1);
        assertThat(empty.err()).contains(directory + " holds no file channel");

        Files.write(flume.resolve("log-1"), new byte[10]);
        assertThat(ToolRun.of("ls", flume).err()).contains("holds a file channel of Flume, which is not read here");

        ToolRun missing = ToolRun.of("ls", directory.resolve("x"));
        assertThat(missing.exit()).isEqualTo(2);
        assertThat(missing.err()).contains("there is no such directory");
        assertThat(Files.exists(directory.resolve("x"))).isFalse();

        assertThat(ToolRun.of("ls").exit()).isEqualTo(2);
    }

    @Test
    void aFileOfAnotherChannelIsForeign(@TempDir Path other) throws Exception {
        new ChannelOnDisk(directory).put(1).close();
        new ChannelOnDisk(other).put(1).close();
        Files.copy(other.resolve("slot-0001.seg"), directory.resolve("slot-0099.seg"));
        assertThat(ToolRun.of("ls", directory).lines())
                .anyMatch(line -> line.matches(" +-  foreign .*slot-0099.seg +belongs to another log: .*"));
    }

    @Test
    void aSegmentBeforeASlotThatWasUsedAgainTellsItsEndItself() throws Exception {
        ChannelOnDisk channel = new ChannelOnDisk(directory).fill(4).stop();
        Files.delete(directory.resolve("slot-0002.seg"));
        long last = channel.groups().stream()
                .filter(group -> group.file().endsWith("slot-0001.seg"))
                .mapToLong(
                        group -> group.header().firstSequence() + group.header().events() - 1)
                .max()
                .orElseThrow();
        assertThat(ToolRun.of("ls", directory).lines())
                .anyMatch(line -> line.matches(" +1 .* 0\\.\\." + last + " .*slot-0001.seg"))
                .noneMatch(line -> line.contains("?"));
        assertThat(ToolRun.of("ls", "--json", directory).out()).contains("\"endSequence\": " + (last + 1));
    }

    @Test
    void positionsAtTheEndOfASegmentCountThoughTheNextOneWasCutOff() throws Exception {
        ChannelOnDisk channel = new ChannelOnDisk(directory).put(5).commit(0, 3).stop();
        channel.open();
        channel.stop();
        ChannelOnDisk.write(directory.resolve("slot-0002.seg"), 4096, new byte[8192]);
        assertThat(ToolRun.of("ls", directory).lines()).contains("default         3  2 events            0");
    }

    @Test
    void eventsOfAWriteThatWasCutShortDoNotCount() throws Exception {
        new ChannelOnDisk(directory).put(5).put(50).kill().groupOf(50).tear();
        assertThat(ToolRun.of("ls", "--json", directory).out())
                .contains("\"nextSequence\": 5")
                .contains("\"backlog\": 5,");
        assertThat(ToolRun.of("stats", directory).out()).contains("events      5 on disk", "the next one is 5");
    }

    @Test
    void nothingIsChanged() throws Exception {
        new ChannelOnDisk(directory).put(1).close();
        String[] before = directory.toFile().list();
        ToolRun.of("ls", directory);
        assertThat(directory.toFile().list()).containsExactlyInAnyOrder(before);
    }
}
