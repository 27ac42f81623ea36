package org.millrace.hdfs;

import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.io.compress.CompressionCodec;
import org.apache.hadoop.io.compress.DefaultCodec;
import org.jspecify.annotations.Nullable;
import org.millrace.api.KeyDefinition;
import org.millrace.api.KeyDefinition.Standing;
import org.millrace.api.Settings;
import org.millrace.api.part.EventSerializer;
import org.millrace.api.part.PartContext;
import org.millrace.hdfs.HdfsSettings.FileType;
import org.millrace.serializer.SerializerChoice;

/** Reads the keys that tell what files look like inside. */
final class ContentKeys {
    private static final String SERIALIZER = "serializer";
    private static final String PLUG_IN = "classes written for Flume are not loaded";

    private final PartContext context;
    private final Settings sink;
    private final Settings hdfs;
    private final Supplier<Configuration> configuration;

    /**
     * @param sink all keys
     * @param configuration Hadoop's, read when a codec is to be found
     */
    ContentKeys(PartContext context, Settings sink, Supplier<Configuration> configuration) {
        this.context = context;
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

    private EventSerializer serializer(FileType type) {
        EventSerializer serializer =
                SerializerChoice.read(context, sink, SERIALIZER, List.of("hdfs://", "https://", "http://"));
        if (type != FileType.SEQUENCE_FILE) {
            return serializer;
        }
        sink.definitions().stream()
                .filter(key -> key.standing() != Standing.IGNORED) // that is said already
                .map(KeyDefinition::key)
                .filter(key -> key.equals(SERIALIZER) || key.startsWith(SERIALIZER + "."))
                .filter(sink::has)
                .forEach(key -> sink.note(key, "has no effect: a SequenceFile goes by hdfs.writeFormat"));
        return SerializerChoice.bareBodies();
    }
}
