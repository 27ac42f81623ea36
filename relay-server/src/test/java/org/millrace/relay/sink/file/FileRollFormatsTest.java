package org.millrace.relay.sink.file;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.avro.file.DataFileReader;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.junit.jupiter.api.Test;
import org.millrace.api.Sink;
import org.millrace.testkit.Batches;

/** What a file holds, by its serializer. */
class FileRollFormatsTest extends FileRollFixture {
    @Test
    void headersStandBeforeTheBodyInTheOrderThatFlumesMapGivesThem() throws Exception {
        Map<String, String> headers = new HashMap<>();
        for (String name : List.of("timestamp", "host", "topic", "a", "zz", "basename")) {
            headers.put(name, "v-" + name);
        }
        try (Sink sink = started("sink.serializer", "HEADER_AND_TEXT", "sink.serializer.appendNewline", "false")) {
            submit(Batches.of(new TreeMap<>(headers), "body"));
            sink.drain();
            assertThat(content().values()).containsExactly(new HashMap<>(headers) + " body");
        }
    }

    @Test
    void avroEventsAreAContainerOfFlumesSchema() throws Exception {
        try (Sink sink = started("sink.serializer", "avro_event", "sink.serializer.compressionCodec", "deflate")) {
            submit(Batches.of(Map.of("k", "v"), "a"));
            sink.drain();
            submit(Batches.of("b"));
            sink.drain();
        }
        List<String> read = new ArrayList<>();
        try (DataFileReader<GenericRecord> reader =
                new DataFileReader<>(onlyFile().toFile(), new GenericDatumReader<>())) {
            assertThat(reader.getSchema().getFullName()).isEqualTo("Event");
            assertThat(reader.getMetaString("avro.codec")).isEqualTo("deflate");
            reader.forEach(event -> read.add(event.get("headers").toString()));
        }
        assertThat(read).containsExactly("{k=v}", "{}");
    }

    @Test
    void theBlocksOfAContainerAreAsLongAsTheFileSays() throws Exception {
        assertThat(blocksOfTenEvents("sink.serializer.syncIntervalBytes", "32")).isEqualTo(10);
        assertThat(blocksOfTenEvents()).isEqualTo(1);
    }

    private int blocksOfTenEvents(String... keysAndValues) throws Exception {
        List<String> all = new ArrayList<>(List.of("sink.serializer", "AVRO_EVENT"));
        all.addAll(List.of(keysAndValues));
        try (Sink sink = started(all.toArray(String[]::new))) {
            submit(Batches.of(
                    IntStream.range(0, 10).mapToObj(i -> "x".repeat(100)).toArray(String[]::new)));
            sink.drain();
        }
        Path file = onlyFile();
        int blocks = 0;
        try (DataFileReader<Object> reader = new DataFileReader<>(file.toFile(), new GenericDatumReader<>())) {
            for (; reader.hasNext(); reader.nextBlock()) {
                blocks++;
            }
        }
        Files.delete(file);
        return blocks;
    }

    @Test
    void aFileHasOneSchemaOfBodiesAndABodyOfNoneIsADeadLetter() throws Exception {
        Path letters = home.resolve("letters");
        try (Sink sink = started("sink.serializer", BODY_SERIALIZER, "deadLetter.directory", letters.toString())) {
            submit(
                    Batches.of(Map.of(LITERAL, "\"string\""), "\2a"),
                    Batches.of(Map.of(LITERAL, "\"bytes\""), "\2b"),
                    Batches.of("without a schema"),
                    Batches.of(Map.of(LITERAL, "\"bytes\""), "\2c"));
            sink.drain();
            assertThat(content()).hasSize(2);
        }
        List<String> read = new ArrayList<>();
        for (Path file : files()) {
            try (DataFileReader<Object> reader = new DataFileReader<>(file.toFile(), new GenericDatumReader<>())) {
                reader.forEach(datum ->
                        read.add(reader.getSchema() + " " + datum.getClass().getSimpleName()));
            }
        }
        assertThat(read).containsExactly("\"string\" Utf8", "\"bytes\" HeapByteBuffer", "\"bytes\" HeapByteBuffer");
        assertThat(metrics.drainSuccesses.getCount()).isEqualTo(3);
        try (Stream<Path> files = Files.list(letters)) {
            assertThat(files).hasSize(1);
        }
    }

    @Test
    void aSchemaIsReadFromTheConfiguredFile() throws Exception {
        Path schema = Files.writeString(home.resolve("s.avsc"), "\"string\"");
        try (Sink sink = started(
                "sink.serializer",
                BODY_SERIALIZER,
                "sink.serializer.schemaURL",
                schema.toUri().toString())) {
            submit(Batches.of("\2a"));
            sink.drain();
        }
        try (DataFileReader<Object> reader = new DataFileReader<>(onlyFile().toFile(), new GenericDatumReader<>())) {
            assertThat(reader.next()).hasToString("a");
        }
    }

    @Test
    void aSchemaIsReadFromWhereTheFileAllowsSendersToName() throws Exception {
        Path schema = Files.writeString(home.resolve("s.avsc"), "\"string\"");
        Path letters = home.resolve("letters");
        Map<String, String> headers =
                Map.of("flume.avro.schema.url", schema.toUri().toString());
        try (Sink sink = started("sink.serializer", BODY_SERIALIZER, "deadLetter.directory", letters.toString())) {
            submit(Batches.of(headers, "\2a"));
            sink.drain();
            assertThat(metrics.drainSuccesses.getCount()).isZero();
        }
        try (Sink sink =
                started("sink.serializer", BODY_SERIALIZER, "sink.serializer.schemaUrlPrefixes", "file:/ https://")) {
            submit(Batches.of(headers, "\2b"));
            sink.drain();
            assertThat(metrics.drainSuccesses.getCount()).isEqualTo(1);
        }
    }
}
