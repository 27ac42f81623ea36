package org.millrace.hdfs;

import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.io.compress.CompressionCodec;
import org.apache.hadoop.io.compress.DefaultCodec;
import org.jspecify.annotations.Nullable;
import org.millrace.api.Settings;
import org.millrace.hdfs.HdfsSettings.FileType;
import org.millrace.hdfs.HdfsSettings.Serializer;

/** Reads the keys that tell what files look like inside. */
final class ContentKeys {
    /** Flume's default; Avro's own is 64,000. */
    private static final int BLOCK_BYTES = 2_048_000;

    private static final int LEAST_BLOCK_BYTES = 32;
    private static final int MOST_BLOCK_BYTES = 1 << 30;

    private static final String PLUG_IN = "classes written for Flume are not loaded";

    private final Settings sink;
    private final Settings hdfs;
    private final Supplier<Configuration> configuration;

    /** Which of the serializers. */
    private enum Kind {
        TEXT,
        HEADER_AND_TEXT,
        AVRO_EVENT,
        AVRO_BODY
    }

    /**
     * @param sink all keys
     * @param configuration Hadoop's, read when a codec is to be found
     */
    ContentKeys(Settings sink, Supplier<Configuration> configuration) {
        this.sink = sink;
        this.hdfs = sink.under("hdfs.");
        this.configuration = configuration;
    }

    HdfsSettings.Content read() {
        FileType type = hdfs.value(
                        "fileType",
                        "one of: SequenceFile, DataStream, CompressedStream",
                        ContentKeys::fileType,
                        FileType.SEQUENCE_FILE)
                .byDefault("SequenceFile")
                .about("what kind of file is written")
                .orElse(FileType.SEQUENCE_FILE);
        return new HdfsSettings.Content(type, serializer(type), values(type), codec(type));
    }

    private static FileType fileType(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "sequencefile" -> FileType.SEQUENCE_FILE;
            case "datastream" -> FileType.DATA_STREAM;
            case "compressedstream" -> FileType.COMPRESSED_STREAM;
            default -> throw new IllegalArgumentException();
        };
    }

    private SequenceFormat.Values values(FileType type) {
        if (type != FileType.SEQUENCE_FILE && hdfs.has("writeFormat")) {
            hdfs.note("writeFormat", "has no effect: it is for hdfs.fileType = SequenceFile");
        }
        return hdfs.value(
                        "writeFormat",
                        "one of: Writable, Text",
                        ContentKeys::writeFormat,
                        SequenceFormat.Values.WRITABLE)
                .byDefault("Writable")
                .about("what the values of a SequenceFile are: bytes or text")
                .orElse(SequenceFormat.Values.WRITABLE);
    }

    private static SequenceFormat.Values writeFormat(String name) {
        return switch (name.toLowerCase(Locale.ROOT)) {
            case "writable", "org.apache.flume.sink.hdfs.hdfswritableserializer$builder" ->
                SequenceFormat.Values.WRITABLE;
            case "text", "org.apache.flume.sink.hdfs.hdfstextserializer$builder" -> SequenceFormat.Values.TEXT;
            default -> throw new IllegalArgumentException(name.contains(".") ? PLUG_IN : null);
        };
    }

    private @Nullable Class<? extends CompressionCodec> codec(FileType type) {
        Class<? extends CompressionCodec> standIn = DefaultCodec.class;
        Class<? extends CompressionCodec> codec = hdfs.<Class<? extends CompressionCodec>>value(
                        "codeC",
                        "a compression codec",
                        name -> new Codecs(configuration.get(), type).find(name),
                        standIn)
                .about("how files are compressed; required with CompressedStream")
                .orNull();
        if (type == FileType.DATA_STREAM && hdfs.has("codeC")) {
            hdfs.problem(
                    "codeC",
                    "a DataStream is not compressed (expected: no codeC, or hdfs.fileType = CompressedStream)");
        }
        if (type == FileType.COMPRESSED_STREAM && !hdfs.has("codeC")) {
            hdfs.problem("codeC", "missing (expected: a compression codec, such as gzip, for a CompressedStream)");
        }
        return codec;
    }

    private Serializer serializer(FileType type) {
        Kind kind = sink.value(
                        "serializer",
                        "one of: TEXT, HEADER_AND_TEXT, AVRO_EVENT, org.apache.flume.sink.hdfs.AvroEventSerializer$Builder",
                        ContentKeys::kind,
                        Kind.TEXT)
                .about("how an event becomes bytes")
                .orElse(Kind.TEXT);
        if (type == FileType.SEQUENCE_FILE && sink.has("serializer")) {
            sink.note("serializer", "has no effect: a SequenceFile goes by hdfs.writeFormat");
        }
        Serializer serializer = serializer(kind, sink.under("serializer."));
        for (Kind other : Kind.values()) {
            serializer(other, sink.under("serializer.").elsewise());
        }
        return type == FileType.SEQUENCE_FILE ? new Serializer.Text(new TextSerializer(false, false)) : serializer;
    }

    private static Serializer serializer(Kind kind, Settings keys) {
        return switch (kind) {
            case TEXT -> text(keys, false);
            case HEADER_AND_TEXT -> text(keys, true);
            case AVRO_EVENT -> avro(keys, AvroContainer.Datum.EVENT, null, List.of());
            case AVRO_BODY ->
                avro(
                        keys,
                        AvroContainer.Datum.BODY,
                        keys.string("schemaURL")
                                .about(
                                        "for AvroEventSerializer: where the schema of the bodies is, if no header says so")
                                .orNull(),
                        keys.words("schemaUrlPrefixes")
                                .about("for AvroEventSerializer: what the address of a schema may start with")
                                .orElse(List.of("hdfs://", "https://", "http://")));
        };
    }

    private static Kind kind(String name) {
        return switch (name.toLowerCase(Locale.ROOT)) {
            case "text", "org.apache.flume.serialization.bodytexteventserializer$builder" -> Kind.TEXT;
            case "header_and_text", "org.apache.flume.serialization.headerandbodytexteventserializer$builder" ->
                Kind.HEADER_AND_TEXT;
            case "avro_event", "org.apache.flume.serialization.flumeeventavroeventserializer$builder" ->
                Kind.AVRO_EVENT;
            case "org.apache.flume.sink.hdfs.avroeventserializer$builder" -> Kind.AVRO_BODY;
            default -> throw new IllegalArgumentException(name.contains(".") ? PLUG_IN : null);
        };
    }

    private static Serializer text(Settings keys, boolean headers) {
        boolean newline = keys.bool("appendNewline")
                .about("for TEXT and HEADER_AND_TEXT: whether a line feed follows each body")
                .orElse(true);
        return new Serializer.Text(new TextSerializer(headers, newline));
    }

    private static Serializer avro(
            Settings keys, AvroContainer.Datum datum, @Nullable String schemaUrl, List<String> schemaUrlPrefixes) {
        return new Serializer.Avro(
                datum,
                keys.value("compressionCodec", "a codec of Avro's", AvroBlockCodec::find, AvroBlockCodec.NULL)
                        .byDefault("null")
                        .about("for Avro containers: their codec")
                        .orElse(AvroBlockCodec.NULL),
                keys.integer("syncIntervalBytes", LEAST_BLOCK_BYTES, MOST_BLOCK_BYTES)
                        .about("for Avro containers: bytes of a block")
                        .orElse(BLOCK_BYTES),
                schemaUrl,
                schemaUrlPrefixes);
    }
}
