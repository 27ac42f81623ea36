package org.millrace.hdfs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.ZstdInputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.file.DataFileReader;
import org.apache.avro.file.SeekableByteArrayInput;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.io.BytesWritable;
import org.apache.hadoop.io.LongWritable;
import org.apache.hadoop.io.SequenceFile;
import org.apache.hadoop.io.Text;
import org.apache.hadoop.io.Writable;
import org.apache.hadoop.io.compress.CompressionCodec;
import org.apache.hadoop.io.compress.CompressionCodecFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.millrace.codec.EventBatch;
import org.millrace.codec.EventBatchBuilder;

/** Every format with every codec on a real HDFS, read back with Hadoop's and Avro's own readers. */
class HdfsFormatsIT {
    private static final int EVENTS = 60;
    private static final int BATCH = 20;

    private static final String BODY_SERIALIZER = "org.apache.flume.sink.hdfs.AvroEventSerializer$Builder";
    private static final Schema PERSON = new Schema.Parser()
            .parse("{\"type\":\"record\",\"name\":\"Person\",\"fields\":[{\"name\":\"id\",\"type\":\"int\"},"
                    + "{\"name\":\"name\",\"type\":\"string\"}]}");

    @RegisterExtension
    static final MiniHdfs mini = new MiniHdfs();

    private Path root;

    @BeforeEach
    void freshRoot() throws IOException {
        root = mini.freshRoot();
    }

    static Stream<Arguments> streams() {
        List<String> serializers = List.of("TEXT", "HEADER_AND_TEXT", "AVRO_EVENT", BODY_SERIALIZER);
        List<String> codecs = List.of("none", "gzip", "bzip2", "default", "deflate", "snappy", "lz4", "zstd");
        return serializers.stream()
                .flatMap(serializer -> codecs.stream().map(codec -> Arguments.of(serializer, codec)));
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("streams")
    void streamsHoldWhatCameInBeforeAndAfterTheyAreFinished(String serializer, String codec) throws Exception {
        List<String> settings = new ArrayList<>(List.of("serializer", serializer, "hdfs.batchSize", "" + BATCH));
        if (!codec.equals("none")) {
            settings.addAll(List.of("hdfs.fileType", "CompressedStream", "hdfs.codeC", codec));
        }
        List<Event> events = serializer.equals(BODY_SERIALIZER) ? people() : lines();
        try (SinkUnderTest sut = started(settings)) {
            put(sut, events).drainAll();
            assertThat(contents(serializer, codec)).isEqualTo(expected(serializer, events));
        }
        assertThat(onlyFile().getPath().getName()).isEqualTo("FlumeData.1700000000001" + extension(codec));
        assertThat(contents(serializer, codec)).isEqualTo(expected(serializer, events));
    }

    @ParameterizedTest(name = "{0}, {1}")
    @CsvSource({
        "AVRO_EVENT, null",
        "AVRO_EVENT, deflate",
        "AVRO_EVENT, snappy",
        "AVRO_EVENT, bzip2",
        "AVRO_EVENT, zstandard",
        "org.apache.flume.serialization.FlumeEventAvroEventSerializer$Builder, deflate",
        BODY_SERIALIZER + ", null",
        BODY_SERIALIZER + ", deflate",
        BODY_SERIALIZER + ", snappy",
        BODY_SERIALIZER + ", bzip2",
        BODY_SERIALIZER + ", zstandard",
    })
    void avroContainersAreReadByAvro(String serializer, String codec) throws Exception {
        List<Event> events = serializer.equals(BODY_SERIALIZER) ? people() : lines();
        List<String> settings =
                List.of("serializer", serializer, "serializer.compressionCodec", codec, "hdfs.batchSize", "" + BATCH);
        try (SinkUnderTest sut = started(settings)) {
            put(sut, events).drainAll();
            assertThat(contents(serializer, "none")).isEqualTo(expected(serializer, events));
        }
        assertThat(contents(serializer, "none")).isEqualTo(expected(serializer, events));
        String codecInFile = avro(bytes("none"), reader -> reader.getMetaString("avro.codec"));
        assertThat(codecInFile).isEqualTo(codec);
        String schema = avro(bytes("none"), reader -> reader.getSchema().getName());
        assertThat(schema).isEqualTo(serializer.equals(BODY_SERIALIZER) ? "Person" : "Event");
    }

    @Test
    void avroBlocksEndWithTheirBatchOrWhenTheyAreFull() throws Exception {
        List<String> settings = List.of(
                "serializer", "AVRO_EVENT", "serializer.syncIntervalBytes", "200", "hdfs.batchSize", "" + BATCH);
        List<Event> events = IntStream.range(0, EVENTS)
                .mapToObj(i -> new Event(Map.of(), "x".repeat(30).getBytes(UTF_8)))
                .toList();
        try (SinkUnderTest sut = started(settings)) {
            put(sut, events).drainAll();
        }
        List<Long> blocks = avro(bytes("none"), reader -> {
            List<Long> counts = new ArrayList<>();
            while (reader.hasNext()) {
                counts.add(reader.getBlockCount());
                reader.nextBlock();
            }
            return counts;
        });
        // an event is 32 bytes: its empty map, the length of its body, the body
        assertThat(blocks).containsExactly(7L, 7L, 6L, 7L, 7L, 6L, 7L, 7L, 6L);
    }

    @ParameterizedTest(name = "{0}, {1}")
    @CsvSource({
        "Writable,",
        "Writable,gzip",
        "Writable,bzip2",
        "Writable,default",
        "Writable,deflate",
        "Writable,snappy",
        "Writable,lz4",
        "Text,",
        "Text,gzip",
        "Text,bzip2",
        "Text,default",
        "Text,deflate",
        "Text,snappy",
        "Text,lz4",
        "org.apache.flume.sink.hdfs.HDFSTextSerializer$Builder,org.apache.hadoop.io.compress.GzipCodec"
    })
    void sequenceFilesAreReadByHadoopsReader(String writeFormat, String codec) throws Exception {
        List<String> settings = new ArrayList<>(List.of(
                "hdfs.fileType", "SequenceFile", "hdfs.writeFormat", writeFormat, "hdfs.batchSize", "" + BATCH));
        if (codec != null) {
            settings.addAll(List.of("hdfs.codeC", codec));
        }
        try (SinkUnderTest sut = started(settings)) {
            put(sut, lines()).drainAll();
        }
        List<String> bodies = new ArrayList<>();
        try (SequenceFile.Reader reader = new SequenceFile.Reader(
                mini.files().getConf(), SequenceFile.Reader.file(onlyFile().getPath()))) {
            assertThat(reader.getCompressionType())
                    .isEqualTo(codec == null ? SequenceFile.CompressionType.NONE : SequenceFile.CompressionType.BLOCK);
            LongWritable key = new LongWritable();
            Writable value = writeFormat.equals("Writable") ? new BytesWritable() : new Text();
            while (reader.next(key, value)) {
                // the last event has no timestamp: the sink's clock gives it one
                assertThat(key.get())
                        .isEqualTo(bodies.size() == EVENTS - 1 ? 1_700_000_000_000L : timestamp(bodies.size()));
                bodies.add(
                        value instanceof BytesWritable bytes ? new String(bytes.copyBytes(), UTF_8) : value.toString());
            }
        }
        assertThat(bodies).isEqualTo(lines().stream().map(Event::text).toList());
    }

    private static final class Event {
        private final Map<String, String> headers;
        private final byte[] body;

        Event(Map<String, String> headers, byte[] body) {
            this.headers = headers;
            this.body = body;
        }

        String text() {
            return new String(body, UTF_8);
        }
    }

    /** Bodies from none to some that fill more than one chunk; headers from none to some. */
    private static List<Event> lines() {
        return IntStream.range(0, EVENTS)
                .mapToObj(i -> new Event(
                        i == EVENTS - 1 ? Map.of() : Map.of("timestamp", "" + timestamp(i), "häder", "ü" + i),
                        ("–" + "x".repeat(i == 38 ? 300_000 : i % 5))
                                .substring(i % 11 == 0 ? 1 : 0)
                                .getBytes(UTF_8)))
                .toList();
    }

    private static long timestamp(int event) {
        return 1_600_000_000_000L + event;
    }

    private static List<Event> people() throws IOException {
        List<Event> people = new ArrayList<>();
        for (int i = 0; i < EVENTS; i++) {
            GenericRecord person = new GenericData.Record(PERSON);
            person.put("id", i);
            person.put("name", "name " + "n".repeat(i));
            ByteArrayOutputStream datum = new ByteArrayOutputStream();
            BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(datum, null);
            new GenericDatumWriter<GenericRecord>(PERSON).write(person, encoder);
            encoder.flush();
            people.add(new Event(Map.of("flume.avro.schema.literal", PERSON + " ".repeat(i % 2)), datum.toByteArray()));
        }
        return people;
    }

    private static SinkUnderTest put(SinkUnderTest sut, List<Event> events) {
        for (int first = 0; first < events.size(); first += BATCH) {
            sut.put(batch(events.subList(first, first + BATCH)));
        }
        return sut;
    }

    private static EventBatch batch(List<Event> events) {
        try (EventBatchBuilder builder = new EventBatchBuilder()) {
            events.forEach(event -> builder.add(event.headers, event.body));
            return builder.build();
        }
    }

    /** What a reader of the format should come to, event by event. */
    private static List<String> expected(String serializer, List<Event> events) {
        if (serializer.equals(BODY_SERIALIZER)) {
            return IntStream.range(0, EVENTS)
                    .mapToObj(i -> "{\"id\": " + i + ", \"name\": \"name " + "n".repeat(i) + "\"}")
                    .toList();
        }
        return events.stream()
                .map(event -> switch (serializer) {
                    case "TEXT" -> event.text();
                    case "HEADER_AND_TEXT" -> inFlumesOrder(event.headers) + " " + event.text();
                    default -> new TreeMap<>(event.headers) + event.text();
                })
                .toList();
    }

    /** "häder" first, in whatever order the two came: so Flume's table has them. */
    private static String inFlumesOrder(Map<String, String> headers) {
        return headers.isEmpty()
                ? "{}"
                : "{häder=" + headers.get("häder") + ", timestamp=" + headers.get("timestamp") + "}";
    }

    private List<String> contents(String serializer, String codec) throws IOException {
        byte[] plain = bytes(codec);
        if (serializer.endsWith("TEXT")) {
            String text = new String(plain, UTF_8);
            assertThat(text).endsWith("\n");
            return List.of(text.substring(0, text.length() - 1).split("\n", -1));
        }
        return avro(plain, reader -> {
            List<String> data = new ArrayList<>();
            reader.forEach(datum -> data.add(serializer.equals(BODY_SERIALIZER) ? datum.toString() : event(datum)));
            return data;
        });
    }

    private static String event(GenericRecord datum) {
        Map<?, ?> headers = (Map<?, ?>) datum.get("headers");
        Map<String, String> sorted = headers.entrySet().stream()
                .collect(Collectors.toMap(
                        e -> e.getKey().toString(), e -> e.getValue().toString(), (a, b) -> b, TreeMap::new));
        return sorted + UTF_8.decode((java.nio.ByteBuffer) datum.get("body")).toString();
    }

    private interface Reading<T> {
        T apply(DataFileReader<GenericRecord> reader) throws IOException;
    }

    private static <T> T avro(byte[] container, Reading<T> reading) throws IOException {
        try (DataFileReader<GenericRecord> reader =
                new DataFileReader<>(new SeekableByteArrayInput(container), new GenericDatumReader<>())) {
            return reading.apply(reader);
        }
    }

    /** The only file's bytes, decompressed. */
    private byte[] bytes(String codec) throws IOException {
        try (InputStream in = mini.files().open(onlyFile().getPath())) {
            byte[] raw = in.readAllBytes();
            if (codec.equals("none")) {
                return raw;
            }
            if (codec.equals("zstd")) { // Hadoop reads it with its native library only
                return new ZstdInputStream(new ByteArrayInputStream(raw)).readAllBytes();
            }
            CompressionCodec hadoops = new CompressionCodecFactory(mini.files().getConf()).getCodecByName(codec);
            return hadoops.createInputStream(new ByteArrayInputStream(raw)).readAllBytes();
        }
    }

    private static String extension(String codec) {
        return switch (codec) {
            case "none" -> "";
            case "gzip" -> ".gz";
            case "bzip2" -> ".bz2";
            case "zstd" -> ".zst";
            case "default" -> ".deflate";
            default -> "." + codec;
        };
    }

    private FileStatus onlyFile() throws IOException {
        List<FileStatus> files = mini.below(root);
        assertThat(files).hasSize(1);
        return files.get(0);
    }

    private SinkUnderTest started(List<String> settings) throws Exception {
        return SinkUnderTest.started(root.toString(), settings.toArray(String[]::new));
    }
}
