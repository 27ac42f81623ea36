package org.millrace.relay.sink.file;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.millrace.api.Settings;
import org.millrace.relay.sink.file.FileNames.PathManager;
import org.millrace.serializer.BodySchemas;
import org.millrace.serializer.SerializerChoice;

/**
 * What a sink of rolling files is set to.
 *
 * @param rollInterval how long a file is written; zero: until the sink stops
 * @param inUseSuffix behind the name of a file that is being written; empty for none
 * @param emptyFiles whether an interval without events leaves a file too
 */
record FileRollSettings(
        Path directory,
        FileNames.Scheme names,
        Duration rollInterval,
        int batchEvents,
        SerializerChoice serializer,
        Sync sync,
        String inUseSuffix,
        boolean emptyFiles) {
    static final String DIRECTORY = "sink.directory";
    static final String BATCH_SIZE = "sink.batchSize";
    private static final String SERIALIZER = "sink.serializer";
    private static final Duration INTERVAL = Duration.ofSeconds(30);

    /** What a batch waits for before it counts as written. */
    enum Sync {
        /** It outlives the agent. */
        FLUSH,
        /** It outlives a power cut. */
        FSYNC
    }

    /** Where files stand: a prefix may name a directory. */
    Path parent() {
        Path parent = directory.resolve(names.prefix() + "0").getParent();
        return parent == null ? directory : parent;
    }

    static FileRollSettings read(Settings settings) {
        return new FileRollSettings(
                settings.path(DIRECTORY)
                        .about("the directory that files are written to; it must be there")
                        .required(),
                readNames(settings.under("sink.")),
                readInterval(settings),
                settings.integer(BATCH_SIZE, 1, Integer.MAX_VALUE)
                        .about("the most events that are written with one flush, and in a transaction")
                        .orElse(100),
                readSerializer(settings),
                settings.oneOf("sink.sync", Sync.class)
                        .about(
                                "what a batch waits for before it counts as written: flush, the operating system has it; "
                                        + "fsync, the disk")
                        .orElse(Sync.FLUSH),
                partOfName(settings, "sink.inUseSuffix")
                        .about("what stands behind the name of a file that is being written; empty for nothing")
                        .orElse(""),
                settings.bool("sink.emptyFiles")
                        .about("whether an interval without events leaves an empty file")
                        .orElse(true));
    }

    private static FileNames.Scheme readNames(Settings sink) {
        PathManager pathManager = sink.value(
                        "pathManager", "one of: DEFAULT, ROLLTIME", FileRollSettings::pathManager, PathManager.DEFAULT)
                .about(
                        "what files are called: DEFAULT, by the time of the start and a number; ROLLTIME, by the time at which "
                                + "the file is begun, yyyyMMddHHmmss, and a number")
                .orElse(PathManager.DEFAULT);
        return new FileNames.Scheme(
                pathManager,
                sink.string("pathManager.prefix")
                        .about("what files' names start with")
                        .orElse(""),
                partOfName(sink, "pathManager.extension")
                        .about("what their names end with, behind a dot")
                        .orElse(""));
    }

    private static Settings.Value<String> partOfName(Settings settings, String key) {
        return settings.value(key, "a part of a file name, without /", FileRollSettings::withoutSlash, "");
    }

    private static String withoutSlash(String text) {
        if (text.contains("/")) {
            throw new IllegalArgumentException();
        }
        return text;
    }

    private static PathManager pathManager(String name) {
        return switch (name.toLowerCase(Locale.ROOT)) {
            case "default", "org.apache.flume.formatter.output.defaultpathmanager$builder" -> PathManager.DEFAULT;
            case "rolltime", "org.apache.flume.formatter.output.rolltimepathmanager$builder" -> PathManager.ROLLTIME;
            default ->
                throw new IllegalArgumentException(
                        name.contains(".") ? "classes written for Flume are not loaded" : null);
        };
    }

    private static Duration readInterval(Settings settings) {
        Duration configured = settings.value(
                        "sink.rollInterval",
                        "a number of seconds, 0 or less for never",
                        text -> Duration.ofSeconds(Integer.parseInt(text)),
                        INTERVAL)
                .byDefault(Long.toString(INTERVAL.toSeconds()))
                .about("how long a file is written before the next one is begun; 0 or less: it is not")
                .orElse(INTERVAL);
        return configured.isNegative() ? Duration.ZERO : configured;
    }

    private static SerializerChoice readSerializer(Settings settings) {
        SerializerChoice choice = SerializerChoice.read(settings, SERIALIZER, List.of("https://", "http://"));
        BodySchemas schemas = choice.bodySchemas();
        String url = schemas == null ? null : schemas.url();
        if (url != null && !SchemaPlaces.isReadable(url)) {
            settings.problem(
                    SERIALIZER + ".schemaURL",
                    url + " (expected: an http, https or file URL: this sink has no Hadoop to read others with)");
        }
        return choice;
    }
}
