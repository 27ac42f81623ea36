package org.millrace.bench;

import com.codahale.metrics.MetricRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.ServiceLoader;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.millrace.api.ComponentFactory;
import org.millrace.api.DeliveryException;
import org.millrace.api.Sink;
import org.millrace.api.SinkContext;
import org.millrace.api.SinkMetrics;
import org.millrace.codec.EventBatch;
import org.millrace.codec.EventBatchBuilder;
import org.millrace.testkit.FakeChannel;
import org.millrace.testkit.RecordedProblems;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** An HDFS sink with many buckets, one of which hangs: what becomes of the others' rate. See {@code scripts/bench-hanging-bucket}. */
@Command(
        name = "bench-hanging-bucket",
        mixinStandardHelpOptions = true,
        showDefaultValues = true,
        description = {
            "Events a second that an HDFS sink delivers, for a while undisturbed and then while writes to one of its buckets"
                    + " hang.",
            "Ends with 0 only if the others keep --least-share of their rate, with 1 if not."
        })
public final class HangingBucket implements Callable<Integer> {
    private static final int BODY_BYTES = 500;
    private static final int BATCH_EVENTS = 1000;
    private static final int MOST_IN_CHANNEL = 10 * BATCH_EVENTS;

    @Option(names = "--seconds", defaultValue = "60", description = "that the bucket hangs, and as long before")
    private int seconds;

    @Option(names = "--buckets", defaultValue = "200")
    private int buckets;

    @Option(names = "--max-open-files", defaultValue = "50")
    private int maxOpenFiles;

    @Option(names = "--most-events-a-second", defaultValue = "20000", description = "that are offered")
    private int mostRate;

    @Option(names = "--least-share", defaultValue = "90", description = "per cent of the others' rate that must remain")
    private double leastPercent;

    private HangingBucket() {}

    public static void main(String[] args) {
        System.exit(new CommandLine(new HangingBucket()).execute(args));
    }

    @Override
    public Integer call() throws Exception {
        Path dir = Files.createTempDirectory("millrace-hanging");
        try (FakeChannel channel = new FakeChannel("c")) {
            MetricRegistry registry = new MetricRegistry();
            SinkMetrics metrics = new SinkMetrics("k", registry);
            Sink sink = sink(dir, channel, metrics);
            sink.start();
            Offer offer = new Offer(channel, metrics, registry);
            long before = run(sink, offer, metrics);
            CountDownLatch end = new CountDownLatch(1);
            HangingFileSystem.begin(new HangingFileSystem.Hang("b7.", end));
            long during = run(sink, offer, metrics);
            end.countDown();
            sink.close();
            double othersShare = (buckets - 1.0) / buckets;
            double percent = 100.0 * during / (before * othersShare);
            System.out.printf(
                    Locale.ROOT,
                    "undisturbed  %,12d events a second%none hangs    %,12d events a second: %.1f %% of what is the others' share%n",
                    before / seconds,
                    during / seconds,
                    percent);
            return percent >= leastPercent ? CommandLine.ExitCode.OK : CommandLine.ExitCode.SOFTWARE;
        } finally {
            delete(dir);
        }
    }

    private Sink sink(Path dir, FakeChannel channel, SinkMetrics metrics) throws IOException {
        Path hadoop = Files.createDirectory(dir.resolve("hadoop"));
        Files.writeString(hadoop.resolve("core-site.xml"), """
                <configuration>
                  <property><name>fs.hanging.impl</name><value>%s</value></property>
                </configuration>
                """.formatted(HangingFileSystem.class.getName()));
        RecordedProblems problems = new RecordedProblems();
        Map<String, String> keys = Map.of(
                "hdfs.path", "hanging://" + dir.resolve("data"),
                "hdfs.filePrefix", "%{b}",
                "hdfs.configurationDirectory", hadoop.toString(),
                "hdfs.fileType", "DataStream",
                "hdfs.batchSize", Integer.toString(BATCH_EVENTS),
                "hdfs.maxOpenFiles", Integer.toString(maxOpenFiles),
                "hdfs.rollInterval", "0",
                "hdfs.rollSize", "0",
                "hdfs.rollCount", "0");
        Sink sink = ServiceLoader.load(ComponentFactory.OfSink.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(factory -> factory.typeNames().contains("hdfs"))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no HDFS sink on the class path"))
                .create(new SinkContext("a", "k", channel, metrics, InstantSource.system()), problems.settings(keys));
        if (!problems.problems().isEmpty()) {
            throw new IllegalStateException(problems.problems().toString());
        }
        return sink;
    }

    /** What is put into the channel: as fast as asked for, as long as the sink takes it. */
    private final class Offer {
        private final FakeChannel channel;
        private final SinkMetrics metrics;
        private final MetricRegistry registry;
        private long events;

        Offer(FakeChannel channel, SinkMetrics metrics, MetricRegistry registry) {
            this.channel = channel;
            this.metrics = metrics;
            this.registry = registry;
        }

        void put(long mostEvents) {
            Number held = (Number) Objects.requireNonNull(registry.getGauges().get("sink.k.heldEvents"))
                    .getValue();
            long inChannel = events - metrics.drainSuccesses.getCount() - held.longValue();
            if (events + BATCH_EVENTS <= mostEvents && inChannel < MOST_IN_CHANNEL) {
                channel.submit(batch()).join();
                events += BATCH_EVENTS;
            }
        }
    }

    /** Returns how many events were delivered. */
    private long run(Sink sink, Offer offer, SinkMetrics metrics) throws InterruptedException {
        long deliveredBefore = metrics.drainSuccesses.getCount();
        long offeredBefore = offer.events;
        long start = System.nanoTime();
        long end = start + TimeUnit.SECONDS.toNanos(seconds);
        for (long now = start; now < end; now = System.nanoTime()) {
            offer.put(offeredBefore + (long) ((now - start) / 1e9 * mostRate));
            try {
                sink.drain();
            } catch (DeliveryException e) {
                System.err.println(e.getMessage());
                TimeUnit.MILLISECONDS.sleep(100);
            }
        }
        return metrics.drainSuccesses.getCount() - deliveredBefore;
    }

    private EventBatch batch() {
        try (EventBatchBuilder builder = new EventBatchBuilder()) {
            byte[] body = new byte[BODY_BYTES];
            for (int i = 0; i < BATCH_EVENTS; i++) {
                builder.add(Map.of("b", "b" + i % buckets), body);
            }
            return builder.build();
        }
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            List<Path> deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
            for (Path file : deepestFirst) {
                Files.delete(file);
            }
        }
    }
}
