package org.millrace.relay.sink.file;

import static org.assertj.core.api.Assertions.assertThat;

import com.codahale.metrics.MetricRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.api.ChannelReader;
import org.millrace.api.Settings;
import org.millrace.api.Sink;
import org.millrace.api.SinkContext;
import org.millrace.api.SinkMetrics;
import org.millrace.api.StartException;
import org.millrace.api.deadletter.DeadLetters;
import org.millrace.api.part.EventSerializer;
import org.millrace.codec.EventBatch;
import org.millrace.testkit.FakeChannel;
import org.millrace.testkit.FakeClock;
import org.millrace.testkit.LogLines;
import org.millrace.testkit.RecordedProblems;
import org.millrace.testkit.ReleaseCheck;

/** A sink between a channel and a disk that fails when a test says so; nothing that was put into the channel is left behind by a test. */
abstract class FileRollFixture {
    static final String LITERAL = "flume.avro.schema.literal";
    static final String BODY_SERIALIZER = "org.apache.flume.sink.hdfs.AvroEventSerializer$Builder";

    @TempDir
    Path home;

    Path directory;
    final FakeChannel channel = new FakeChannel("c1");
    final FakeClock clock = new FakeClock();
    final MetricRegistry registry = new MetricRegistry();
    final SinkMetrics metrics = new SinkMetrics("k1", registry);
    final SinkContext context = new SinkContext("a1", "k1", channel, metrics, clock);
    final RecordedProblems recorded = new RecordedProblems();
    private final ReleaseCheck releases = new ReleaseCheck();
    final FaultyDisk disk = new FaultyDisk();

    @BeforeEach
    void makeDirectory() throws IOException {
        directory = Files.createDirectory(home.resolve("out"));
    }

    @AfterEach
    void everythingIsGivenBack() {
        assertThat(channel.openTransactions()).isZero();
        channel.close();
        releases.assertAllReleased();
    }

    Sink started(String... keysAndValues) throws StartException {
        Map<String, String> values = new HashMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            values.put(keysAndValues[i], keysAndValues[i + 1]);
        }
        return started(channel, values);
    }

    Sink started(ChannelReader from, Map<String, String> values) throws StartException {
        Sink sink = create(from, values);
        assertThat(recorded.problems()).isEmpty();
        sink.start();
        return sink;
    }

    Sink started(EventSerializer serializer, Map<String, String> values) throws StartException {
        return started(channel, serializer, values);
    }

    Sink started(ChannelReader from, EventSerializer serializer, Map<String, String> values) throws StartException {
        SinkContext in = new SinkContext("a1", "k1", from, metrics, clock);
        Settings keys = settings(values);
        FileRollSettings read = FileRollSettings.read(in, keys);
        FileRollSettings fileRoll = new FileRollSettings(
                read.directory(),
                read.naming(),
                read.rollInterval(),
                read.batchEvents(),
                serializer,
                read.sync(),
                read.inUseSuffix(),
                read.emptyFiles());
        Sink sink = create(in, fileRoll, keys);
        sink.start();
        return sink;
    }

    Sink create(ChannelReader from, Map<String, String> values) {
        SinkContext in = new SinkContext("a1", "k1", from, metrics, clock);
        Settings settings = settings(values);
        return create(in, FileRollSettings.read(in, settings), settings);
    }

    FileRollSink create(SinkContext in, FileRollSettings fileRoll, Settings settings) {
        return new FileRollSink(in, fileRoll, DeadLetters.read(context, settings), disk);
    }

    Settings settings(Map<String, String> values) {
        Map<String, String> all = new HashMap<>(values);
        all.put("sink.directory", directory.toString());
        all.putIfAbsent("deadLetter.directory", home.resolve("letters").toString());
        return recorded.settings(all);
    }

    void submit(EventBatch... batches) {
        for (EventBatch batch : batches) {
            channel.submit(releases.watch(batch));
        }
    }

    /** Two intervals pass. */
    void rollTwice(Sink sink) throws Exception {
        for (int roll = 0; roll < 2; roll++) {
            clock.advance(Duration.ofSeconds(31));
            sink.drain();
        }
    }

    String series() {
        return Long.toString(clock.millis());
    }

    List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.sorted().toList();
        }
    }

    Path onlyFile() throws IOException {
        assertThat(files()).hasSize(1);
        return files().get(0);
    }

    /** By the names of the files. */
    Map<String, String> content() throws IOException {
        Map<String, String> content = new TreeMap<>();
        for (Path file : files()) {
            content.put(file.getFileName().toString(), Files.readString(file, StandardCharsets.ISO_8859_1));
        }
        return content;
    }

    Object figure(String name) {
        return registry.getGauges().get("sink.k1." + name).getValue();
    }

    static List<String> said(LogLines log, String part) {
        return log.lines().stream().filter(line -> line.contains(part)).toList();
    }
}
