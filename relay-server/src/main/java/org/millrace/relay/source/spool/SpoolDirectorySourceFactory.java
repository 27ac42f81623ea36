package org.millrace.relay.source.spool;

import java.nio.charset.Charset;
import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.millrace.api.ComponentFactory;
import org.millrace.api.Settings;
import org.millrace.api.Source;
import org.millrace.api.SourceContext;
import org.millrace.relay.source.spool.SpoolDirectorySource.Pace;
import org.millrace.relay.source.spool.SpoolSettings.Completion;
import org.millrace.relay.source.spool.SpoolSettings.FileHeaders;
import org.millrace.relay.source.spool.SpoolSettings.Marking;
import org.millrace.relay.source.spool.SpoolSettings.Order;
import org.millrace.relay.source.spool.SpoolSettings.Selection;

/** Makes spooling-directory sources, with Flume's keys and defaults. */
public final class SpoolDirectorySourceFactory implements ComponentFactory.OfSource {

    private static final int DEFAULT_BLOB_BYTES = 100_000_000;
    private static final int MOST_BLOB_BYTES = 256 << 20;

    /** By its short name or by Flume's class name; the short name BLOB is ours. */
    private enum Deserializer {
        LINE("org.apache.flume.serialization.LineDeserializer$Builder"),
        AVRO("org.apache.flume.serialization.AvroEventDeserializer$Builder"),
        BLOB("org.apache.flume.sink.solr.morphline.BlobDeserializer$Builder");

        private final String className;

        Deserializer(String className) {
            this.className = className;
        }
    }

    private enum DeletePolicy {
        NEVER,
        IMMEDIATE
    }

    @Override
    public List<String> typeNames() {
        return List.of("spooldir", "org.apache.flume.source.SpoolDirectorySource");
    }

    @Override
    public String summary() {
        return "Reads the files of a directory, each once, and marks or deletes those that are finished";
    }

    @Override
    public Source create(SourceContext context, Settings settings) {
        Duration pollDelay = millis(settings, "pollDelay")
                .about("the pause when there is nothing to read")
                .orElse(Duration.ofMillis(500));
        Pace pace = new Pace(
                settings.integer("batchSize", 1, Integer.MAX_VALUE)
                        .about("the most events in a batch")
                        .orElse(100),
                pollDelay,
                millis(settings, "maxBackoff")
                        .about("the longest pause after a channel refused a batch")
                        .orElse(Duration.ofSeconds(4)));
        Path directory = settings.path("spoolDir")
                .about("the directory whose files are read; they must not change once they are there")
                .required();
        SpoolSettings spool = new SpoolSettings(
                directory,
                selection(settings),
                completion(settings, directory),
                headers(settings),
                format(settings),
                pollDelay);
        return new SpoolDirectorySource(context, spool, pace);
    }

    private static Selection selection(Settings settings) {
        return new Selection(
                settings.pattern("includePattern")
                        .about("names of files to read, by the whole of them")
                        .orElse(Selection.ALL.include()),
                settings.pattern("ignorePattern")
                        .about("names of files and directories to leave alone, by the whole of them; it wins over"
                                + " includePattern")
                        .orElse(Selection.ALL.ignore()),
                settings.oneOf("consumeOrder", Order.class)
                        .about("which file is next, by its time of change")
                        .orElse(Order.OLDEST),
                settings.bool("recursiveDirectorySearch")
                        .about("whether directories inside are read, too")
                        .orElse(false));
    }

    private static Completion completion(Settings settings, Path directory) {
        Completion defaults = Completion.renaming(directory);
        String suffix = settings.value(
                        "fileSuffix", "the end of a file name", SpoolDirectorySourceFactory::suffix, defaults.suffix())
                .about("the end of the name that a finished file gets")
                .orElse(defaults.suffix());
        DeletePolicy deletePolicy = settings.oneOf("deletePolicy", DeletePolicy.class)
                .about("whether finished files are deleted")
                .orElse(DeletePolicy.NEVER);
        Marking marking = settings.oneOf("trackingPolicy", Marking.class)
                .about(
                        "how finished files that stay are told from others: by their names, or by empty files in trackerDir")
                .orElse(Marking.RENAME);
        Path tracker = settings.value(
                        "trackerDir",
                        "a path, below spoolDir unless it is absolute",
                        text -> directory.resolve(notEmpty(text)),
                        defaults.trackerDirectory())
                .byDefault(".flumespool")
                .about("where the position in the file being read is kept")
                .orElse(defaults.trackerDirectory());
        return new Completion(suffix, deletePolicy == DeletePolicy.IMMEDIATE, marking, tracker);
    }

    private static FileHeaders headers(Settings settings) {
        return new FileHeaders(
                header(settings, "fileHeader", "file", "path"),
                header(settings, "basenameHeader", "basename", "name"),
                Map.of());
    }

    private static @Nullable String header(Settings settings, String key, String defaultName, String what) {
        boolean isWanted = settings.bool(key)
                .about("whether events have a header with the " + what + " of their file")
                .orElse(false);
        String name =
                settings.string(key + "Key").about("the name of that header").orElse(defaultName);
        return isWanted ? name : null;
    }

    /** The keys of every deserializer are read, so that those without effect can be told from slips of the pen. */
    private static FileFormat format(Settings settings) {
        Deserializer deserializer = settings.value(
                        "deserializer",
                        "LINE, AVRO or BLOB",
                        SpoolDirectorySourceFactory::deserializer,
                        Deserializer.LINE)
                .about(
                        "how a file is parted into events: its lines, the records of an Avro container, or the whole of it")
                .orElse(Deserializer.LINE);
        LineFormat lines = lines(settings);
        AvroFormat avro = new AvroFormat(settings.oneOf("deserializer.schemaType", AvroFormat.SchemaHeader.class)
                .about("of AVRO: whether a header has the schema's fingerprint or the schema itself")
                .orElse(AvroFormat.SchemaHeader.HASH));
        BlobFormat blob = new BlobFormat(settings.integer("deserializer.maxBlobLength", 1, MOST_BLOB_BYTES)
                .about("of BLOB: bytes of an event, at most; a longer file goes on in further events")
                .orElse(DEFAULT_BLOB_BYTES));
        noteIfWithoutEffect(settings, deserializer, Deserializer.AVRO, "deserializer.schemaType");
        noteIfWithoutEffect(settings, deserializer, Deserializer.BLOB, "deserializer.maxBlobLength");
        return switch (deserializer) {
            case LINE -> lines;
            case AVRO -> avro;
            case BLOB -> blob;
        };
    }

    private static void noteIfWithoutEffect(Settings settings, Deserializer actual, Deserializer owner, String key) {
        if (actual != owner && settings.has(key)) {
            settings.note(key, "has no effect: deserializer is " + actual);
        }
    }

    private static LineFormat lines(Settings settings) {
        settings.ignored("lines are read in blocks of a fixed size", "bufferMaxLines");
        return new LineFormat(
                maxChars(settings),
                settings.charset("inputCharset")
                        .about("the character set of the files")
                        .orElse(LineFormat.DEFAULT.input()),
                outputCharset(settings),
                settings.oneOf("decodeErrorPolicy", LineFormat.DecodeErrors.class)
                        .about(
                                "what to do about bytes that are no characters: stop, put a replacement, or leave them out")
                        .orElse(LineFormat.DecodeErrors.FAIL));
    }

    /** The old key wins in Flume; here, to have both is a mistake. */
    private static int maxChars(Settings settings) {
        String key = "deserializer.maxLineLength";
        String oldKey = "bufferMaxLineLength";
        Integer maxChars = settings.integer(key, 1, Integer.MAX_VALUE)
                .byDefault(Integer.toString(LineFormat.DEFAULT.maxChars()))
                .about("characters of a line, at most; what is longer goes on in the next event")
                .orNull();
        Integer old = settings.integer(oldKey, 1, Integer.MAX_VALUE)
                .about("the old name of deserializer.maxLineLength")
                .orNull();
        if (maxChars != null && old != null) {
            settings.problem(oldKey, "says the same as " + key + " (expected: one of the two)");
        } else if (old != null) {
            settings.note(oldKey, "is deprecated: use " + key);
        }
        return maxChars != null ? maxChars : old != null ? old : LineFormat.DEFAULT.maxChars();
    }

    private static Charset outputCharset(Settings settings) {
        return settings.writableCharset("deserializer.outputCharset")
                .about("the character set of the events")
                .orElse(LineFormat.DEFAULT.output());
    }

    private static Settings.Value<Duration> millis(Settings settings, String key) {
        return settings.duration(key, ChronoUnit.MILLIS, 1, Integer.MAX_VALUE);
    }

    private static Deserializer deserializer(String text) {
        for (Deserializer one : Deserializer.values()) {
            if (text.equalsIgnoreCase(one.name()) || text.equals(one.className)) {
                return one;
            }
        }
        throw new IllegalArgumentException(
                text.contains(".") ? "classes written for Flume are not loaded" : "there is no other");
    }

    private static String suffix(String text) {
        if (text.isEmpty() || text.contains("/")) {
            throw new IllegalArgumentException("not empty, and without a /");
        }
        return text;
    }

    private static String notEmpty(String text) {
        if (text.isEmpty()) {
            throw new IllegalArgumentException();
        }
        return text;
    }
}
