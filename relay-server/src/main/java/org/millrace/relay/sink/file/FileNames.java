package org.millrace.relay.sink.file;

import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.regex.Pattern;

/** The names of a sink's files, as Flume gives them. The sink's thread only. */
final class FileNames {
    private static final DateTimeFormatter SECONDS = DateTimeFormatter.ofPattern("yyyyMMddHHmmss", Locale.ROOT);

    private final Scheme scheme;
    private final ZoneId zone;
    private final String series;
    private String lastStamp = "";
    private int number;

    /** {@code sink.pathManager}. */
    enum PathManager {
        /** When the series began, in epoch milliseconds, and a number that goes on. */
        DEFAULT,
        /** When the file was begun, and a number that starts again with each second. */
        ROLLTIME
    }

    /**
     * What the names have in common.
     *
     * @param extension without its dot; empty for none
     */
    record Scheme(PathManager pathManager, String prefix, String extension) {
        private String name(String stamp, int number) {
            return prefix + stamp + "-" + number + dotExtension();
        }

        private String dotExtension() {
            return extension.isEmpty() ? "" : "." + extension;
        }

        /** What all names match, with something behind them. */
        Pattern pattern(String suffix) {
            return Pattern.compile(Pattern.quote(prefix) + "\\d+-\\d+" + Pattern.quote(dotExtension() + suffix));
        }
    }

    /** @param begun when the series begins */
    FileNames(Scheme scheme, Instant begun, ZoneId zone) {
        this.scheme = scheme;
        this.zone = zone;
        this.series = Long.toString(begun.toEpochMilli());
    }

    /** The next name; each is given once. */
    String next(Instant now) {
        String stamp = scheme.pathManager() == PathManager.DEFAULT ? series : SECONDS.format(now.atZone(zone));
        if (!stamp.equals(lastStamp)) {
            lastStamp = stamp;
            number = 0;
        }
        return scheme.name(stamp, ++number);
    }
}
