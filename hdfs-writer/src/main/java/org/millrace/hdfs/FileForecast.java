package org.millrace.hdfs;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What files the settings will lead to, said before the first one is made. Nobody knows the traffic, so it is told for a bucket that gets
 * {@value #EVENTS_A_SECOND} events of {@value #EVENT_BYTES} bytes a second, without a pause.
 *
 * @param step how long a bucket's path stays the same, by the time in it; null if there is none
 * @param headers in the path: each of their values has files of its own
 */
record FileForecast(RollPolicy roll, @Nullable Duration step, List<String> headers, int maxOpen) {
    static final int EVENTS_A_SECOND = 1000;
    static final int EVENT_BYTES = 512;

    /** Files with less are small for sure; what a name node is made for begins at some 100 MB. */
    private static final double SMALL_BYTES = 1 << 20;

    private static final double MILLIS_AN_HOUR = Duration.ofHours(1).toMillis();

    /** Of one bucket path: its files, where they are finished by time alone. 0: they never are. */
    private double byTime() {
        double interval = roll.interval().toMillis();
        if (step == null) {
            return interval == 0 ? 0 : MILLIS_AN_HOUR / interval;
        }
        double each = interval == 0 ? 1 : Math.ceil(step.toMillis() / interval);
        return each * MILLIS_AN_HOUR / step.toMillis();
    }

    private double byContent() {
        double events = Double.POSITIVE_INFINITY;
        if (roll.events() > 0) {
            events = roll.events();
        }
        if (roll.bodyBytes() > 0) {
            events = Math.min(events, Math.ceil((double) roll.bodyBytes() / EVENT_BYTES));
        }
        return EVENTS_A_SECOND * 3600.0 / events;
    }

    /** Files an hour; 0 if they are never finished. */
    double anHour() {
        double byTime = byTime();
        double byContent = byContent();
        if (byTime == 0 || byContent == 0) {
            return byTime + byContent;
        }
        return byTime * Math.ceil(byContent / byTime); // the last file of each stretch of time is not full
    }

    private double bytesEach() {
        return EVENTS_A_SECOND * 3600.0 * EVENT_BYTES / anHour();
    }

    boolean isSmall() {
        return anHour() > 0 && bytesEach() < SMALL_BYTES;
    }

    /** The key that has the most to do with it. */
    String key() {
        if (byTime() >= byContent()) {
            return step != null && (roll.interval().isZero() || step.compareTo(roll.interval()) < 0)
                    ? "path"
                    : "rollInterval";
        }
        boolean byCount =
                roll.events() > 0 && (roll.bodyBytes() == 0 || roll.events() <= roll.bodyBytes() / EVENT_BYTES);
        return byCount ? "rollCount" : "rollSize";
    }

    /** True if some file will wait for the end of the agent, or for room, although nothing more comes. */
    boolean leavesFilesOpen() {
        boolean bucketsPass = step != null || !headers.isEmpty();
        return roll.interval().isZero() && roll.idle().isZero() && (bucketsPass || byContent() == 0);
    }

    /** Such as: at 1000 events of 512 bytes a second, 120 files an hour of 14.6 MiB each, for each value of %{host}. */
    String text() {
        String rate = "at " + EVENTS_A_SECOND + " events of " + EVENT_BYTES + " bytes a second, ";
        if (anHour() == 0) {
            return rate + "one file, which is finished when the agent stops";
        }
        return rate + count(anHour()) + " of " + size(bytesEach()) + " each" + ofHeaders() + " (finished " + limits()
                + ")";
    }

    private static String count(double anHour) {
        if (anHour >= 1) {
            return Math.round(anHour) == 1 ? "a file an hour" : Math.round(anHour) + " files an hour";
        }
        return "a file every " + Math.round(1 / anHour) + " hours";
    }

    private static String size(double bytes) {
        String[] units = {"bytes", "KiB", "MiB", "GiB", "TiB"};
        int unit = 0;
        double left = bytes;
        for (; left >= 1024 && unit < units.length - 1; unit++) {
            left /= 1024;
        }
        return String.format(Locale.ROOT, left < 10 && unit > 0 ? "%.1f %s" : "%.0f %s", left, units[unit]);
    }

    private String ofHeaders() {
        return headers.isEmpty() ? "" : ", for each value of %{" + String.join("} and %{", headers) + "}";
    }

    private String limits() {
        List<String> limits = new ArrayList<>();
        if (roll.events() > 0) {
            limits.add("after " + roll.events() + " events, hdfs.rollCount");
        }
        if (roll.bodyBytes() > 0) {
            limits.add("after " + roll.bodyBytes() + " bytes of bodies, hdfs.rollSize");
        }
        if (!roll.interval().isZero()) {
            limits.add("after " + roll.interval().toSeconds() + " s, hdfs.rollInterval");
        }
        if (!roll.idle().isZero()) {
            limits.add("after " + roll.idle().toSeconds() + " s without events, hdfs.idleTimeout");
        }
        if (step != null) {
            limits.add(
                    limits.isEmpty()
                            ? "when " + maxOpen + " others are open, hdfs.maxOpenFiles"
                            : "a new one every " + step.toString().substring(2).toLowerCase(Locale.ROOT)
                                    + ", hdfs.path");
        }
        return String.join("; ", limits);
    }
}
