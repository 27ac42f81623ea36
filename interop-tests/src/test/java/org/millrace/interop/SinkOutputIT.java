package org.millrace.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.millrace.testkit.process.HttpRecorder.answer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.file.DataFileReader;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.client.ClientProperties;
import org.millrace.client.Event;
import org.millrace.client.RelayClient;
import org.millrace.testkit.process.AgentProcess;
import org.millrace.testkit.process.AgentProcess.Kind;
import org.millrace.testkit.process.FreePorts;
import org.millrace.testkit.process.HttpRecorder;

/** The same file and the same events, run by Flume and by us: what their sinks of rolling files and of HTTP leave behind. */
class SinkOutputIT {
    private static final String BODIES = "org.apache.flume.sink.hdfs.AvroEventSerializer\\$Builder";
    private static final int EVENTS = 250;

    @TempDir
    private static Path dir;

    private static Run flume;
    private static Run ours;

    /** What an agent left behind. */
    private record Run(Path files, List<HttpRecorder.Request> requests, String metrics) {
        Path onlyFile(String sink) throws IOException {
            try (Stream<Path> all = Files.list(files.resolve(sink))) {
                List<Path> found = all.toList();
                assertThat(found).hasSize(1);
                return found.get(0);
            }
        }
    }

    @BeforeAll
    static void runBoth() throws Exception {
        System.setProperty("flume.peer.more", AgentProcess.ofOurClassPath("hadoop-client-"));
        flume = run(Kind.FLUME);
        ours = run(Kind.MILLRACE);
    }

    @AfterAll
    static void leaveTheClassPath() {
        System.clearProperty("flume.peer.more");
    }

    private static Run run(Kind kind) throws Exception {
        Path home = Files.createDirectory(dir.resolve(kind.name()));
        for (String sink : List.of("text", "bare", "headers", "avro", "deflated", "bodies")) {
            Files.createDirectory(home.resolve(sink));
        }
        int port = FreePorts.next();
        try (HttpRecorder server =
                new HttpRecorder(request -> answer(request.body().contains("7") ? 202 : 200, "", "some text"))) {
            String metrics;
            try (AgentProcess agent = AgentProcess.start(
                    kind,
                    "agent",
                    home,
                    List.of("-Xmx256m", "-XX:TieredStopAtLevel=1"),
                    configuration(home, port, server.port()),
                    port)) {
                send(port);
                await().until(() -> isDone(agent.metrics()));
                metrics = agent.metrics();
            }
            return new Run(home, server.requests(), metrics);
        }
    }

    private static boolean isDone(String metrics) {
        return metrics.split("\"EventDrainSuccessCount\":\"" + EVENTS + "\"", -1).length == 8;
    }

    private static void send(int port) throws Exception {
        Properties properties = new Properties();
        properties.setProperty("hosts", "h1");
        properties.setProperty("hosts.h1", "127.0.0.1:" + port);
        try (RelayClient client =
                RelayClient.open(ClientProperties.read(properties).settings())) {
            for (int first = 0; first < EVENTS; first += 50) {
                List<Event> batch = new ArrayList<>();
                for (int i = first; i < first + 50; i++) {
                    batch.add(Event.of(headers(i), datum("event " + i + " \u00e4\u20ac")));
                }
                client.appendBatch(batch);
            }
        }
    }

    private static Map<String, String> headers(int number) {
        Map<String, String> headers = new TreeMap<>();
        headers.put("flume.avro.schema.literal", "\"string\"");
        for (int i = 0; i < number % 16; i++) {
            headers.put("header-" + i * 7, "value " + number + "." + i + " \u00df");
        }
        return headers;
    }

    private static byte[] datum(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        byte[] datum = new byte[utf8.length + 1];
        datum[0] = (byte) (utf8.length << 1);
        System.arraycopy(utf8, 0, datum, 1, utf8.length);
        return datum;
    }

    private static String configuration(Path home, int port, int httpPort) {
        return """
                a.sources = s
                a.channels = c1 c2 c3 c4 c5 c6 c7
                a.sinks = text bare headers avro deflated bodies web
                a.sources.s.type = avro
                a.sources.s.bind = 127.0.0.1
                a.sources.s.port = %d
                a.sources.s.channels = c1 c2 c3 c4 c5 c6 c7
                """.formatted(port)
                + roll(home, "text", 1, "pathManager.prefix = app-", "pathManager.extension = log", "batchSize = 30")
                + roll(home, "bare", 2, "serializer = text", "serializer.appendNewline = false")
                + roll(home, "headers", 3, "serializer = HEADER_AND_TEXT", "pathManager = ROLLTIME")
                + roll(home, "avro", 4, "serializer = avro_event")
                + roll(
                        home,
                        "deflated",
                        5,
                        "serializer = avro_event",
                        "serializer.compressionCodec = deflate",
                        "serializer.syncIntervalBytes = 100")
                + roll(home, "bodies", 6, "serializer = " + BODIES)
                + channel(7)
                + """
                a.sinks.web.type = http
                a.sinks.web.channel = c7
                a.sinks.web.endpoint = http://127.0.0.1:%d/in/here?a=b%%20c
                a.sinks.web.contentTypeHeader = application/octet-stream
                a.sinks.web.acceptHeader = application/json
                a.sinks.web.defaultRollback = true
                a.sinks.web.rollback.2XX = false
                a.sinks.web.backoff.2XX = true
                a.sinks.web.backoff.200 = false
                a.sinks.web.backoff.202 = false
                a.sinks.web.incrementMetrics.2XX = true
                """.formatted(httpPort);
    }

    private static String roll(Path home, String sink, int channel, String... keys) {
        return channel(channel)
                + """
                a.sinks.%1$s.type = file_roll
                a.sinks.%1$s.channel = c%2$d
                a.sinks.%1$s.sink.directory = %3$s
                a.sinks.%1$s.sink.rollInterval = 0
                """.formatted(sink, channel, home.resolve(sink))
                + Arrays.stream(keys)
                        .map(key -> "a.sinks." + sink + ".sink." + key + "\n")
                        .collect(Collectors.joining());
    }

    private static String channel(int number) {
        return """
                a.channels.c%1$d.type = memory
                a.channels.c%1$d.capacity = 1000
                a.channels.c%1$d.transactionCapacity = 100
                """.formatted(number);
    }

    @Test
    void textFilesAreTheSameByteForByte() throws IOException {
        for (String sink : List.of("text", "bare", "headers")) {
            assertThat(text(ours, sink)).as(sink).isEqualTo(text(flume, sink)).isNotEmpty();
        }
    }

    /** A character for each byte. */
    private static String text(Run run, String sink) throws IOException {
        return Files.readString(run.onlyFile(sink), StandardCharsets.ISO_8859_1);
    }

    @Test
    void filesHaveTheSameNamesButForTheTime() throws IOException {
        for (Run run : List.of(flume, ours)) {
            assertThat(run.onlyFile("text").getFileName().toString()).matches("app-\\d{13}-1\\.log");
            assertThat(run.onlyFile("bare").getFileName().toString()).matches("\\d{13}-1");
            assertThat(run.onlyFile("headers").getFileName().toString()).matches("20\\d{12}-1");
        }
    }

    @Test
    void avroContainersHaveTheSameSchemaCodecAndEvents() throws IOException {
        for (String sink : List.of("avro", "deflated", "bodies")) {
            Container expected = read(flume.onlyFile(sink));
            assertThat(read(ours.onlyFile(sink))).as(sink).isEqualTo(expected);
            assertThat(expected.data()).hasSize(EVENTS);
        }
    }

    private record Container(Schema schema, Map<String, String> metadata, List<Object> data) {}

    private static Container read(Path file) throws IOException {
        List<Object> data = new ArrayList<>();
        try (DataFileReader<Object> reader = new DataFileReader<>(file.toFile(), new GenericDatumReader<>())) {
            Map<String, String> metadata = new HashMap<>();
            for (String key : reader.getMetaKeys()) {
                metadata.put(key, reader.getMetaString(key));
            }
            for (Object datum : reader) {
                data.add(datum instanceof GenericRecord event ? readable(event) : datum.toString());
            }
            return new Container(reader.getSchema(), metadata, data);
        }
    }

    private static String readable(GenericRecord event) {
        Map<String, String> headers = new TreeMap<>();
        ((Map<?, ?>) event.get("headers")).forEach((key, value) -> headers.put(key.toString(), value.toString()));
        return headers + " " + event.get("body");
    }

    @Test
    void aServerGetsTheSameRequestsInTheSameOrder() {
        assertThat(requests(ours)).isEqualTo(requests(flume)).hasSize(EVENTS);
    }

    private static List<String> requests(Run run) {
        return run.requests().stream()
                .map(request -> {
                    Map<String, String> headers = new TreeMap<>(request.headers());
                    headers.remove("user-agent"); // each its own
                    headers.replace("host", "127.0.0.1:port");
                    return request.line() + headers + request.body();
                })
                .toList();
    }

    @Test
    void everyCounterOfFlumesSinksIsThereWithTheSameCounts() throws IOException {
        ObjectMapper json = new ObjectMapper();
        for (String sink : List.of("SINK.text", "SINK.bodies", "SINK.web")) {
            JsonNode expected = json.readTree(flume.metrics()).path(sink);
            JsonNode actual = json.readTree(ours.metrics()).path(sink);
            assertThat(expected.fieldNames()).as(sink).toIterable().isNotEmpty().allMatch(actual::has);
            for (String counter : List.of("EventDrainAttemptCount", "EventDrainSuccessCount")) {
                assertThat(actual.path(counter)).as(sink + " " + counter).isEqualTo(expected.path(counter));
            }
        }
    }
}
