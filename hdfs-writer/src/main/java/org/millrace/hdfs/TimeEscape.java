package org.millrace.hdfs;

import java.time.Duration;
import java.time.ZonedDateTime;
import org.jspecify.annotations.Nullable;

/**
 * The one-letter escapes of a bucket path. Names of days and months are English whatever the machine's locale, so that a path
 * does not depend on where the agent runs.
 */
final class TimeEscape {
    private static final String LETTERS = "aAbBcdDeHIjklmMnpsStyYz";
    /** Those that change within a minute. */
    private static final String FINE = "csSt";

    private TimeEscape() {}

    static boolean isKnown(char letter) {
        return LETTERS.indexOf(letter) >= 0;
    }

    /** True if the value may change from one second to the next; otherwise it lasts a minute at least. */
    static boolean isFine(char letter) {
        return FINE.indexOf(letter) >= 0;
    }

    /** True if there are colons in the value. */
    static boolean hasColon(char letter) {
        return letter == 'c';
    }

    /** How long the value stays the same, about; null if for ever. */
    static @Nullable Duration step(char letter) {
        return switch (letter) {
            case 't' -> Duration.ofMillis(1);
            case 's', 'S', 'c' -> Duration.ofSeconds(1);
            case 'M' -> Duration.ofMinutes(1);
            case 'H', 'I', 'k', 'l' -> Duration.ofHours(1);
            case 'p' -> Duration.ofHours(12);
            case 'a', 'A', 'd', 'D', 'e', 'j' -> Duration.ofDays(1);
            case 'b', 'B', 'm', 'n' -> Duration.ofDays(30);
            case 'y', 'Y' -> Duration.ofDays(365);
            default -> null;
        };
    }

    /**
     * Appends the value of a letter; nothing for an unknown one, as Flume.
     *
     * @param time the event's time, rounded
     * @param millis the same, not rounded
     */
    static void append(char letter, ZonedDateTime time, long millis, StringBuilder out) {
        switch (letter) {
            case 'a' -> out.append(name(time.getDayOfWeek()), 0, 3);
            case 'A' -> out.append(name(time.getDayOfWeek()));
            case 'b' -> out.append(name(time.getMonth()), 0, 3);
            case 'B' -> out.append(name(time.getMonth()));
            case 'c' -> appendAll("a b e H:M:S Y", time, millis, out);
            case 'd' -> padded(time.getDayOfMonth(), 2, out);
            case 'D' -> appendAll("m/d/y", time, millis, out);
            case 'e' -> out.append(time.getDayOfMonth());
            case 'H' -> padded(time.getHour(), 2, out);
            case 'I' -> padded(hourOfHalfDay(time), 2, out);
            case 'j' -> padded(time.getDayOfYear(), 3, out);
            case 'k' -> out.append(time.getHour());
            case 'l' -> out.append(hourOfHalfDay(time));
            case 'm' -> padded(time.getMonthValue(), 2, out);
            case 'M' -> padded(time.getMinute(), 2, out);
            case 'n' -> out.append(time.getMonthValue());
            case 'p' -> out.append(time.getHour() < 12 ? "AM" : "PM");
            case 's' -> out.append(time.toEpochSecond());
            case 'S' -> padded(time.getSecond(), 2, out);
            case 't' -> out.append(millis);
            case 'y' -> padded(Math.floorMod(time.getYear(), 100), 2, out);
            case 'Y' -> padded(time.getYear(), 4, out);
            case 'z' -> appendOffset(time.getOffset().getTotalSeconds() / 60, out);
            default -> {}
        }
    }

    /** Letters are escapes, all else stands for itself. */
    private static void appendAll(String letters, ZonedDateTime time, long millis, StringBuilder out) {
        for (int i = 0; i < letters.length(); i++) {
            char c = letters.charAt(i);
            if (Character.isLetter(c)) {
                append(c, time, millis, out);
            } else {
                out.append(c);
            }
        }
    }

    /** {@code TUESDAY} as {@code Tuesday}. */
    private static String name(Enum<?> constant) {
        StringBuilder name = new StringBuilder(constant.name());
        for (int i = 1; i < name.length(); i++) {
            name.setCharAt(i, Character.toLowerCase(name.charAt(i)));
        }
        return name.toString();
    }

    private static int hourOfHalfDay(ZonedDateTime time) {
        int hour = time.getHour() % 12;
        return hour == 0 ? 12 : hour;
    }

    private static void appendOffset(int minutes, StringBuilder out) {
        out.append(minutes < 0 ? '-' : '+');
        padded(Math.abs(minutes) / 60, 2, out);
        padded(Math.abs(minutes) % 60, 2, out);
    }

    private static void padded(int number, int digits, StringBuilder out) {
        String text = Integer.toString(number);
        out.append("0".repeat(Math.max(0, digits - text.length()))).append(text);
    }
}
