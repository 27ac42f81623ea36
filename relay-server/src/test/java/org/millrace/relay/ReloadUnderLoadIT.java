package org.millrace.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.codahale.metrics.MetricRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Random;
import java.util.ServiceLoader;
import java.util.concurrent.atomic.AtomicIntegerArray;
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
import org.millrace.codec.EventBatch;
import org.millrace.relay.config.Assembly;
import org.millrace.relay.config.ComponentCatalog;
import org.millrace.relay.config.Configuration;
import org.millrace.relay.config.Environment;
import org.millrace.relay.metrics.Monitoring;
import org.millrace.relay.metrics.MonitoringSettings;
import org.millrace.testkit.Batches;

/**
 * Random changes of a file, also bad ones and ones that do not start, under load: sources, channels and sinks come, change and go. The sources
 * whose own keys stay the same serve one connection all the time and take every new one, and what was acknowledged arrives. {@code
 * scripts/soak-reload} runs this for longer.
 */
@Timeout(7200)
class ReloadUnderLoadIT {
    private static final int MOST_EVENTS =
            (ReloadTraffic.STAYING.size() + ReloadTraffic.PASSING.size()) * ReloadTraffic.EVENTS_EACH;

    @TempDir
    private Path directory;

    private final int reloads = Integer.getInteger("soak.reloads", 60);
    private final long seed = Long.getLong("soak.seed", System.nanoTime());
    private final Random random = new Random(seed);
    private final AtomicIntegerArray arrived = new AtomicIntegerArray(MOST_EVENTS);
    private ReloadTraffic traffic;

    @Test
    void nothingIsLostAndNobodyIsTurnedAwayWhileTheFileChangesAgainAndAgain() throws Exception {
        traffic = new ReloadTraffic(directory);
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
        traffic.start();
        int rounds = 0;
        long began = System.nanoTime();
        for (; rounds < reloads && !traffic.hasFailed(); rounds++) {
            Files.writeString(file, new Draw(random).text());
            reloader.look(true);
            Thread.sleep(random.nextInt(20));
        }
        long millis = Duration.ofNanos(System.nanoTime() - began).toMillis();
        traffic.stop();
        assertThat(traffic.failure()).as("seed " + seed).isNull();
        BitSet acked = traffic.acked();
        Files.writeString(file, new Draw(random).textOfAll()); // channels on disk may be left out, with events in them
        reloader.look(true);
        try {
            await().atMost(Duration.ofSeconds(60)).until(() -> missing(acked).isEmpty());
        } finally {
            relay.close();
        }
        List<Integer> lost = missing(acked);
        int copies = acked.stream()
                .map(number -> Math.max(0, arrived.get(number) - 1))
                .sum();
        System.out.println("reloads " + rounds + " in " + millis + " ms, seed " + seed + ": events acked "
                + acked.cardinality() + " (" + traffic.summary() + "), lost " + lost.size()
                + ", arrived again (also since a channel was added) " + copies + ", new connections "
                + traffic.connections());
        assertThat(lost).as("seed " + seed).isEmpty();
        assertThat(rounds).isEqualTo(reloads);
        assertThat(acked.cardinality()).isPositive();
        assertThat(traffic.connections()).isPositive();
    }

    private List<Integer> missing(BitSet acked) {
        return acked.stream()
                .filter(number -> arrived.get(number) == 0)
                .limit(100)
                .boxed()
                .toList();
    }

    /** A configuration at random: which sources and channels there are and what these are like, who drains them, what is before them. */
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
            List<String> sources = new ArrayList<>(ReloadTraffic.STAYING);
            ReloadTraffic.PASSING.stream()
                    .filter(name -> random.nextInt(2) == 0)
                    .forEach(sources::add);
            text(sources, channels);
            sinks(channels, random.nextInt(8) == 0);
            if (random.nextInt(10) == 0) {
                line("a.sinks.no.such = key");
            }
            return text.toString();
        }

        String textOfAll() {
            List<String> sources = new ArrayList<>(ReloadTraffic.STAYING);
            sources.addAll(ReloadTraffic.PASSING);
            text(sources, NAMES);
            sinks(NAMES, false);
            return text.toString();
        }

        private void text(List<String> sources, List<String> channels) {
            line("a.channels = " + String.join(" ", channels));
            channels.forEach(this::channel);
            line("a.sources = " + String.join(" ", sources));
            for (String source : sources) {
                traffic.keys(source).lines().forEach(key -> line("a.sources." + source + "." + key));
                line("a.sources." + source + ".channels = " + String.join(" ", channels));
                route(source, channels);
            }
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

        private void route(String source, List<String> channels) {
            if (random.nextInt(2) == 0) {
                line("a.sources." + source + ".interceptors = i");
                line("a.sources." + source + ".interceptors.i.type = static");
                line("a.sources." + source + ".interceptors.i.value = " + random.nextInt(2));
            }
            if (channels.size() > 1 && random.nextInt(2) == 0) {
                line("a.sources." + source + ".selector.type = load_balancing");
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
                List<String> bodies = Batches.bodies(batch);
                tx.commit();
                bodies.forEach(body -> arrived.incrementAndGet(Integer.parseInt(body.replaceFirst("^event ", ""))));
                return Drain.DELIVERED;
            }
        }

        @Override
        public void close() {}
    }
}
