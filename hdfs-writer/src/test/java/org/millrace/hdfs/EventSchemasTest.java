package org.millrace.hdfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.avro.Schema;
import org.apache.avro.file.DataFileReader;
import org.apache.avro.generic.GenericDatumReader;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.millrace.api.DeliveryException;
import org.millrace.testkit.Batches;

/** Bodies that are Avro data: each goes into a file of its schema. */
class EventSchemasTest {
    private static final String LITERAL = "flume.avro.schema.literal";
    private static final String URL = "flume.avro.schema.url";
    private static final String STRING = "\"string\"";
    private static final String BYTES = "\"bytes\"";

    @TempDir
    private Path directory;

    private Path files;

    @BeforeEach
    void directories() throws IOException {
        files = Files.createDirectory(directory.resolve("files"));
    }

    @Test
    void eachSchemaHasAFileOfItsOwnHoweverTheyAreMixed() throws Exception {
        try (SinkUnderTest sut = started()) {
            for (int i = 0; i < 20; i++) {
                sut.put(Batches.of(Map.of(LITERAL, i % 2 == 0 ? STRING : BYTES + " "), datum("e" + i)));
            }
            sut.drainAll();
            sut.put(Batches.of(Map.of(LITERAL, "{\"type\":\"string\"}"), datum("another spelling")))
                    .drainAll();
            assertThat(sut.gauge("openFiles")).isEqualTo(2);
        }
        Map<Schema, List<String>> bySchema = read();
        assertThat(bySchema).hasSize(2);
        assertThat(bySchema.get(schema(STRING)))
                .hasSize(11)
                .startsWith("e0", "e2")
                .endsWith("another spelling");
        assertThat(bySchema.get(schema(BYTES))).hasSize(10).startsWith("e1", "e3");
    }

    @Test
    void aUrlOfTheSenderComesBeforeTheLiteralAndThatBeforeTheConfiguredUrl() throws Exception {
        Path atUrl = Files.writeString(directory.resolve("url.avsc"), BYTES);
        Path configured = Files.writeString(
                directory.resolve("configured.avsc"), "{\"type\":\"fixed\",\"name\":\"F\",\"size\":2}");
        try (SinkUnderTest sut = started(
                "serializer.schemaURL",
                configured.toUri().toString(),
                "serializer.schemaUrlPrefixes",
                "hdfs://nn/schemas/ " + directory.toUri())) {
            sut.put(Batches.of(Map.of(LITERAL, STRING), datum("literal")))
                    .put(Batches.of(Map.of(LITERAL, STRING, URL, atUrl.toUri().toString()), datum("url")))
                    .put(Batches.of(Map.of(URL, atUrl.toUri().toString()), datum("url again")))
                    .put(Batches.of("ab"))
                    .put(Batches.of(Map.of(LITERAL, STRING), datum("literal again")))
                    .drainAll();
        }
        Map<Schema, List<String>> bySchema = read();
        assertThat(bySchema).hasSize(3);
        assertThat(bySchema.get(schema(STRING))).containsExactly("literal", "literal again");
        assertThat(bySchema.get(schema(BYTES))).containsExactly("url", "url again");
    }

    @Test
    void aSchemaFromTheWebIsReadOnce() throws Exception {
        AtomicInteger requests = new AtomicInteger();
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/good", exchange -> {
            requests.incrementAndGet();
            exchange.sendResponseHeaders(200, STRING.length());
            exchange.getResponseBody().write(STRING.getBytes(StandardCharsets.UTF_8));
            exchange.close();
        });
        server.createContext("/moved", exchange -> {
            exchange.getResponseHeaders().add("Location", "/good");
            exchange.sendResponseHeaders(302, -1);
            exchange.close();
        });
        server.start();
        String address = "http://127.0.0.1:" + server.getAddress().getPort();
        try (SinkUnderTest sut = started()) {
            sut.put(Batches.of(Map.of(URL, address + "/good"), datum("one"))).drainAll();
            sut.put(Batches.of(Map.of(LITERAL, BYTES), datum("other"))).drainAll();
            sut.put(Batches.of(Map.of(URL, address + "/good"), datum("two"))).drainAll();
            assertThat(requests).hasValue(1);

            assertRefused(sut, Map.of(URL, address + "/moved"), "the server answers 302");
        } finally {
            server.stop(0);
        }
        assertThat(read().get(schema(STRING))).containsExactly("one", "two");
    }

    @Test
    void aServerThatDoesNotAnswerHoldsUpNoOtherEvents() throws Exception {
        try (ServerSocketChannel silent = ServerSocketChannel.open()) {
            silent.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 100);
            String address = "http://127.0.0.1:" + silent.socket().getLocalPort() + "/";
            try (SinkUnderTest sut =
                    started("hdfs.callTimeout", "200", "deadLetter.maxTries", "2", "hdfs.batchSize", "100")) {
                for (int i = 0; i < 20; i++) {
                    sut.put(Batches.of(Map.of(URL, address + i), datum("x")));
                    sut.put(Batches.of(Map.of(LITERAL, STRING), datum("good " + i)));
                }
                assertThatThrownBy(sut.sink::drain).hasMessageContaining("try 1 of 2");
                sut.drainAll();
            }
            silent.configureBlocking(false);
            int asked = 0;
            for (SocketChannel connection; (connection = silent.accept()) != null; connection.close()) {
                asked++;
            }
            assertThat(asked).isOne();
        }
        assertThat(read().get(schema(STRING))).hasSize(20);
        assertThat(new Letters(directory.resolve("dead")).all()).hasSize(20);
    }

    @Test
    void aSchemaThatChangesWhereItStandsIsReadAgain() throws Exception {
        String pair = "{\"type\":\"record\",\"name\":\"p\",\"fields\":["
                + "{\"name\":\"a\",\"type\":\"string\"},{\"name\":\"b\",\"type\":\"int\"}]}";
        try (ChangingSchema schema = new ChangingSchema();
                SinkUnderTest sut = started()) {
            schema.text = STRING;
            sut.put(Batches.of(Map.of(URL, schema.url()), datum("one"))).drainAll();
            schema.text = pair;
            sut.clock.advance(Duration.ofSeconds(10));
            sut.put(Batches.of(Map.of(URL, schema.url()), datum("two") + "\2"))
                    .put(Batches.of(Map.of(URL, schema.url()), datum("of a sender that does not know yet")))
                    .put(Batches.of(Map.of(URL, schema.url()), datum("three") + "\4"))
                    .drainAll();
            assertThat(schema.requests).isEqualTo(2);
            assertThat(sut.counter("deadLetteredEvents")).isZero();

            schema.text = BYTES; // which the body is a datum of, and of what is known too
            sut.clock.advance(Duration.ofMinutes(6));
            sut.put(Batches.of(Map.of(URL, schema.url()), datum("four"))).drainAll();
        }
        assertThat(read().get(schema(STRING))).containsExactly("one", "of a sender that does not know yet");
        assertThat(read().get(schema(pair)))
                .containsExactly("{\"a\": \"two\", \"b\": 1}", "{\"a\": \"three\", \"b\": 2}");
        assertThat(read().get(schema(BYTES))).containsExactly("four");
    }

    @Test
    void bodiesThatAreNoDataHaveTheirSchemaReadAgainNowAndThenOnly() throws Exception {
        try (ChangingSchema schema = new ChangingSchema();
                SinkUnderTest sut = started("hdfs.batchSize", "1")) {
            schema.text = STRING;
            sut.put(Batches.of(Map.of(URL, schema.url()), datum("one"))).drainAll();
            for (int i = 0; i < 20; i++) {
                sut.clock.advance(Duration.ofSeconds(1));
                sut.put(Batches.of(Map.of(URL, schema.url()), "junk")).drainAll();
            }
            assertThat(schema.requests).isBetween(3, 5);
            assertThat(sut.counter("deadLetteredEvents")).isEqualTo(20);
        }
    }

    @Test
    void aSchemaThatCannotBeReadAgainStaysAndWhatIsNoDatumOfItMayHeal() throws Exception {
        try (ChangingSchema schema = new ChangingSchema();
                SinkUnderTest sut = started()) {
            schema.text = STRING;
            sut.put(Batches.of(Map.of(URL, schema.url()), datum("one"))).drainAll();
            schema.text = "";
            sut.clock.advance(Duration.ofMinutes(6));
            sut.put(Batches.of(Map.of(URL, schema.url()), datum("two"))).drainAll();
            sut.put(Batches.of(Map.of(URL, schema.url()), "\2"));
            assertThatThrownBy(sut.sink::drain)
                    .hasMessageContaining("no datum of its schema")
                    .hasMessageContaining("cannot be read again")
                    .hasMessageContaining("the server answers 503")
                    .hasMessageContaining("try 1 of 3");
            schema.text = "\"int\"";
            sut.drainAll();
            assertThat(sut.counter("deadLetteredEvents")).isZero();
        }
        assertThat(read().get(schema(STRING))).containsExactly("one", "two");
        assertThat(read().get(schema("\"int\""))).containsExactly("1");
    }

    /** A web server with one schema; with none, it has trouble. */
    private static final class ChangingSchema implements AutoCloseable {
        private final HttpServer server =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        private volatile String text = "";
        private volatile int requests;

        @SuppressWarnings("NonAtomicVolatileUpdate") // by the server's one thread
        ChangingSchema() throws IOException {
            server.createContext("/", exchange -> {
                requests++;
                byte[] body = text.getBytes(StandardCharsets.UTF_8);
                exchange.sendResponseHeaders(body.length == 0 ? 503 : 200, body.length == 0 ? -1 : body.length);
                exchange.getResponseBody().write(body);
                exchange.close();
            });
            server.start();
        }

        private String url() {
            return "http://127.0.0.1:" + server.getAddress().getPort() + "/";
        }

        @Override
        public void close() {
            server.stop(0);
        }
    }

    @Test
    void anEventWithoutSchemaIsToldBySayingWhatIsMissing() throws Exception {
        try (SinkUnderTest sut = started()) {
            assertRefused(sut, Map.of(), "neither header flume.avro.schema.url nor flume.avro.schema.literal");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "\"nothing\"", "{\"type\":\"record\"}"})
    void aBadSchemaIsToldByItsText(String literal) throws Exception {
        try (SinkUnderTest sut = started()) {
            assertRefused(
                    sut,
                    Map.of(LITERAL, literal),
                    "header flume.avro.schema.literal = " + literal + " is no Avro schema");
        }
    }

    @Test
    void aSchemaThatCannotBeReadIsToldByItsUrl() throws Exception {
        String missing = directory.resolve("missing.avsc").toUri().toString();
        try (SinkUnderTest sut = started("serializer.schemaUrlPrefixes", "file:")) {
            assertRefused(sut, Map.of(URL, missing), "header flume.avro.schema.url = " + missing + ": ");
            assertRefused(sut, Map.of(URL, "file: x"), "is no URL");
        }
    }

    @Test
    void aSenderCannotMakeTheAgentReadItsFiles() throws Exception {
        Path secret = Files.writeString(directory.resolve("secret"), STRING);
        try (SinkUnderTest sut = started()) {
            assertRefused(sut, Map.of(URL, secret.toUri().toString()), "senders may not name this place");
        }
    }

    /** The event becomes a dead letter: after three turns where a later one might have found the schema. */
    private void assertRefused(SinkUnderTest sut, Map<String, String> headers, String message) throws Exception {
        sut.put(Batches.of(headers, datum("x")));
        for (int turn = 1; sut.channel.bodies().size() > 0; turn++) {
            int tries = turn;
            try {
                sut.sink.drain();
            } catch (DeliveryException e) {
                assertThat(e).hasMessageContaining("try " + tries + " of 3").hasMessageContaining(message);
            }
        }
        Letters letters = new Letters(directory.resolve("dead"));
        assertThat(letters.all())
                .last()
                .satisfies(letter -> assertThat(letter.reason()).contains(message));
    }

    private SinkUnderTest started(String... keysAndValues) throws Exception {
        String[] all = new String[keysAndValues.length + 6];
        System.arraycopy(keysAndValues, 0, all, 6, keysAndValues.length);
        all[0] = "serializer";
        all[1] = "org.apache.flume.sink.hdfs.AvroEventSerializer$Builder";
        all[2] = "hdfs.batchSize";
        all[3] = "10";
        all[4] = "deadLetter.directory";
        all[5] = directory.resolve("dead").toString();
        return SinkUnderTest.started(files.toUri().toString(), all);
    }

    /** A string or bytes as Avro has them: the length, then the bytes. */
    private static String datum(String text) {
        return (char) (2 * text.length()) + text;
    }

    private static Schema schema(String json) {
        return new Schema.Parser().parse(json);
    }

    /** All data by schema, in the order of the files. */
    private Map<Schema, List<String>> read() throws IOException {
        Map<Schema, List<String>> bySchema =
                new TreeMap<>((a, b) -> a.toString().compareTo(b.toString()));
        for (String name : new Tree(files).names()) {
            try (DataFileReader<Object> reader =
                    new DataFileReader<>(files.resolve(name).toFile(), new GenericDatumReader<>())) {
                List<String> data = bySchema.computeIfAbsent(reader.getSchema(), schema -> new ArrayList<>());
                reader.forEach(datum -> data.add(
                        datum instanceof ByteBuffer bytes
                                ? StandardCharsets.UTF_8.decode(bytes).toString()
                                : datum.toString()));
            }
        }
        return bySchema;
    }
}
