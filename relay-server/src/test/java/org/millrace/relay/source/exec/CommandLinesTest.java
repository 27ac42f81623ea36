package org.millrace.relay.source.exec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.millrace.codec.EventBatch;
import org.millrace.codec.EventBatchBuilder;
import org.millrace.testkit.Batches;

class CommandLinesTest {
    private static final int CHUNK = 64 << 10;
    private static final int MAX_LINE_BYTES = 1 << 20;

    private final CommandLines lines = new CommandLines(StandardCharsets.UTF_8, MAX_LINE_BYTES);

    @Test
    void aLineWithoutAnEndIsHeldUpToTheLongestLineAndComesOutWhole() throws InterruptedException {
        byte[] chunk = new byte[CHUNK];
        Arrays.fill(chunk, (byte) 'x');
        int chunks = 100;
        AtomicInteger appended = new AtomicInteger();
        Thread command = new Thread(() -> {
            try {
                while (appended.get() < chunks && lines.append(chunk, CHUNK)) {
                    appended.incrementAndGet();
                }
                lines.end();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        });
        command.start();
        await().until(() -> command.getState() == Thread.State.WAITING);
        assertThat(appended).hasValueLessThanOrEqualTo(MAX_LINE_BYTES / CHUNK + 1);
        long bytes = 0;
        while (!lines.isOver()) {
            lines.await(Long.MAX_VALUE / 2);
            bytes += take().stream().mapToLong(String::length).sum();
        }
        command.join();
        assertThat(bytes).isEqualTo((long) chunks * CHUNK);
        assertThat(lines.linesCut()).isEqualTo(6);
    }

    @Test
    void whatComesBehindTheEndIsRefused() throws InterruptedException {
        byte[] line = "line\n".getBytes(StandardCharsets.UTF_8);
        assertThat(lines.append(line, line.length)).isTrue();
        lines.end();
        assertThat(lines.append(line, line.length)).isFalse();
        assertThat(take()).containsExactly("line");
        assertThat(lines.isOver()).isTrue();
    }

    private List<String> take() {
        try (EventBatchBuilder builder = new EventBatchBuilder()) {
            lines.take(builder, 1_000, 16 << 20);
            if (builder.events() == 0) {
                return List.of();
            }
            EventBatch batch = builder.build();
            List<String> bodies = Batches.bodies(batch);
            batch.release();
            return bodies;
        }
    }
}
