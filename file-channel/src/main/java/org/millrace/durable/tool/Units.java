package org.millrace.durable.tool;

import java.time.Duration;
import java.util.Locale;

/** Numbers as people read them; JSON has the exact ones. */
final class Units {
    private static final String[] BYTES = {"B", "KiB", "MiB", "GiB", "TiB", "PiB"};

    private Units() {}

    /** Such as {@code 1,234,567}. */
    static String count(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    /** The number and its noun: {@code 1 event}, {@code 2,000 events}. */
    static String count(long number, String noun) {
        return count(number) + " " + noun + (number == 1 ? "" : "s");
    }

    /** Such as {@code 817 B} or {@code 1.4 GiB}. */
    static String bytes(long bytes) {
        double value = bytes;
        int unit = 0;
        while (value >= 1024 && unit < BYTES.length - 1) {
            value /= 1024;
            unit++;
        }
        return String.format(Locale.ROOT, unit == 0 ? "%.0f %s" : "%.1f %s", value, BYTES[unit]);
    }

    /** The two largest units: {@code 12 s}, {@code 3 min 5 s}, {@code 2 d 4 h}. Less than a second is {@code 0 s}. */
    static String age(Duration age) {
        long seconds = Math.max(0, age.toSeconds());
        if (seconds < 60) {
            return seconds + " s";
        }
        if (seconds < 3600) {
            return seconds / 60 + " min " + seconds % 60 + " s";
        }
        if (seconds < 86_400) {
            return seconds / 3600 + " h " + (seconds / 60) % 60 + " min";
        }
        return seconds / 86_400 + " d " + (seconds / 3600) % 24 + " h";
    }

    /** Such as {@code 12.5 %}. */
    static String percent(double share) {
        return String.format(Locale.ROOT, "%.1f %%", 100 * share);
    }
}
