package org.millrace.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.codahale.metrics.MetricRegistry;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Random;
import java.util.ServiceLoader;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.api.ComponentFactory;
import org.millrace.api.DeliveryException;
import org.millrace.api.Settings;
import org.millrace.api.Sink;
import org.millrace.api.SinkContext;
import org.millrace.api.StartException;
import org.millrace.api.Transaction;
import org.millrace.client.ClientSettings;
import org.millrace.client.EventLoops;
import org.millrace.client.PipelinedSender;
import org.millrace.client.RelayAddress;
import org.millrace.client.RelayClient;
import org.millrace.codec.EventBatch;
import org.millrace.relay.config.Assembly;
import org.millrace.relay.config.ComponentCatalog;
import org.millrace.relay.config.Configuration;
import org.millrace.relay.config.Environment;
import org.millrace.relay.metrics.Monitoring;
import org.millrace.relay.metrics.MonitoringSettings;
import org.millrace.testkit.Batches;
import org.millrace.testkit.process.FreePorts;

/**
 * Random changes of a file, also bad ones and ones that do not start, under load: the Avro source whose own keys stay the same answers
 * every call on one connection, takes every new connection, and what it acked arrives. {@code scripts/soak-reload} runs this for longer.
 */
@Timeout(7200)
class ReloadUnderLoadIT {
    private static final int BATCH_EVENTS = 50;
    private static final int MOST_EVENTS = 20_000_000;

    @TempDir
    private Path directory;

    private final int reloads = Integer.getInteger("soak.reloads", 60);
    private final long seed = Long.getLong("soak.seed", System.nanoTime());
    private final Random random = new Random(seed);
    private final AtomicIntegerArray arrived = new AtomicIntegerArray(MOST_EVENTS);
    private final AtomicBoolean over = new AtomicBoolean();
    private final AtomicInteger sent = new AtomicInteger();
    private final AtomicInteger connected = new AtomicInteger();
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private int port;

    @Test
    void nothingIsLostAndNobodyIsTurnedAwayWhileTheFileChangesAgainAndAgain() throws Exception {
        port = FreePorts.next();
        Path file = Files.writeString(directory.resolve("a.properties"), new Draw(random).textOfAll());
        Configuration.Request request = Configuration.Request.ofFiles("a", List.of(file), false);
        Configuration first = read(request, null);
        assertThat(first.findings().mistakes()).isEmpty();
        Relay relay = new Relay(
                first.assembly(),
                new Monitoring(new MonitoringSettings(null), new MetricRegistry(), List.of()),
                Duration.ofSeconds(60));
        relay.start();
        Reloader reloader = new Reloader(request, this::read, relay, first, Duration.ofDays(1));
        Thread sender = started(this::send);
        Thread prober = started(this::probe);
        int rounds = 0;
        long began = System.nanoTime();
        for (; rounds < reloads && failure.get() == null && sent.get() < MOST_EVENTS - 1_000_000; rounds++) {
            Files.writeString(file, new Draw(random).text());
            reloader.look(true);
            Thread.sleep(random.nextInt(20));
        }
        long millis = Duration.ofNanos(System.nanoTime() - began).toMillis();
        over.set(true);
        sender.join();
        prober.join();
        assertThat(failure.get()).as("seed " + seed).isNull();
        int events = sent.get();
        Files.writeString(file, new Draw(random).textOfAll()); // channels on disk may be left out, with events in them
        reloader.look(true);
        try {
            await().atMost(Duration.ofSeconds(60)).until(() -> missing(events).isEmpty());
        } finally {
            relay.close();
        }
        List<Integer> lost = missing(events);
        int copies = 0;
        for (int number = 0; number < events; number++) {
            copies += Math.max(0, arrived.get(number) - 1);
        }
        System.out.println("reloads " + rounds + " in " + millis + " ms, seed " + seed + ": events acked " + events
                + ", lost " + lost.size() + ", arrived again (also since a channel was added) " + copies
                + ", new connections " + connected);
        assertThat(lost).as("seed " + seed).isEmpty();
        assertThat(rounds).isEqualTo(reloads);
        assertThat(events).isPositive();
        assertThat(connected.get()).isPositive();
    }

    private List<Integer> missing(int events) {
        List<Integer> missing = new ArrayList<>();
        for (int number = 0; number < events && missing.size() < 100; number++) {
            if (arrived.get(number) == 0) {
                missing.add(number);
            }
        }
        return missing;
    }

    private Thread started(Runnable work) {
        Thread thread = new Thread(work);
        thread.start();
        return thread;
    }

    /** On one connection, which must last. */
    private void send() {
        ClientSettings client = ClientSettings.builder(new RelayAddress("127.0.0.1", port))
                .timeouts(Duration.ofSeconds(20), Duration.ofSeconds(120))
                .maxInFlight(4, 1 << 20)
                .build();
        try (EventLoops loops = EventLoops.ofThreads(1);
                RelayClient relay = RelayClient.open(client, loops)) {
            PipelinedSender sender = new PipelinedSender(relay);
            int next = 0;
            while (!over.get() && next < MOST_EVENTS - BATCH_EVENTS) {
                EventBatch batch = Batches.numbered(next, BATCH_EVENTS);
                try {
                    sender.send(batch);
                } finally {
                    batch.release();
                }
                next += BATCH_EVENTS;
                if (next % 500 == 0) {
                    Thread.sleep(20); // load, but leave the processors to those that reload
                }
            }
            sender.awaitAll();
            assertThat(sender.acknowledgedEvents()).isEqualTo(next);
            sent.set(next);
        } catch (Exception | AssertionError e) {
            failure.compareAndSet(null, e);
        }
    }

    private void probe() {
        try {
            while (!over.get()) {
                try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                    assertThat(socket.isConnected()).isTrue();
                    connected.incrementAndGet();
                }
                Thread.sleep(5);
            }
        } catch (Exception | AssertionError e) {
            failure.compareAndSet(null, e);
        }
    }

    /** A configuration at random: which channels of five there are and what they are like, who drains them, what is before them. */
    private final class Draw {
        private static final List<String> NAMES = List.of("m1", "m2", "m3", "f1", "s1");

        private final Random random;
        private final StringBuilder text = new StringBuilder();

        Draw(Random random) {
            this.random = random;
        }

        String text() {
            List<String> channels = new ArrayList<>(NAMES);
            channels.removeIf(name -> random.nextInt(2) == 0);
            if (channels.isEmpty()) {
                channels.add("m1");
            }
            text(channels);
            sinks(channels, random.nextInt(8) == 0);
            if (random.nextInt(10) == 0) {
                line("a.sinks.no.such = key");
            }
            return text.toString();
        }

        String textOfAll() {
            text(NAMES);
            sinks(NAMES, false);
            return text.toString();
        }

        private void text(List<String> channels) {
            line("a.channels = " + String.join(" ", channels));
            channels.forEach(this::channel);
            line("a.sources = r1");
            line("a.sources.r1.type = avro");
            line("a.sources.r1.bind = 127.0.0.1");
            line("a.sources.r1.port = " + port);
            line("a.sources.r1.channels = " + String.join(" ", channels));
            route(channels);
        }

        private void channel(String name) {
            line("a.channels." + name + ".transactionCapacity = " + (100 + 50 * random.nextInt(2)));
            line("a.channels." + name + ".keep-alive = 100");
            switch (name.charAt(0)) {
                case 'f' -> {
                    line("a.channels." + name + ".type = file");
                    line("a.channels." + name + ".capacity = 100000");
                    directories(name);
                }
                case 's' -> {
                    line("a.channels." + name + ".type = SPILLABLEMEMORY");
                    line("a.channels." + name + ".memoryCapacity = " + (200 + 200 * random.nextInt(2)));
                    line("a.channels." + name + ".overflowCapacity = 100000");
                    directories(name);
                }
                default -> {
                    line("a.channels." + name + ".type = memory");
                    line("a.channels." + name + ".capacity = " + (1000 + 1000 * random.nextInt(2)));
                }
            }
        }

        private void directories(String name) {
            line("a.channels." + name + ".checkpointDir = " + directory.resolve(name + "-check"));
            line("a.channels." + name + ".dataDirs = " + directory.resolve(name + "-data"));
        }

        private void route(List<String> channels) {
            if (random.nextInt(2) == 0) {
                line("a.sources.r1.interceptors = i");
                line("a.sources.r1.interceptors.i.type = static");
                line("a.sources.r1.interceptors.i.value = " + random.nextInt(2));
            }
            if (channels.size() > 1 && random.nextInt(2) == 0) {
                line("a.sources.r1.selector.type = load_balancing");
            }
        }

        private void sinks(List<String> channels, boolean oneFails) {
            List<String> sinks = new ArrayList<>();
            for (String channel : channels) {
                sinks.add(sink("k-" + channel, channel));
            }
            if (random.nextInt(3) == 0) {
                sinks.add(sink("extra", channels.get(0)));
                line("a.sinkgroups = g");
                line("a.sinkgroups.g.sinks = extra k-" + channels.get(0));
                line("a.sinkgroups.g.processor.type = load_balance");
            }
            line("a.sinks = " + String.join(" ", sinks));
            if (oneFails) {
                line("a.sinks." + sinks.get(random.nextInt(sinks.size())) + ".fails = true");
            }
        }

        private String sink(String name, String channel) {
            line("a.sinks." + name + ".type = note");
            line("a.sinks." + name + ".channel = " + channel);
            line("a.sinks." + name + ".batch = " + (20 + 10 * random.nextInt(3)));
            return name;
        }

        private void line(String line) {
            text.append(line).append('\n');
        }
    }

    private Configuration read(Configuration.Request request, @Nullable Assembly running) {
        ComponentCatalog catalog = new ComponentCatalog(
                ServiceLoader.load(ComponentFactory.OfSource.class),
                ServiceLoader.load(ComponentFactory.OfChannel.class),
                List.of(new NotingSinks()),
                ServiceLoader.load(ComponentFactory.OfInterceptor.class),
                ServiceLoader.load(ComponentFactory.OfSelector.class),
                ServiceLoader.load(ComponentFactory.OfSinkProcessor.class));
        return Configuration.read(
                request,
                new Environment(Map.of(), new Properties()),
                catalog,
                Relay.routing(),
                InstantSource.system(),
                running);
    }

    private final class NotingSinks implements ComponentFactory.OfSink {
        @Override
        public List<String> typeNames() {
            return List.of("note");
        }

        @Override
        public Sink create(SinkContext context, Settings settings) {
            int batch = settings.integer("batch", 1, 100).required();
            boolean fails = settings.bool("fails").orElse(false);
            return new NotingSink(context, batch, fails);
        }
    }

    /** Notes what it takes, and now and then fails to. */
    private final class NotingSink implements Sink {
        private final SinkContext context;
        private final int batchEvents;
        private final boolean fails;
        private int turns;

        NotingSink(SinkContext context, int batchEvents, boolean fails) {
            this.context = context;
            this.batchEvents = batchEvents;
            this.fails = fails;
        }

        @Override
        public void start() throws StartException {
            if (fails) {
                throw new StartException("sink " + context.name() + " was told to fail");
            }
        }

        @Override
        public Drain drain() throws DeliveryException, InterruptedException {
            try (Transaction tx = context.channel().begin()) {
                EventBatch batch = tx.take(batchEvents);
                if (batch == null) {
                    return Drain.IDLE;
                }
                if (++turns % 500 == 0) {
                    throw new DeliveryException("one of many turns fails");
                }
                List<Integer> numbers = Batches.numbers(batch);
                tx.commit();
                numbers.forEach(arrived::incrementAndGet);
                return Drain.DELIVERED;
            }
        }

        @Override
        public void close() {}
    }
}
