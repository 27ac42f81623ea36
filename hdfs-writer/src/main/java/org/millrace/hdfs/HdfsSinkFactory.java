package org.millrace.hdfs;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.io.compress.CompressionCodec;
import org.apache.hadoop.io.compress.DefaultCodec;
import org.jspecify.annotations.Nullable;
import org.millrace.api.ComponentFactory;
import org.millrace.api.Settings;
import org.millrace.api.Sink;
import org.millrace.api.SinkContext;

/** Reads the settings of an HDFS sink: Flume's keys, with Flume's defaults. */
public final class HdfsSinkFactory implements ComponentFactory.OfSink {
    /** Flume's way to say never is any number up to zero; -1 is as far as people go. */
    private static final int NEVER = -1;

    private static final Pattern ESCAPE_BEFORE_ROOT = Pattern.compile("^[^/]*%.*:/|^[^/:]+://[^/]*%.*");

    @Override
    public List<String> typeNames() {
        return List.of("hdfs", "org.apache.flume.sink.hdfs.HDFSEventSink");
    }

    @Override
    public Sink create(SinkContext context, Settings settings) {
        Settings hdfs = settings.under("hdfs.");
        ZoneId zone = hdfs.value(
                        "timeZone", "a time zone, such as Europe/Berlin", HdfsSinkFactory::zone, ZoneOffset.UTC)
                .orElse(ZoneId.systemDefault());
        Rounding rounding = rounding(hdfs);
        HdfsSettings read = new HdfsSettings(
                hdfs.string("path").required(),
                path(hdfs, "path", "a path", zone, rounding).required(),
                path(hdfs, "filePrefix", "the start of a file name", zone, rounding)
                        .orElse(BucketPath.parse("FlumeData", zone, rounding)),
                names(hdfs),
                new RollPolicy(
                        upToNever(hdfs, "rollInterval", ChronoUnit.SECONDS, 30),
                        hdfs.number("rollSize", NEVER, Long.MAX_VALUE).orElse(1024L),
                        hdfs.number("rollCount", NEVER, Long.MAX_VALUE).orElse(10L),
                        upToNever(hdfs, "idleTimeout", ChronoUnit.SECONDS, 0)),
                content(hdfs, settings),
                retry(hdfs),
                hdfs.integer("batchSize", 1, Integer.MAX_VALUE).orElse(100),
                hdfs.integer("maxOpenFiles", 1, Integer.MAX_VALUE).orElse(5000),
                hdfs.integer("threadsPoolSize", 1, 1000).orElse(10),
                upToNever(hdfs, "callTimeout", ChronoUnit.MILLIS, 30_000),
                hdfs.bool("useLocalTimeStamp").orElse(false),
                hdfs.bool("useRawLocalFileSystem").orElse(false));
        noteUnknownLetters(hdfs, "path", read.directory());
        noteUnknownLetters(hdfs, "filePrefix", read.prefix());
        hdfs.ignored("the sink's own thread finishes files, no timer", "rollTimerPoolSize");
        hdfs.notSupportedYet("kerberosPrincipal", "kerberosKeytab", "proxyUser");
        minBlockReplicas(hdfs);
        return new HdfsSink(context, read);
    }

    private static Settings.Value<BucketPath> path(
            Settings hdfs, String key, String expected, ZoneId zone, Rounding rounding) {
        return hdfs.value(
                key,
                expected + " with escapes such as %{header} and %Y-%m-%d",
                text -> {
                    if (text.isEmpty()) {
                        throw new IllegalArgumentException("it is empty");
                    }
                    if (key.equals("path") && ESCAPE_BEFORE_ROOT.matcher(text).find()) {
                        throw new IllegalArgumentException("the file system's address cannot have escapes");
                    }
                    return BucketPath.parse(text, zone, rounding);
                },
                BucketPath.parse("", zone, rounding));
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
        boolean round = hdfs.bool("round").orElse(false);
        ChronoUnit unit = hdfs.value(
                        "roundUnit", "one of: second, minute, hour", HdfsSinkFactory::roundUnit, ChronoUnit.SECONDS)
                .orElse(ChronoUnit.SECONDS);
        int value = hdfs.integer("roundValue", 1, Rounding.most(unit)).orElse(1);
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
    private static Duration upToNever(Settings hdfs, String key, ChronoUnit unit, long otherwise) {
        Duration time = hdfs.duration(key, unit, NEVER, Integer.MAX_VALUE).orElse(Duration.of(otherwise, unit));
        return time.isNegative() ? Duration.ZERO : time;
    }

    private static HdfsSettings.Names names(Settings hdfs) {
        String suffix = hdfs.string("fileSuffix").orElse("");
        String inUsePrefix = hdfs.string("inUsePrefix").orElse("");
        String inUseSuffix = hdfs.string("inUseSuffix").orElse(".tmp");
        if (hdfs.bool("emptyInUseSuffix").orElse(false)) {
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
                    "without hdfs.inUsePrefix, files have their final name from the start: readers cannot tell which are complete");
        }
        return new HdfsSettings.Names(inUsePrefix, inUseSuffix, suffix);
    }

    private static HdfsSettings.Content content(Settings hdfs, Settings settings) {
        HdfsSettings.FileType type = hdfs.value(
                        "fileType",
                        "one of: SequenceFile, DataStream, CompressedStream",
                        HdfsSinkFactory::fileType,
                        HdfsSettings.FileType.SEQUENCE_FILE)
                .orElse(HdfsSettings.FileType.SEQUENCE_FILE);
        Class<? extends CompressionCodec> codec = codec(hdfs, type);
        SequenceFormat.Values values = hdfs.value(
                        "writeFormat",
                        "one of: Writable, Text",
                        text -> SequenceFormat.Values.valueOf(text.toUpperCase(Locale.ROOT)),
                        SequenceFormat.Values.WRITABLE)
                .orElse(SequenceFormat.Values.WRITABLE);
        if (type != HdfsSettings.FileType.SEQUENCE_FILE && hdfs.has("writeFormat")) {
            hdfs.note("writeFormat", "has no effect: it is for hdfs.fileType = SequenceFile");
        }
        return new HdfsSettings.Content(type, text(settings, type), values, codec);
    }

    private static HdfsSettings.FileType fileType(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "sequencefile" -> HdfsSettings.FileType.SEQUENCE_FILE;
            case "datastream" -> HdfsSettings.FileType.DATA_STREAM;
            case "compressedstream" -> HdfsSettings.FileType.COMPRESSED_STREAM;
            default -> throw new IllegalArgumentException();
        };
    }

    private static @Nullable Class<? extends CompressionCodec> codec(Settings hdfs, HdfsSettings.FileType type) {
        Class<? extends CompressionCodec> standIn = DefaultCodec.class;
        Class<? extends CompressionCodec> codec = hdfs.<Class<? extends CompressionCodec>>value(
                        "codeC", "a compression codec", name -> new Codecs(new Configuration()).find(name), standIn)
                .orNull();
        if (type == HdfsSettings.FileType.DATA_STREAM && hdfs.has("codeC")) {
            hdfs.problem(
                    "codeC",
                    "a DataStream is not compressed (expected: no codeC, or hdfs.fileType = CompressedStream)");
        }
        if (type == HdfsSettings.FileType.COMPRESSED_STREAM && !hdfs.has("codeC")) {
            hdfs.problem("codeC", "missing (expected: a compression codec, such as gzip, for a CompressedStream)");
        }
        return codec;
    }

    private static EventText text(Settings settings, HdfsSettings.FileType type) {
        boolean headers = settings.value(
                        "serializer", "one of: TEXT, HEADER_AND_TEXT", HdfsSinkFactory::withHeaders, false)
                .orElse(false);
        boolean newline = settings.bool("serializer.appendNewline").orElse(true);
        if (type == HdfsSettings.FileType.SEQUENCE_FILE && settings.has("serializer")) {
            settings.note("serializer", "has no effect: a SequenceFile goes by hdfs.writeFormat");
        }
        return new EventText(headers, newline);
    }

    private static boolean withHeaders(String type) {
        return switch (type.toUpperCase(Locale.ROOT)) {
            case "TEXT", "ORG.APACHE.FLUME.SERIALIZATION.BODYTEXTEVENTSERIALIZER$BUILDER" -> false;
            case "HEADER_AND_TEXT", "ORG.APACHE.FLUME.SERIALIZATION.HEADERANDBODYTEXTEVENTSERIALIZER$BUILDER" -> true;
            case "AVRO_EVENT",
                    "ORG.APACHE.FLUME.SERIALIZATION.FLUMEEVENTAVROEVENTSERIALIZER$BUILDER",
                    "ORG.APACHE.FLUME.SINK.HDFS.AVROEVENTSERIALIZER$BUILDER" ->
                throw new IllegalArgumentException("Avro containers are not supported yet");
            default -> throw new IllegalArgumentException();
        };
    }

    private static UnfinishedFiles.RetryPolicy retry(Settings hdfs) {
        int tries = hdfs.integer("closeTries", NEVER, Integer.MAX_VALUE).orElse(0);
        Duration interval = upToNever(hdfs, "retryInterval", ChronoUnit.SECONDS, 180);
        return new UnfinishedFiles.RetryPolicy(interval, interval.isZero() ? 1 : Math.max(0, tries));
    }

    /** People set it to 1 to keep Flume from finishing files whenever a replica is missing, which we never do. */
    private static void minBlockReplicas(Settings hdfs) {
        if ("1".equals(hdfs.string("minBlockReplicas").orNull())) {
            hdfs.note("minBlockReplicas", "has no effect: files are never finished for want of replicas");
        } else {
            hdfs.notSupportedYet("minBlockReplicas");
        }
    }
}
