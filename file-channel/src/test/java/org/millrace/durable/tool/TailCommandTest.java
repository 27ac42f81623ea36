package org.millrace.durable.tool;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TailCommandTest {
    @TempDir
    private Path directory;

    @Test
    void theNewestEventsAreShownTakenOrNot() throws Exception {
        try (ChannelOnDisk channel = new ChannelOnDisk(directory)) {
            channel.put(30).commit(0, 30);
            assertThat(ToolRun.of("tail", "-n", "2", directory).out())
                    .contains("event 28")
                    .contains("event 29");
            assertThat(ToolRun.of("tail", directory).lines()).hasSize(10);
        }
    }

    @Test
    void followingShowsWhatIsPutAcrossSegments() throws Exception {
        try (ChannelOnDisk channel = new ChannelOnDisk(directory)) {
            channel.put(3);
            AtomicInteger looks = new AtomicInteger();
            ToolRun tail = new ToolRun().pausing(time -> {
                switch (looks.incrementAndGet()) {
                    case 1 -> put(channel, 1, 0);
                    case 2 -> put(channel, 0, 3);
                    case 3 -> {} // nothing new
                    case 4 -> put(channel, 2, 0);
                    default -> throw new InterruptedException("Ctrl-C");
                }
            });
            tail.run("tail", "-f", "-n", "1", directory);
            assertThat(tail.lines()).hasSize(channel.events() - 2);
            assertThat(tail.lines().stream().map(line -> Long.valueOf(line.substring(0, line.indexOf(' ')))))
                    .isSorted()
                    .doesNotHaveDuplicates()
                    .startsWith(2L, 3L)
                    .endsWith((long) channel.events() - 1);
            assertThat(looks).hasValue(5);
        }
    }

    @Test
    void aGroupThatIsBeingWrittenIsShownOnceItIsThere() throws Exception {
        ChannelOnDisk channel = new ChannelOnDisk(directory).put(5).put(300).kill();
        ChannelOnDisk.Group group = channel.groupOf(5);
        byte[] whole = Files.readAllBytes(group.file());
        group.tear();
        AtomicInteger looks = new AtomicInteger();
        ToolRun tail = new ToolRun().pausing(time -> {
            switch (looks.incrementAndGet()) {
                case 1 -> {} // still on its way
                case 2 -> write(group.file(), whole);
                default -> throw new InterruptedException("Ctrl-C");
            }
        });
        tail.run("tail", "-f", "-n", "305", directory);
        assertThat(tail.lines().stream().map(line -> Long.valueOf(line.substring(0, line.indexOf(' ')))))
                .hasSize(305)
                .isSorted()
                .doesNotHaveDuplicates();
        assertThat(tail.err()).doesNotContain("events");
    }

    private static void write(Path file, byte[] content) {
        try {
            Files.write(file, content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void put(ChannelOnDisk channel, int events, int segments) {
        try {
            if (events > 0) {
                channel.put(events);
            }
            channel.fill(segments);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }
}
