package org.millrace.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.codahale.metrics.MetricRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.millrace.api.Channel;
import org.millrace.api.ChannelSelector;
import org.millrace.api.Inlet;
import org.millrace.api.Interceptor;
import org.millrace.api.SourceMetrics;
import org.millrace.relay.config.Assembly;
import org.millrace.relay.config.Configuration;
import org.millrace.relay.config.Environment;
import org.millrace.relay.config.Routing;
import org.millrace.relay.fakes.Diary;
import org.millrace.relay.fakes.FakeParts;
import org.millrace.relay.fakes.FakeSource;
import org.millrace.relay.metrics.Monitoring;
import org.millrace.relay.metrics.MonitoringSettings;
import org.millrace.testkit.Batches;

/** An agent with fake sources and sinks whose file changes. At any time it holds the routes of its sources, and no others. */
final class ChangingAgent implements AutoCloseable {
    /** Two ways that have nothing to do with each other; c2 says that it is durable. */
    static final String FILE = """
            a.sources = r1 r2
            a.channels = c1 c2
            a.sinks = k1 k2
            a.sources.r1.type = spooldir
            a.sources.r1.spoolDir = in
            a.sources.r1.channels = c1
            a.sources.r2.type = spooldir
            a.sources.r2.spoolDir = in
            a.sources.r2.channels = c2
            a.channels.c1.type = memory
            a.channels.c1.capacity = 10000
            a.channels.c1.transactionCapacity = 1000
            a.channels.c2.type = kept
            a.sinks.k1.type = avro
            a.sinks.k1.channel = c1
            a.sinks.k1.hostname = h
            a.sinks.k1.port = 1
            a.sinks.k2.type = avro
            a.sinks.k2.channel = c2
            a.sinks.k2.hostname = h
            a.sinks.k2.port = 1
            """;

    private final Path directory;
    private final Path file;
    private final Diary diary = new Diary();
    private final MetricRegistry shown = new MetricRegistry();
    private final AtomicInteger openRoutes = new AtomicInteger();
    private @Nullable Relay relay;
    private @Nullable Reloader reloader;
    private Duration deadline = Duration.ofSeconds(60);

    /** @param directory of its file, and of its channels on disk */
    ChangingAgent(Path directory) {
        this.directory = directory;
        this.file = directory.resolve("a.properties");
    }

    /** For all that a change waits for; to be called before the start. */
    void setDeadline(Duration timeout) {
        deadline = timeout;
    }

    void start(String text) throws Exception {
        Files.writeString(file, text);
        Configuration.Request request = Configuration.Request.ofFiles("a", List.of(file), false);
        Configuration first = read(request, null);
        assertThat(first.findings().mistakes()).isEmpty();
        relay = new Relay(
                Objects.requireNonNull(first.assembly()),
                new Monitoring(new MonitoringSettings(null), shown, List.of()),
                deadline);
        relay.start();
        reloader = new Reloader(request, this::read, relay, first, Duration.ofDays(1));
    }

    /** What happened, without what sinks took. */
    List<String> changeTo(String text) throws IOException, InterruptedException {
        Files.writeString(file, text);
        return look();
    }

    /** The same with the file as it is. */
    List<String> look() throws InterruptedException {
        int before = diary.entries().size();
        Objects.requireNonNull(reloader).look(false);
        assertThat(openRoutes).as("open routes").hasValue(running().sources().size());
        return diary.entries().stream()
                .skip(before)
                .filter(entry -> !entry.contains("took"))
                .toList();
    }

    Path file() {
        return file;
    }

    Diary diary() {
        return diary;
    }

    MetricRegistry shown() {
        return shown;
    }

    Assembly running() {
        return Objects.requireNonNull(relay).running();
    }

    /** Such as {@code c1 (memory)}, of all that are open. */
    List<String> channels() {
        return running().channels().stream().map(Object::toString).toList();
    }

    /** The one in use. */
    Channel channel(String name) {
        return running().channels().stream()
                .filter(part -> part.name().equals(name))
                .findFirst()
                .orElseThrow()
                .channel();
    }

    Inlet inlet(String source) {
        return running().sources().stream()
                .filter(part -> part.name().equals(source))
                .map(part -> (FakeSource) part.source())
                .findFirst()
                .orElseThrow()
                .inlet();
    }

    /** Numbered events into a source. It must not be held for longer than a test should take. */
    void put(String source, int first, int events) {
        assertThat(inlet(source).submit(Batches.numbered(first, events))).succeedsWithin(Duration.ofSeconds(30));
    }

    void awaitTaken(String sink, int events) {
        await().untilAsserted(() -> assertThat(taken(sink)).isEqualTo(events));
    }

    int taken(String sink) {
        String start = "sink " + sink + " took ";
        return diary.entries().stream()
                .filter(entry -> entry.startsWith(start))
                .mapToInt(entry -> Integer.parseInt(entry.substring(start.length())))
                .sum();
    }

    /** With c1 a channel that spills. */
    String spilling() {
        return FILE.replace("a.channels.c1.type = memory\na.channels.c1.capacity = 10000\n", """
                a.channels.c1.type = SPILLABLEMEMORY
                a.channels.c1.memoryCapacity = 100
                a.channels.c1.overflowCapacity = 10000
                """ + directories("c1"));
    }

    /** With c1 a file channel. */
    String onDisk() {
        return FILE.replace("c1.type = memory", "c1.type = file\n" + directories("c1"));
    }

    private String directories(String channel) {
        Path own = directory.resolve(channel);
        return "a.channels." + channel + ".checkpointDir = " + own.resolve("checkpoint") + "\na.channels." + channel
                + ".dataDirs = " + own.resolve("data") + "\n";
    }

    /** Without the lines whose keys start so. */
    static String without(String text, String keys) {
        return text.lines()
                .filter(line -> !line.startsWith(keys))
                .map(line -> line + "\n")
                .collect(Collectors.joining());
    }

    /** With one more source that is like r1. */
    static String withSource(String text, String name) {
        return text.replaceFirst("a\\.sources = .*", "$0 " + name)
                + text.lines()
                        .filter(line -> line.startsWith("a.sources.r1."))
                        .map(line -> line.replace("r1", name) + "\n")
                        .collect(Collectors.joining());
    }

    private Configuration read(Configuration.Request request, @Nullable Assembly running) {
        return Configuration.read(
                request,
                new Environment(Map.of(), new Properties()),
                FakeParts.catalogWithKept(diary),
                this::route,
                InstantSource.system(),
                running);
    }

    private Routing.Route route(
            List<Interceptor> interceptors, ChannelSelector selector, List<Channel> channels, SourceMetrics metrics) {
        Routing.Route real = Relay.routing().route(interceptors, selector, channels, metrics);
        openRoutes.incrementAndGet();
        return new Routing.Route(real.inlet(), () -> {
            openRoutes.decrementAndGet();
            real.close().run();
        });
    }

    @Override
    public void close() {
        Objects.requireNonNull(relay).close();
        assertThat(openRoutes).as("open routes").hasValue(0);
    }
}
