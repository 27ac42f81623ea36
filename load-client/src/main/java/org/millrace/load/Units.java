package org.millrace.load;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How times and counts are written, and read. */
final class Units {
    private static final Pattern TIME = Pattern.compile("(\\d{1,9})(us|ms|s|m|h)");
    private static final Pattern COUNT = Pattern.compile("(\\d{1,12})([kM]?)");

    private Units() {}

    /** In the unit that leaves one to three digits before the point. */
    static String time(long nanos) {
        if (nanos < TimeUnit.MILLISECONDS.toNanos(1)) {
            return String.format(Locale.ROOT, "%d µs", TimeUnit.NANOSECONDS.toMicros(nanos));
        }
        if (nanos < TimeUnit.SECONDS.toNanos(1)) {
            return String.format(Locale.ROOT, nanos < 10_000_000 ? "%.2f ms" : "%.1f ms", nanos / 1e6);
        }
        return String.format(Locale.ROOT, "%.2f s", nanos / 1e9);
    }

    /** {@code 500us}, {@code 500ms}, {@code 10s}, {@code 5m}, {@code 1h}. */
    static Duration parseTime(String text) {
        Matcher matcher = TIME.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(text + " (expected: a time such as 500ms, 10s, 5m or 1h)");
        }
        long amount = Long.parseLong(matcher.group(1));
        return switch (matcher.group(2)) {
            case "us" -> Duration.of(amount, ChronoUnit.MICROS);
            case "ms" -> Duration.ofMillis(amount);
            case "s" -> Duration.ofSeconds(amount);
            case "m" -> Duration.ofMinutes(amount);
            default -> Duration.ofHours(amount);
        };
    }

    /** A time that is longer than nothing. */
    static Duration parsePositiveTime(String text) {
        Duration time = parseTime(text);
        if (time.isZero()) {
            throw new IllegalArgumentException(text + " (expected: more than 0)");
        }
        return time;
    }

    /** {@code 1500}, {@code 20k}, {@code 1M}. */
    static long parseCount(String text) {
        Matcher matcher = COUNT.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(text + " (expected: a number such as 1500, 20k or 1M)");
        }
        long factor = switch (matcher.group(2)) {
            case "k" -> 1_000;
            case "M" -> 1_000_000;
            default -> 1;
        };
        return Long.parseLong(matcher.group(1)) * factor;
    }

    /** A count of at least one. */
    static long parsePositiveCount(String text) {
        long count = parseCount(text);
        if (count < 1) {
            throw new IllegalArgumentException(text + " (expected: at least 1)");
        }
        return count;
    }
}
