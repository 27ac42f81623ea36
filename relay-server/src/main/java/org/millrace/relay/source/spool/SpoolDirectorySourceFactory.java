package org.millrace.relay.source.spool;

import java.nio.charset.Charset;
import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
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

    private enum DeletePolicy {
        NEVER,
        IMMEDIATE
    }

    @Override
    public List<String> typeNames() {
        return List.of("spooldir", "org.apache.flume.source.SpoolDirectorySource");
    }

    @Override
    public Source create(SourceContext context, Settings settings) {
        Duration pollDelay = millis(settings, "pollDelay").orElse(Duration.ofMillis(500));
        Pace pace = new Pace(
                settings.integer("batchSize", 1, Integer.MAX_VALUE).orElse(100),
                pollDelay,
                millis(settings, "maxBackoff").orElse(Duration.ofSeconds(4)));
        Path directory = settings.path("spoolDir").required();
        SpoolSettings spool = new SpoolSettings(
                directory,
                selection(settings),
                completion(settings, directory),
                headers(settings),
                lines(settings),
                pollDelay);
        return new SpoolDirectorySource(context, spool, pace);
    }

    private static Selection selection(Settings settings) {
        return new Selection(
                pattern(settings, "includePattern").orElse(Selection.ALL.include()),
                pattern(settings, "ignorePattern").orElse(Selection.ALL.ignore()),
                settings.oneOf("consumeOrder", Order.class).orElse(Order.OLDEST),
                settings.bool("recursiveDirectorySearch").orElse(false));
    }

    private static Completion completion(Settings settings, Path directory) {
        Completion defaults = Completion.renaming(directory);
        String suffix = settings.value(
                        "fileSuffix", "the end of a file name", SpoolDirectorySourceFactory::suffix, defaults.suffix())
                .orElse(defaults.suffix());
        DeletePolicy deletePolicy =
                settings.oneOf("deletePolicy", DeletePolicy.class).orElse(DeletePolicy.NEVER);
        Marking marking = settings.oneOf("trackingPolicy", Marking.class).orElse(Marking.RENAME);
        Path tracker = settings.value(
                        "trackerDir",
                        "a path, below spoolDir unless it is absolute",
                        text -> directory.resolve(notEmpty(text)),
                        defaults.trackerDirectory())
                .orElse(defaults.trackerDirectory());
        return new Completion(suffix, deletePolicy == DeletePolicy.IMMEDIATE, marking, tracker);
    }

    private static FileHeaders headers(Settings settings) {
        return new FileHeaders(
                header(settings, "fileHeader", "file"), header(settings, "basenameHeader", "basename"), Map.of());
    }

    private static @Nullable String header(Settings settings, String key, String defaultName) {
        boolean isWanted = settings.bool(key).orElse(false);
        String name = settings.string(key + "Key").orElse(defaultName);
        return isWanted ? name : null;
    }

    private static LineFormat lines(Settings settings) {
        settings.value("deserializer", "LINE", SpoolDirectorySourceFactory::deserializer, "LINE")
                .orElse("LINE");
        settings.notSupportedYet("deserializer.schemaType", "deserializer.maxBlobLength");
        settings.ignored("lines are read in blocks of a fixed size", "bufferMaxLines");
        return new LineFormat(
                maxChars(settings),
                charset(settings, "inputCharset", LineFormat.DEFAULT.input()),
                outputCharset(settings),
                settings.oneOf("decodeErrorPolicy", LineFormat.DecodeErrors.class)
                        .orElse(LineFormat.DecodeErrors.FAIL));
    }

    /** The old key wins in Flume; here, to have both is a mistake. */
    private static int maxChars(Settings settings) {
        String key = "deserializer.maxLineLength";
        String oldKey = "bufferMaxLineLength";
        Integer maxChars = settings.integer(key, 1, Integer.MAX_VALUE).orNull();
        Integer old = settings.integer(oldKey, 1, Integer.MAX_VALUE).orNull();
        if (maxChars != null && old != null) {
            settings.problem(oldKey, "says the same as " + key + " (expected: one of the two)");
        } else if (old != null) {
            settings.note(oldKey, "is deprecated: use " + key);
        }
        return maxChars != null ? maxChars : old != null ? old : LineFormat.DEFAULT.maxChars();
    }

    private static Charset outputCharset(Settings settings) {
        String key = "deserializer.outputCharset";
        Charset charset = charset(settings, key, LineFormat.DEFAULT.output());
        if (!charset.canEncode()) {
            settings.problem(key, charset + " (expected: a character set that can be written)");
            return LineFormat.DEFAULT.output();
        }
        return charset;
    }

    private static Charset charset(Settings settings, String key, Charset defaultCharset) {
        return settings.value(key, "a character set, e.g. UTF-8", Charset::forName, defaultCharset)
                .orElse(defaultCharset);
    }

    private static Settings.Value<Duration> millis(Settings settings, String key) {
        return settings.duration(key, ChronoUnit.MILLIS, 1, Integer.MAX_VALUE);
    }

    private static Settings.Value<Pattern> pattern(Settings settings, String key) {
        return settings.value(key, "a regular expression for whole file names", Pattern::compile, Pattern.compile(""));
    }

    private static String deserializer(String text) {
        String name = text.toUpperCase(Locale.ROOT);
        if (name.equals("LINE") || text.equals("org.apache.flume.serialization.LineDeserializer$Builder")) {
            return text;
        }
        boolean isFlumes = name.equals("AVRO")
                || text.equals("org.apache.flume.serialization.AvroEventDeserializer$Builder")
                || text.equals("org.apache.flume.sink.solr.morphline.BlobDeserializer$Builder");
        throw new IllegalArgumentException(isFlumes ? text + " is not supported yet" : "there is no other");
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
