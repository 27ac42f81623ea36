package org.millrace.relay.source.taildir;

import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import org.millrace.api.ComponentFactory;
import org.millrace.api.Settings;
import org.millrace.api.Source;
import org.millrace.api.SourceContext;
import org.millrace.api.support.Pauses;
import org.millrace.relay.source.taildir.TaildirSettings.Group;
import org.millrace.relay.source.taildir.TaildirSettings.Headers;
import org.millrace.relay.source.taildir.TaildirSettings.Limits;

/** Makes tailing sources, with Flume's keys and defaults; {@code maxLineBytes} and {@code maxOpenFiles} are ours. */
public final class TaildirSourceFactory implements ComponentFactory.OfSource {
    private static final Path HOME = Path.of(System.getProperty("user.home", "."));
    private static final Path POSITION_FILE = Path.of(".flume", "taildir_position.json");
    private static final int DEFAULT_LINE_BYTES = 32 << 20;
    private static final int MOST_LINE_BYTES = 256 << 20;
    private static final int LEAST_LINE_BYTES = 16;
    private static final int DEFAULT_OPEN_FILES = 1024;

    @Override
    public List<String> typeNames() {
        return List.of("TAILDIR", "org.apache.flume.source.taildir.TaildirSource");
    }

    @Override
    public String summary() {
        return "Reads the lines that are added to files, through renames and truncations, and remembers how far it is";
    }

    @Override
    public Source create(SourceContext context, Settings settings) {
        Limits limits = limits(settings);
        TaildirSettings taildir = new TaildirSettings(
                groups(settings),
                positionFile(settings),
                millis(settings, "writePosInterval", 1)
                        .about("how often positions are written, where they have changed")
                        .orElse(Duration.ofSeconds(3)),
                headers(settings),
                settings.bool("skipToEnd")
                        .about(
                                "whether files that are there at the start, and were never read, are read from their end on")
                        .orElse(false),
                settings.bool("cachePatternMatching")
                        .about("whether a directory is listed only when it has changed")
                        .orElse(true),
                settings.integer("batchSize", 1, Integer.MAX_VALUE)
                        .about("the most events in a batch")
                        .orElse(100),
                settings.number("maxBatchCount", 1, Long.MAX_VALUE)
                        .about("how many batches of one file are read before another file has its turn")
                        .orElse(Long.MAX_VALUE),
                limits);
        return new TaildirSource(context, taildir, Pauses.ofPolledSource(settings));
    }

    private static Limits limits(Settings settings) {
        return new Limits(
                millis(settings, "idleTimeout", 1)
                        .about(
                                "a file that was not written for so long is closed, and a last line without an end is taken as it is")
                        .orElse(Duration.ofMinutes(2)),
                settings.bytes("maxLineBytes", LEAST_LINE_BYTES, MOST_LINE_BYTES)
                        .about("a longer line is cut, and goes on as the next event")
                        .orElse((long) DEFAULT_LINE_BYTES)
                        .intValue(),
                settings.integer("maxOpenFiles", 1, Integer.MAX_VALUE)
                        .about("with more files than this, each is opened only while it is read")
                        .orElse(DEFAULT_OPEN_FILES));
    }

    private static Path positionFile(Settings settings) {
        Path byDefault = HOME.resolve(POSITION_FILE);
        Path file = settings.path("positionFile")
                .byDefault("~/" + POSITION_FILE)
                .about("where it is written how far each file was read; no two sources can share one")
                .orElse(byDefault)
                .toAbsolutePath();
        settings.claim("positionFile", file);
        return file;
    }

    private static Headers headers(Settings settings) {
        boolean hasPath = settings.bool("fileHeader")
                .about("whether events have a header with the path of their file")
                .orElse(false);
        String pathKey = settings.string("fileHeaderKey")
                .about("the name of that header")
                .orElse("file");
        boolean hasOffset = settings.bool("byteOffsetHeader")
                .about("whether events have a header, byteoffset, that tells where their line begins in the file")
                .orElse(false);
        return new Headers(hasPath ? pathKey : null, hasOffset);
    }

    private static List<Group> groups(Settings settings) {
        List<String> names =
                settings.words("filegroups").about("names of groups of files").required();
        Settings paths = settings.under("filegroups.");
        paths.define("<GROUP>", "an absolute path, its last part a regular expression", "the files of a group");
        settings.define("headers.<GROUP>.<NAME>", "a text", "a header of all events of a group");
        List<Group> groups = new ArrayList<>();
        for (String name : names) {
            Path path = paths.value(
                            name,
                            "an absolute path, its last part a regular expression",
                            TaildirSourceFactory::path,
                            HOME.resolve("x"))
                    .about("the files of a group")
                    .required();
            Map<String, String> headers =
                    new LinkedHashMap<>(settings.under("headers." + name + ".").all());
            Group group = new Group(
                    name,
                    Objects.requireNonNull(path.getParent()),
                    Pattern.compile(path.getFileName().toString()),
                    headers);
            noteTrouble(paths, group);
            groups.add(group);
        }
        reportUnlisted(settings, "filegroups.", names);
        reportUnlisted(settings, "headers.", names);
        return groups;
    }

    /** No mistake: this may be another machine, or the directory be made before the start. */
    private static void noteTrouble(Settings paths, Group group) {
        String trouble = paths.has(group.name()) ? group.trouble() : null;
        if (trouble != null) {
            paths.note(group.name(), trouble + "; as long as that is so, the source does not start");
        }
    }

    /** A key of a group that is not in the list. */
    private static void reportUnlisted(Settings settings, String prefix, List<String> names) {
        Settings keys = settings.under(prefix);
        for (String key : keys.all().keySet()) {
            boolean isListed = prefix.equals("filegroups.")
                    ? names.contains(key)
                    : names.stream().anyMatch(name -> key.startsWith(name + "."));
            if (!isListed && !names.isEmpty()) { // an empty list has been reported itself
                keys.problem(key, "its group is not in filegroups (expected: one of " + String.join(", ", names) + ")");
            }
        }
    }

    private static Path path(String text) {
        Path path = Path.of(text);
        if (!path.isAbsolute() || path.getFileName() == null) {
            throw new IllegalArgumentException();
        }
        Pattern.compile(path.getFileName().toString());
        return path;
    }

    private static Settings.Value<Duration> millis(Settings settings, String key, long least) {
        return settings.duration(key, ChronoUnit.MILLIS, least, Integer.MAX_VALUE);
    }
}
