package org.millrace.hdfs;

import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.hadoop.conf.Configuration;
import org.millrace.api.ComponentFactory;
import org.millrace.api.Settings;
import org.millrace.api.Sink;
import org.millrace.api.SinkContext;
import org.millrace.api.deadletter.DeadLetters;
import org.millrace.api.part.PartContext;

/** Reads the settings of an HDFS sink: Flume's keys, with Flume's defaults. */
public final class HdfsSinkFactory implements ComponentFactory.OfSink {
    /** Flume's way to say never is any number up to zero; -1 is as far as people go. */
    private static final int NEVER = -1;

    private static final int HELD_EVENTS = 100_000;

    /** HDFS allows no more. */
    private static final int MOST_REPLICAS = 512;

    private final Callers callers;

    public HdfsSinkFactory() {
        this(Callers.USUAL);
    }

    /** Of sinks that have other callers. */
    HdfsSinkFactory(Callers callers) {
        this.callers = callers;
    }

    @Override
    public List<String> typeNames() {
        return List.of("hdfs", "org.apache.flume.sink.hdfs.HDFSEventSink");
    }

    @Override
    public String summary() {
        return "Writes events to files in HDFS, or in any file system of Hadoop's, by time and headers; files with their final names are complete";
    }

    @Override
    public Sink create(SinkContext context, Settings settings) {
        Settings hdfs = settings.under("hdfs.");
        DeadLetters deadLetters = DeadLetters.read(context, settings);
        ZoneId zone = hdfs.value(
                        "timeZone", "a time zone, such as Europe/Berlin", HdfsSinkFactory::zone, ZoneOffset.UTC)
                .byDefault("that of the machine")
                .about("the time zone for escapes of time")
                .orElse(ZoneId.systemDefault());
        Rounding rounding = rounding(hdfs);
        HdfsSettings.Access access = new AccessKeys(hdfs).read();
        Supplier<Configuration> hadoop = () -> HadoopConfiguration.load(access.configuration());
        // as it stands there; to leave it out is a mistake below
        Location location = new Location(hdfs.string("path").orElse(""), access.sync(), hadoop);
        HdfsSettings read = new HdfsSettings(
                location.text(),
                path(hdfs, "path", "a path", text -> directory(location, zone, rounding))
                        .about("the directory of an event, with escapes for its headers and its time")
                        .required(),
                path(hdfs, "filePrefix", "the start of a file name", text -> prefix(text, location, zone, rounding))
                        .byDefault("FlumeData")
                        .about("the start of the names of files, with escapes too")
                        .orElse(BucketPath.parse("FlumeData", zone, rounding)),
                names(hdfs, location),
                new RollPolicy(
                        upToNever(
                                hdfs,
                                "rollInterval",
                                ChronoUnit.SECONDS,
                                30,
                                "a file that old is finished; 0: never for that"),
                        hdfs.number("rollSize", NEVER, Long.MAX_VALUE)
                                .about("a file with so many bytes is finished; 0: never for that")
                                .orElse(1024L),
                        hdfs.number("rollCount", NEVER, Long.MAX_VALUE)
                                .about("a file with so many events is finished; 0: never for that")
                                .orElse(10L),
                        upToNever(
                                hdfs,
                                "idleTimeout",
                                ChronoUnit.SECONDS,
                                0,
                                "a file not written to for so long is finished; 0: never for that"),
                        hdfs.integer("minBlockReplicas", 0, MOST_REPLICAS)
                                .about(
                                        "fewer replicas of the block being written, and the file is finished; 0: never for that")
                                .orElse(0)),
                new ContentKeys(PartContext.of(context), settings, hadoop).read(),
                access,
                retry(hdfs),
                held(context, hdfs),
                record(hdfs),
                hdfs.integer("batchSize", 1, Integer.MAX_VALUE)
                        .about("the most events that are written with one flush, if flushEvents is not more")
                        .orElse(100),
                hdfs.integer("flushEvents", 0, Integer.MAX_VALUE)
                        .about(
                                "events that wait already are written with one flush, up to so many, if batchSize is not more")
                        .orElse(1000),
                hdfs.bytes("maxEventBytes", 1, Integer.MAX_VALUE)
                        .about("a longer event goes to the dead letters, or is refused")
                        .orElse((long) Integer.MAX_VALUE)
                        .intValue(),
                hdfs.integer("maxOpenFiles", 1, Integer.MAX_VALUE)
                        .about("files open at a time; with more, the one written to least lately is finished")
                        .orElse(5000),
                hdfs.integer("threadsPoolSize", 1, 1000)
                        .about("threads for Hadoop's calls")
                        .orElse(10),
                callTimeout(context, hdfs),
                hdfs.bool("useLocalTimeStamp")
                        .about("whether escapes of time go by the clock, and not by the event's timestamp header")
                        .orElse(false),
                deadLetters.isConfigured() ? EventTime.Missing.IS_REFUSED : EventTime.Missing.GOES_BY_THE_CLOCK);
        if (location.isLocalUnsaid()) {
            hdfs.note(
                    "path",
                    "names no file system, and Hadoop's configuration has none but this machine's disk, where the files go"
                            + " (expected: hdfs://HOST:PORT/..., or HADOOP_CONF_DIR with a core-site.xml; file:///... if"
                            + " the disk is meant)");
        }
        noteUnknownLetters(hdfs, "path", read.directory());
        noteUnknownLetters(hdfs, "filePrefix", read.prefix());
        hdfs.ignored("the sink's own thread finishes files, no timer", "rollTimerPoolSize");
        warnOfFiles(hdfs, read);
        return new HdfsSink(context, read, deadLetters, callers);
    }

    private static Settings.Value<BucketPath> path(
            Settings hdfs, String key, String expected, Function<String, BucketPath> parse) {
        return hdfs.value(
                key,
                expected + " with escapes such as %{header} and %Y-%m-%d",
                text -> {
                    if (text.isEmpty()) {
                        throw new IllegalArgumentException();
                    }
                    return parse.apply(text);
                },
                BucketPath.parse("", ZoneOffset.UTC, Rounding.NONE));
    }

    private static BucketPath directory(Location location, ZoneId zone, Rounding rounding) {
        BucketPath directory = BucketPath.parse(location.checked(), zone, rounding);
        location.checkColon(
                BucketPath.parse(location.belowRoot(), zone, rounding).makesColon());
        return directory;
    }

    private static BucketPath prefix(String text, Location location, ZoneId zone, Rounding rounding) {
        BucketPath prefix = BucketPath.parse(text, zone, rounding);
        location.checkColon(prefix.makesColon());
        return prefix;
    }

    private static void noteUnknownLetters(Settings hdfs, String key, BucketPath path) {
        path.unknownLetters()
                .forEach(letter -> hdfs.note(key, "%" + letter + " is no escape and becomes nothing, as in Flume"));
    }

    private static ZoneId zone(String id) {
        try {
            return ZoneId.of(id, ZoneId.SHORT_IDS);
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("there is no such zone", e);
        }
    }

    private static Rounding rounding(Settings hdfs) {
        boolean round = hdfs.bool("round")
                .about("whether times in escapes are rounded down")
                .orElse(false);
        ChronoUnit unit = hdfs.value(
                        "roundUnit", "one of: second, minute, hour", HdfsSinkFactory::roundUnit, ChronoUnit.SECONDS)
                .byDefault("second")
                .about("the unit of roundValue")
                .orElse(ChronoUnit.SECONDS);
        int value = hdfs.integer("roundValue", 1, Rounding.most(unit))
                .about("to a multiple of so many units")
                .orElse(1);
        if (!round && (hdfs.has("roundUnit") || hdfs.has("roundValue"))) {
            hdfs.note(hdfs.has("roundValue") ? "roundValue" : "roundUnit", "has no effect without hdfs.round = true");
        }
        return round ? new Rounding(unit, value) : Rounding.NONE;
    }

    private static ChronoUnit roundUnit(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "second" -> ChronoUnit.SECONDS;
            case "minute" -> ChronoUnit.MINUTES;
            case "hour" -> ChronoUnit.HOURS;
            default -> throw new IllegalArgumentException();
        };
    }

    /** A time that, at zero or less, means never. */
    private static Duration upToNever(Settings hdfs, String key, ChronoUnit unit, long otherwise, String meaning) {
        Duration time = hdfs.duration(key, unit, NEVER, Integer.MAX_VALUE)
                .about(meaning)
                .orElse(Duration.of(otherwise, unit));
        return time.isNegative() ? Duration.ZERO : time;
    }

    private static Settings.Value<String> nameKey(Settings hdfs, String key, Location location) {
        return hdfs.value(
                key,
                "a text",
                text -> {
                    location.checkColon(text.indexOf(':') >= 0);
                    return text;
                },
                "x");
    }

    private static HdfsSettings.Names names(Settings hdfs, Location location) {
        String suffix = nameKey(hdfs, "fileSuffix", location)
                .about("the end of the names of files, such as .avro")
                .orElse("");
        String inUsePrefix = nameKey(hdfs, "inUsePrefix", location)
                .about("the start of the name of a file that is being written")
                .orElse("");
        String inUseSuffix = nameKey(hdfs, "inUseSuffix", location)
                .about("the end of the name of a file that is being written")
                .orElse(".tmp");
        if (hdfs.bool("emptyInUseSuffix")
                .about("whether inUseSuffix is to be nothing")
                .orElse(false)) {
            if (hdfs.has("inUseSuffix")) {
                hdfs.note("inUseSuffix", "has no effect with hdfs.emptyInUseSuffix = true");
            }
            inUseSuffix = "";
        } else if (inUseSuffix.isEmpty()) {
            hdfs.problem("inUseSuffix", "is empty (expected: a suffix; for none, hdfs.emptyInUseSuffix = true)");
        }
        if (inUsePrefix.isEmpty() && inUseSuffix.isEmpty()) {
            hdfs.note(
                    "emptyInUseSuffix",
                    "without hdfs.inUsePrefix, files have their final name from the start: readers cannot tell which"
                            + " are complete");
        }
        return new HdfsSettings.Names(inUsePrefix, inUseSuffix, suffix);
    }

    /**
     * What a bucket cannot take is held back so that the others go on; but in a group it is to go to the next sink, which hears of it only by
     * a turn that fails.
     */
    private static HeldEvents.Limits held(SinkContext context, Settings hdfs) {
        boolean othersTakeOver = context.othersTakeOver();
        HeldEvents.Limits held = new HeldEvents.Limits(
                hdfs.integer("heldEvents", 0, Integer.MAX_VALUE / 2)
                        .byDefault(HELD_EVENTS + "; in a sink group with others: 0")
                        .about(
                                "events of buckets that are refused or hang, at most, before no more are taken; 0: then the turn fails, and in a group the next sink takes over")
                        .orElse(othersTakeOver ? 0 : HELD_EVENTS),
                hdfs.bytes("heldBytes", 1 << 20, Integer.MAX_VALUE)
                        .about("bytes of those")
                        .orElse(64L << 20));
        if (othersTakeOver && held.events() > 0) {
            hdfs.note(
                    "heldEvents",
                    "keeps up to " + held.events()
                            + " events of a bucket that hangs or is refused from the other sinks of the group (better:"
                            + " leave it out, and the next sink takes over)");
        }
        if (held.events() == 0 && hdfs.has("heldBytes")) {
            String why =
                    hdfs.has("heldEvents") ? "with hdfs.heldEvents = 0" : "in a sink group without hdfs.heldEvents";
            hdfs.note("heldBytes", "has no effect " + why);
        }
        return held;
    }

    private static Duration callTimeout(SinkContext context, Settings hdfs) {
        Duration timeout =
                upToNever(hdfs, "callTimeout", ChronoUnit.MILLIS, 30_000, "how long a call of Hadoop's may take");
        if (context.othersTakeOver() && timeout.isZero()) {
            hdfs.note(
                    "callTimeout",
                    "has a call that hangs waited for without end, and no other sink of the group takes over (better: 30000"
                            + " or less)");
        }
        return timeout;
    }

    private static LocalRecord.Place record(Settings hdfs) {
        Path home = Path.of(System.getProperty("user.home", "."));
        return new LocalRecord.Place(
                hdfs.has("manifestDirectory"),
                hdfs.path("manifestDirectory")
                        .byDefault("~/.flume/hdfs-manifests")
                        .about(
                                "beside a channel that is not durable: where the sink notes which files it has open, to finish them after a crash")
                        .orElse(home.resolve(".flume/hdfs-manifests")));
    }

    private static UnfinishedFiles.RetryPolicy retry(Settings hdfs) {
        int tries = hdfs.integer("closeTries", NEVER, Integer.MAX_VALUE)
                .about("tries to finish a file before it is left under its in-use name; 0: for ever")
                .orElse(0);
        Duration interval = upToNever(
                hdfs,
                "retryInterval",
                ChronoUnit.SECONDS,
                180,
                "the time between two tries to finish a file; 0: there is one");
        return new UnfinishedFiles.RetryPolicy(interval, interval.isZero() ? 1 : Math.max(0, tries));
    }

    /** Flume's defaults make a file of every two to ten events: the first thing that people stumble over. */
    private static void warnOfFiles(Settings hdfs, HdfsSettings read) {
        FileForecast forecast = read.forecast();
        if (forecast.isSmall()) {
            hdfs.note(
                    forecast.key(),
                    "makes very small files: " + forecast.text()
                            + " (better for HDFS: hdfs.rollCount = 0, hdfs.rollSize = 134217728, hdfs.rollInterval ="
                            + " 600, and no more in hdfs.path than the hour)");
        }
        if (forecast.leavesFilesOpen()) {
            hdfs.note(
                    "idleTimeout",
                    "the last file of a bucket that gets no more events is finished only when the agent stops, or when "
                            + read.maxOpenFiles()
                            + " others are open (better: hdfs.idleTimeout = 300, or an hdfs.rollInterval)");
        }
    }
}
