package org.millrace.serializer;

import java.security.SecureRandom;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.millrace.api.Settings;

/**
 * The serializer that the file chooses, with its keys. Immutable.
 *
 * @param bodySchemas null unless bodies are Avro data, whose schemas the sink has to find and check
 */
public record SerializerChoice(Form form, @Nullable BodySchemas bodySchemas) {
    /** Flume's default; Avro's own is 64,000. */
    private static final int BLOCK_BYTES = 2_048_000;

    private static final int LEAST_BLOCK_BYTES = 32;
    private static final int MOST_BLOCK_BYTES = 1 << 30;

    /** What a serializer is made of. */
    public sealed interface Form permits TextForm, AvroForm {}

    record TextForm(TextSerializer serializer) implements Form {}

    record AvroForm(AvroContainer.Datum datum, AvroBlockCodec codec, int blockBytes) implements Form {}

    /** Which of the serializers. */
    private enum Kind {
        TEXT,
        HEADER_AND_TEXT,
        AVRO_EVENT,
        AVRO_BODY
    }

    /**
     * Reads the key that names the serializer, and those behind it with a dot.
     *
     * @param component all keys of the component
     * @param key {@code serializer}, or as it is called there
     * @param urlPrefixes the default of {@link BodySchemas#urlPrefixes}
     */
    public static SerializerChoice read(Settings component, String key, List<String> urlPrefixes) {
        Kind kind = component
                .value(
                        key,
                        "one of: TEXT, HEADER_AND_TEXT, AVRO_EVENT, org.apache.flume.sink.hdfs.AvroEventSerializer$Builder",
                        SerializerChoice::kind,
                        Kind.TEXT)
                .about("how an event becomes bytes")
                .orElse(Kind.TEXT);
        String prefix = key + ".";
        SerializerChoice choice = of(kind, component.under(prefix), prefix, urlPrefixes);
        for (Kind other : Kind.values()) {
            of(other, component.under(prefix).elsewise(), prefix, urlPrefixes);
        }
        return choice;
    }

    /** Bodies, one behind the other with nothing between them. */
    public static SerializerChoice bareBodies() {
        return new SerializerChoice(new TextForm(new TextSerializer(false, false)), null);
    }

    /** The serializer, with buffers of its own. */
    public EventSerializer open() {
        if (form instanceof AvroForm avro) {
            return new AvroContainer(
                    avro.datum(),
                    avro.codec(),
                    avro.blockBytes(),
                    new BlockBuffer.Pool(avro.codec()::open),
                    new SecureRandom());
        }
        return ((TextForm) form).serializer();
    }

    private static SerializerChoice of(Kind kind, Settings keys, String prefix, List<String> urlPrefixes) {
        return switch (kind) {
            case TEXT -> text(keys, false);
            case HEADER_AND_TEXT -> text(keys, true);
            case AVRO_EVENT -> new SerializerChoice(avro(keys, AvroContainer.Datum.EVENT), null);
            case AVRO_BODY -> {
                BodySchemas schemas = new BodySchemas(
                        prefix,
                        keys.string(BodySchemas.URL)
                                .about(
                                        "for AvroEventSerializer: where the schema of the bodies is, if no header says so")
                                .orNull(),
                        keys.words(BodySchemas.URL_PREFIXES)
                                .about("for AvroEventSerializer: what the address of a schema may start with")
                                .orElse(urlPrefixes));
                yield new SerializerChoice(avro(keys, AvroContainer.Datum.BODY), schemas);
            }
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
            default ->
                throw new IllegalArgumentException(
                        name.contains(".") ? "classes written for Flume are not loaded" : null);
        };
    }

    private static SerializerChoice text(Settings keys, boolean headers) {
        boolean newline = keys.bool("appendNewline")
                .about("for TEXT and HEADER_AND_TEXT: whether a line feed follows each body")
                .orElse(true);
        return new SerializerChoice(new TextForm(new TextSerializer(headers, newline)), null);
    }

    private static Form avro(Settings keys, AvroContainer.Datum datum) {
        return new AvroForm(
                datum,
                keys.value("compressionCodec", "a codec of Avro's", AvroBlockCodec::find, AvroBlockCodec.NULL)
                        .byDefault("null")
                        .about("for Avro containers: their codec")
                        .orElse(AvroBlockCodec.NULL),
                keys.integer("syncIntervalBytes", LEAST_BLOCK_BYTES, MOST_BLOCK_BYTES)
                        .about("for Avro containers: bytes of a block")
                        .orElse(BLOCK_BYTES));
    }
}
