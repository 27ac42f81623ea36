package org.millrace.relay.sink.avro;

import com.codahale.metrics.MetricRegistry;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.millrace.api.Channel;
import org.millrace.api.ChannelContext;
import org.millrace.api.ChannelMetrics;
import org.millrace.api.DeliveryException;
import org.millrace.api.Settings;
import org.millrace.api.Sink;
import org.millrace.api.SinkContext;
import org.millrace.api.SinkMetrics;
import org.millrace.api.Transaction;
import org.millrace.api.deadletter.DeadLetters;
import org.millrace.client.ConnectionSettings;
import org.millrace.client.EventLoops;
import org.millrace.client.RelayAddress;
import org.millrace.client.RelayConnection;
import org.millrace.codec.EventBatch;
import org.millrace.relay.channel.memory.MemoryChannelFactory;
import org.millrace.testkit.Batches;
import org.millrace.testkit.FakeClock;
import org.millrace.testkit.FakeRelay;

/** A sink between a channel and a peer that says what the test wants; the test's thread is the sink's thread and the peer in turn. */
@Timeout(300)
abstract class AvroSinkFixture {
    static final Duration LONG = Duration.ofSeconds(60);

    private final EventLoops loops = EventLoops.ofThreads(1);
    final MetricRegistry registry = new MetricRegistry();
    final SinkMetrics metrics = new SinkMetrics("k1", registry);
    final FakeClock clock = new FakeClock();
    Channel channel;
    FakeRelay relay;
    AvroSink sink;
    final ScarceMemory memory = new ScarceMemory();
    final AtomicLong nanoTime = new AtomicLong(Long.MAX_VALUE - 1_000_000_000); // it may overflow

    /** Where set, the connection is made, and the sink does not hear of it before this completes. */
    @Nullable
    CompletableFuture<Void> lateAccept;

    @BeforeEach
    void start() throws Exception {
        relay = new FakeRelay();
        channel = new MemoryChannelFactory()
                .create(
                        new ChannelContext(
                                "a1", "c1", new ChannelMetrics("c1", new MetricRegistry()), InstantSource.system()),
                        new Settings(Map.of("capacity", "1000"), new NoProblems()));
        channel.start();
    }

    @AfterEach
    void close() throws IOException {
        relay.close(); // first: a sink does not wait then for answers that will not come
        if (sink != null) {
            sink.close();
        }
        channel.close();
        loops.close();
    }

    /** @param deadLetterKeys two settings of its dead letters as key, value, key, value, or none */
    void open(int batchEvents, int maxInFlight, Duration timeout, String... deadLetterKeys) throws Exception {
        AvroSinkSettings settings = new AvroSinkSettings(
                new RelayAddress("127.0.0.1", relay.port()),
                new ConnectionSettings(timeout, timeout, OptionalInt.empty()),
                batchEvents,
                maxInFlight,
                Duration.ofSeconds(60));
        Map<String, String> keys = deadLetterKeys.length == 0
                ? Map.of()
                : Map.of(deadLetterKeys[0], deadLetterKeys[1], deadLetterKeys[2], deadLetterKeys[3]);
        SinkContext context = new SinkContext("a1", "k1", memory.reader(channel), metrics, clock);
        sink = new AvroSink(
                context,
                settings,
                () -> dialled(RelayConnection.connect(settings.peer(), settings.connection(), loops)),
                nanoTime::get,
                DeadLetters.read(context, new Settings(keys, new NoProblems())));
        sink.start();
    }

    /** Opens a sink that has sent so many batches over one connection: the first is stored, the others are on their way. */
    void openWithFirstAnswered(int batchEvents, int batches) throws Exception {
        open(batchEvents, batches, LONG);
        for (int i = 0; i < batches; i++) {
            put(1 + i * batchEvents, batchEvents);
        }
        sink.drain();
        relay.accept().answerFirstOk(relay.readRequest().serial());
        for (int i = 1; i < batches; i++) {
            sink.drain();
        }
    }

    private CompletableFuture<RelayConnection> dialled(CompletableFuture<RelayConnection> connecting) {
        CompletableFuture<Void> late = lateAccept;
        return late == null ? connecting : late.thenCombine(connecting, (accepted, connection) -> connection);
    }

    /** A batch of events that are numbered from the first. */
    void put(int first, int events) throws Exception {
        channel.submit(Batches.numbered(first, events)).get(60, TimeUnit.SECONDS);
    }

    void drainUntilIdle() {
        try {
            Sink.Drain drain;
            do {
                drain = sink.drain();
            } while (drain == Sink.Drain.DELIVERED);
        } catch (DeliveryException | InterruptedException e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
    }

    /** The numbers of the events in the channel, which stay there. */
    List<Integer> left() {
        List<Integer> numbers = new ArrayList<>();
        try (Transaction transaction = channel.begin()) {
            EventBatch batch = transaction.take(100);
            while (batch != null) {
                numbers.addAll(Batches.numbers(batch));
                batch = transaction.take(100);
            }
        }
        return numbers;
    }

    private static final class NoProblems implements Settings.Problems {
        @Override
        public void problem(String key, String message) {
            throw new AssertionError(key + ": " + message);
        }

        @Override
        public void note(String key, String message) {
            throw new AssertionError(key + ": " + message);
        }
    }
}
