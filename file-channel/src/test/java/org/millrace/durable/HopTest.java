package org.millrace.durable;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.api.StartException;
import org.millrace.api.Transaction;
import org.millrace.codec.EventBatch;
import org.millrace.codec.Origin;
import org.millrace.durable.format.Blocks;
import org.millrace.durable.format.SegmentHeader;
import org.millrace.testkit.Batches;
import org.millrace.testkit.FakeClock;

/** Two channels, one behind the other: what the second takes for known it must have. */
final class HopTest {
    private static final Duration KEEP_ALIVE = Duration.ofSeconds(3);

    @TempDir
    private Path directory;

    private final List<DurableChannel> channels = new ArrayList<>();
    private DurableChannel collector;

    @BeforeEach
    void startCollector() throws StartException {
        collector = started("collector", Map.of());
    }

    @AfterEach
    void close() {
        channels.forEach(DurableChannel::close);
    }

    @Test
    void eventsThatAreNewAreStoredAfterADirectoryIsGone() throws Exception {
        DurableChannel agent = started("agent", Map.of());
        int first = 0;
        for (; first < 80_000; first += 8_000) { // several segments
            put(agent, first, 8_000);
        }
        deliver(agent);
        agent.close();
        Path left = withoutTheNewest(directory.resolve("agent"));

        agent = started("agent", Map.of("dataDirs", left.toString()));
        put(agent, first, 10);
        deliver(agent);

        assertThat(drain(collector))
                .isEqualTo(IntStream.range(0, first + 10).boxed().toList());
    }

    /** Drops the directory with the segment that was begun last, as the message of a start says that is done. */
    private static Path withoutTheNewest(Path agent) throws IOException {
        Path one = agent.resolve("one");
        Path two = agent.resolve("two");
        Path left = newestNumber(one) > newestNumber(two) ? two : one;
        Files.delete(left.resolve("log.meta"));
        return left;
    }

    private static long newestNumber(Path directory) throws IOException {
        try (DirectoryStream<Path> slots = Files.newDirectoryStream(directory, "*.seg")) {
            long newest = 0;
            for (Path slot : slots) {
                SegmentHeader header = SegmentHeader.read(ByteBuffer.wrap(Files.readAllBytes(slot), 0, Blocks.BYTES)
                        .order(ByteOrder.LITTLE_ENDIAN));
                newest = header == null ? newest : Math.max(newest, header.number());
            }
            return newest;
        }
    }

    private DurableChannel started(String name, Map<String, String> settings) throws StartException {
        DurableChannel channel = DurableChannels.onDisk(directory.resolve(name), new FakeClock(), KEEP_ALIVE, settings);
        channel.start();
        channels.add(channel);
        return channel;
    }

    private static void put(DurableChannel channel, int first, int events) {
        channel.submit(Batches.numbered(first, events)).join();
    }

    /** As an Avro sink and source do it. */
    private void deliver(DurableChannel agent) throws InterruptedException {
        try (Transaction transaction = agent.begin()) {
            for (EventBatch batch; (batch = transaction.take(10_000)) != null; ) {
                Origin origin = transaction.origin();
                assertThat(origin).isNotNull();
                var stored = collector.submitUnflushed(batch.retain(), origin);
                collector.flush();
                stored.join();
            }
            transaction.commit();
        }
    }

    private static List<Integer> drain(DurableChannel channel) throws InterruptedException {
        List<Integer> numbers = new ArrayList<>();
        try (Transaction transaction = channel.begin()) {
            for (EventBatch batch; (batch = transaction.take(10_000)) != null; ) {
                numbers.addAll(Batches.numbers(batch));
            }
            transaction.commit();
        }
        return numbers;
    }
}
