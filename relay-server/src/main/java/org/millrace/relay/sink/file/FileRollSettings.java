package org.millrace.relay.sink.file;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.millrace.api.ComponentFactory;
import org.millrace.api.Settings;
import org.millrace.api.SinkContext;
import org.millrace.api.part.EventSerializer;
import org.millrace.api.part.FileNaming;
import org.millrace.api.part.PartContext;
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
        FileNaming naming,
        Duration rollInterval,
        int batchEvents,
        EventSerializer serializer,
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

    /** Where files stand: their names may have a directory in them. */
    Path parent() {
        Path below = naming.directory();
        return below.toString().isEmpty() ? directory : directory.resolve(below);
    }

    /** Why files cannot be made there, as it is now; null if they can. */
    @Nullable
    String trouble() {
        if (!Files.isDirectory(parent())) {
            return parent() + ": no such directory (expected: one that exists; create it)";
        }
        return Files.isWritable(parent())
                ? null
                : parent() + ": cannot be written to (expected: a directory that this process may write to)";
    }

    static FileRollSettings read(SinkContext context, Settings settings) {
        return new FileRollSettings(
                settings.path(DIRECTORY)
                        .about("the directory that files are written to; it must be there")
                        .required(),
                readNaming(context, settings),
                readInterval(settings),
                settings.integer(BATCH_SIZE, 1, Integer.MAX_VALUE)
                        .about("the most events that are written with one flush, and in a transaction")
                        .orElse(100),
                readSerializer(context, settings),
                settings.oneOf("sink.sync", Sync.class)
                        .about(
                                "what a batch waits for before it counts as written: flush, the operating system has it; "
                                        + "fsync, the disk")
                        .orElse(Sync.FLUSH),
                FileNames.part(settings, "sink.inUseSuffix")
                        .about("what stands behind the name of a file that is being written; empty for nothing")
                        .orElse(""),
                settings.bool("sink.emptyFiles")
                        .about("whether an interval without events leaves an empty file")
                        .orElse(true));
    }

    private static FileNaming readNaming(SinkContext context, Settings settings) {
        return settings.part("sink.pathManager", ComponentFactory.OfFileNaming.class)
                .about(
                        "what files are called: DEFAULT, by the time of the start and a number; ROLLTIME, by the time at which "
                                + "the file is begun, yyyyMMddHHmmss, and a number; or as a plug-in does")
                .orElse(StartTimeNamingFactory.NAME, (factory, keys) -> factory.create(PartContext.of(context), keys));
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

    private static EventSerializer readSerializer(SinkContext context, Settings settings) {
        EventSerializer serializer =
                SerializerChoice.read(PartContext.of(context), settings, SERIALIZER, List.of("https://", "http://"));
        BodySchemas schemas = SerializerChoice.bodySchemas(serializer);
        String url = schemas == null ? null : schemas.url();
        if (url != null && !SchemaPlaces.isReadable(url)) {
            settings.problem(
                    SERIALIZER + ".schemaURL",
                    url + " (expected: an http, https or file URL: this sink has no Hadoop to read others with)");
        }
        return serializer;
    }
}
