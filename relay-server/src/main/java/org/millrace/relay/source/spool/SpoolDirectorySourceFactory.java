package org.millrace.relay.source.spool;

import java.nio.file.InvalidPathException;
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
import org.millrace.api.part.FileDeserializer;
import org.millrace.api.part.PartContext;
import org.millrace.relay.source.spool.SpoolDirectorySource.Pace;
import org.millrace.relay.source.spool.SpoolSettings.Completion;
import org.millrace.relay.source.spool.SpoolSettings.FileHeaders;
import org.millrace.relay.source.spool.SpoolSettings.Marking;
import org.millrace.relay.source.spool.SpoolSettings.Order;
import org.millrace.relay.source.spool.SpoolSettings.Selection;

/** Makes spooling-directory sources, with Flume's keys and defaults. */
public final class SpoolDirectorySourceFactory implements ComponentFactory.OfSource {
    private static final String DIRECTORY = "spoolDir";
    private static final String MAX_LINE = "deserializer." + LineDeserializerFactory.MAX_LENGTH;
    private static final String OLD_MAX_LINE = "bufferMaxLineLength";

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
        Path directory = settings.path(DIRECTORY)
                .about(
                        "the directory whose files are read; they must not change once they are there, and no two sources are to read the same")
                .required();
        SpoolSettings spool = new SpoolSettings(
                directory,
                selection(settings),
                completion(settings, directory),
                headers(settings),
                format(context, settings),
                pollDelay);
        settings.claim("trackerDir", spool.completion().trackerDirectory().resolve(PositionFile.NAME));
        claimFiles(context.name(), settings, spool);
        noteTrouble(settings, spool);
        return new SpoolDirectorySource(context, spool, pace);
    }

    /**
     * Two sources that are known to read the same files, of which one would take them away from the other, are a mistake. Claims exclude each
     * other where one path is the other's, or stands above it: here, one that selects all stands above all others of its directory, and one
     * that takes files away above those that select the same and do not.
     */
    private static void claimFiles(String source, Settings settings, SpoolSettings spool) {
        if (!settings.has(DIRECTORY)) {
            return; // which has been told
        }
        Selection selection = spool.selection();
        Path files = spool.directory().resolve("*");
        if (!selection.isOfAll()) {
            files = files.resolve(asName("names " + selection.include() + " without " + selection.ignore()));
        }
        settings.claim(DIRECTORY, spool.completion().takesAway() ? files : files.resolve(asName("left by " + source)));
    }

    /** A pattern as a name that a path can have, in whatever locale. */
    private static String asName(String pattern) {
        StringBuilder name = new StringBuilder();
        pattern.chars()
                .mapToObj(c -> c < ' ' || c >= 0x7f || c == '/' ? String.format("\\u%04x", c) : Character.toString(c))
                .forEach(name::append);
        return name.toString();
    }

    /** No mistake: this may be another machine, or the directory be made before the start. */
    private static void noteTrouble(Settings settings, SpoolSettings spool) {
        String trouble = settings.has(DIRECTORY) ? spool.trouble() : null;
        if (trouble != null) {
            settings.note(DIRECTORY, trouble + "; as long as that is so, the source does not start");
        }
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
                .about("where the position in the file being read is kept; no two sources can share one")
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

    private static FileDeserializer format(SourceContext context, Settings settings) {
        settings.ignored("lines are read in blocks of a fixed size", "bufferMaxLines");
        FileDeserializer.Text text = new FileDeserializer.Text(
                settings.charset("inputCharset")
                        .about("the character set of the files, where they are text")
                        .orElse(LineFormat.DEFAULT.input()),
                settings.oneOf("decodeErrorPolicy", LineFormat.DecodeErrors.class)
                        .about(
                                "what to do about bytes that are no characters: stop, put a replacement, or leave them out")
                        .orElse(LineFormat.DecodeErrors.FAIL)
                        .action());
        FileDeserializer deserializer = withOldName(settings)
                .part("deserializer", ComponentFactory.OfFileDeserializer.class)
                .about(
                        "how a file is parted into events: its lines, the records of an Avro container, the whole of it, or as a plug-in does")
                .orElse(
                        LineDeserializerFactory.NAME,
                        (factory, keys) -> factory.create(PartContext.of(context), text, keys));
        if (!deserializer.readsText()) {
            noteWithoutEffect(settings, "inputCharset", "decodeErrorPolicy");
        }
        if (!(deserializer instanceof LineFormat)) {
            noteWithoutEffect(settings, OLD_MAX_LINE);
        }
        return deserializer;
    }

    private static void noteWithoutEffect(Settings settings, String... keys) {
        for (String key : keys) {
            if (settings.has(key)) {
                settings.note(key, "has no effect: the deserializer has no use for it");
            }
        }
    }

    /** The settings with the old key's value under the new key. The old key wins in Flume; here, to have both is a mistake. */
    private static Settings withOldName(Settings settings) {
        Integer old = settings.integer(OLD_MAX_LINE, 1, Integer.MAX_VALUE)
                .about("the old name of " + MAX_LINE)
                .orNull();
        if (old == null) {
            return settings;
        }
        if (settings.has(MAX_LINE)) {
            settings.problem(OLD_MAX_LINE, "says the same as " + MAX_LINE + " (expected: one of the two)");
            return settings;
        }
        settings.note(OLD_MAX_LINE, "is deprecated: use " + MAX_LINE);
        return settings.given(Map.of(MAX_LINE, old.toString()));
    }

    private static Settings.Value<Duration> millis(Settings settings, String key) {
        return settings.duration(key, ChronoUnit.MILLIS, 1, Integer.MAX_VALUE);
    }

    private static String suffix(String text) {
        if (text.isEmpty() || text.contains("/")) {
            throw new IllegalArgumentException("not empty, and without a /");
        }
        try {
            return Path.of(text).toString();
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException(
                    "one that the locale of this process can write, such as C.UTF-8 can: " + e.getReason(), e);
        }
    }

    private static String notEmpty(String text) {
        if (text.isEmpty()) {
            throw new IllegalArgumentException();
        }
        return text;
    }
}
