package org.millrace.relay;

import static org.assertj.core.api.Assertions.assertThat;

import com.codahale.metrics.MetricRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.millrace.api.Channel;
import org.millrace.api.ChannelContext;
import org.millrace.api.ChannelMetrics;
import org.millrace.api.ChannelSelector;
import org.millrace.api.SinkContext;
import org.millrace.api.SinkMetrics;
import org.millrace.api.SourceContext;
import org.millrace.api.SourceMetrics;
import org.millrace.api.Transaction;
import org.millrace.client.AppendException;
import org.millrace.client.ClientSettings;
import org.millrace.client.ConnectionSettings;
import org.millrace.client.EventLoops;
import org.millrace.client.PipelinedSender;
import org.millrace.client.RelayAddress;
import org.millrace.client.RelayClient;
import org.millrace.codec.EventBatch;
import org.millrace.relay.channel.memory.MemoryChannelFactory;
import org.millrace.relay.route.EventRouter;
import org.millrace.relay.sink.SinkRunner;
import org.millrace.relay.sink.avro.AvroSinkFactory;
import org.millrace.relay.source.avro.AvroSource;
import org.millrace.relay.source.avro.AvroSourceFactory;
import org.millrace.testkit.Batches;
import org.millrace.testkit.RecordedProblems;

/** Agents in a row, in one process: Avro source, memory channel, Avro sink to the next one's Avro source. */
@Timeout(300)
class AvroHopIT {
    private static final int EVENTS = 50_000;
    private static final int BATCH_EVENTS = 100;

    /** What was opened, the last one first. */
    private final Deque<AutoCloseable> open = new ArrayDeque<>();

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable part : open) {
            part.close();
        }
    }

    @ParameterizedTest(name = "compression-type = {0}")
    @ValueSource(strings = {"none", "deflate"})
    void threeTiersDeliverEveryEventOnceAndInOrder(String compression) throws Exception {
        Channel atCollector = channel();
        AvroSource collector = source(0, atCollector, compression);
        Channel atRelay = channel();
        sink(atRelay, port(collector), compression);
        AvroSource relay = source(0, atRelay, compression);
        Channel atEdge = channel();
        sink(atEdge, port(relay), compression);
        AvroSource edge = source(0, atEdge, compression);

        Receiver receiver = new Receiver(atCollector);
        CompletableFuture<Void> sending = CompletableFuture.runAsync(() -> send(port(edge), compression));
        receiver.awaitEvents(EVENTS);
        sending.get(60, TimeUnit.SECONDS);
        assertThat(receiver.numbers())
                .isEqualTo(IntStream.rangeClosed(1, EVENTS).boxed().toList());
    }

    @Test
    void aCollectorThatGoesAndComesBackMissesNothing() throws Exception {
        Channel atCollector = channel();
        AvroSource collector = source(0, atCollector, "none");
        int port = port(collector);
        Channel atEdge = channel();
        sink(atEdge, port, "none");
        AvroSource edge = source(0, atEdge, "none");

        Receiver receiver = new Receiver(atCollector);
        CompletableFuture<Void> sending = CompletableFuture.runAsync(() -> send(port(edge), "none"));
        receiver.awaitEvents(EVENTS / 10);
        collector.close();
        source(port, atCollector, "none");
        receiver.awaitDistinct(EVENTS);
        sending.get(60, TimeUnit.SECONDS);
        assertThat(receiver.distinct())
                .containsExactlyInAnyOrderElementsOf(
                        IntStream.rangeClosed(1, EVENTS).boxed().toList());
    }

    private static void send(int port, String compression) {
        OptionalInt level = compression.equals("none") ? OptionalInt.empty() : OptionalInt.of(1);
        ConnectionSettings settings = new ConnectionSettings(Duration.ofSeconds(20), Duration.ofSeconds(20), level);
        ClientSettings client = ClientSettings.builder(new RelayAddress("127.0.0.1", port))
                .connection(settings)
                .maxInFlight(8, 64 << 20)
                .build();
        try (EventLoops loops = EventLoops.ofThreads(1);
                RelayClient relay = RelayClient.open(client, loops)) {
            PipelinedSender sender = new PipelinedSender(relay);
            for (int first = 1; first <= EVENTS; first += BATCH_EVENTS) {
                EventBatch batch = Batches.numbered(first, BATCH_EVENTS);
                try {
                    sender.send(batch);
                } finally {
                    batch.release();
                }
            }
            sender.awaitAll();
            assertThat(sender.acknowledgedEvents()).isEqualTo(EVENTS);
        } catch (AppendException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private Channel channel() throws Exception {
        RecordedProblems problems = new RecordedProblems();
        ChannelMetrics metrics = new ChannelMetrics("c", new MetricRegistry());
        Channel channel = new MemoryChannelFactory()
                .create(
                        new ChannelContext("a", "c", metrics, InstantSource.system()),
                        problems.settings(
                                Map.of("capacity", "10000", "transactionCapacity", "1000", "keep-alive", "30")));
        assertThat(problems.problems()).isEmpty();
        channel.start();
        open.push(channel);
        return channel;
    }

    private AvroSource source(int port, Channel channel, String compression) throws Exception {
        SourceMetrics metrics = new SourceMetrics("r", new MetricRegistry());
        EventRouter router = new EventRouter(List.of(), new Everything(channel), List.of(channel), metrics);
        open.push(router);
        AvroSource source = (AvroSource) new AvroSourceFactory()
                .create(
                        new SourceContext("a", "r", router, metrics, InstantSource.system()),
                        new RecordedProblems()
                                .settings(Map.of(
                                        "bind",
                                        "127.0.0.1",
                                        "port",
                                        Integer.toString(port),
                                        "compression-type",
                                        compression)));
        source.start();
        open.push(source);
        return source;
    }

    private void sink(Channel channel, int port, String compression) throws Exception {
        SinkMetrics metrics = new SinkMetrics("k", new MetricRegistry());
        Map<String, String> values = new HashMap<>(Map.of(
                "hostname",
                "127.0.0.1",
                "port",
                Integer.toString(port),
                "batch-size",
                "250",
                "compression-type",
                compression));
        RecordedProblems problems = new RecordedProblems();
        var sink = new AvroSinkFactory()
                .create(new SinkContext("a", "k", channel, metrics, InstantSource.system()), problems.settings(values));
        assertThat(problems.problems()).isEmpty();
        SinkRunner runner = new SinkRunner("k", sink, channel, metrics);
        runner.start();
        open.push(runner);
    }

    private static int port(AvroSource source) {
        return source.boundAddress().getPort();
    }

    private record Everything(Channel channel) implements ChannelSelector {
        @Override
        public List<Delivery> select(EventBatch batch) {
            return List.of(new Delivery(channel, batch.retain(), true));
        }

        @Override
        public List<Channel> requiredChannels() {
            return List.of(channel);
        }
    }

    /** Takes what arrives in the last channel. */
    private static final class Receiver {
        private final Channel channel;
        private final List<Integer> numbers = new ArrayList<>();
        private final Set<Integer> distinct = new HashSet<>();

        Receiver(Channel channel) {
            this.channel = channel;
        }

        List<Integer> numbers() {
            return numbers;
        }

        Set<Integer> distinct() {
            return distinct;
        }

        void awaitEvents(int events) throws InterruptedException {
            while (numbers.size() < events) {
                takeSome();
            }
        }

        void awaitDistinct(int events) throws InterruptedException {
            while (distinct.size() < events) {
                takeSome();
            }
        }

        private void takeSome() throws InterruptedException {
            assertThat(channel.awaitEvents(Duration.ofSeconds(60)))
                    .as("more events, after " + numbers.size())
                    .isTrue();
            try (Transaction transaction = channel.begin()) {
                EventBatch batch = transaction.take(1000);
                if (batch != null) {
                    List<Integer> taken = Batches.numbers(batch);
                    numbers.addAll(taken);
                    distinct.addAll(taken);
                }
                transaction.commit();
            }
        }
    }
}
