package org.millrace.hdfs;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoField;
import java.time.temporal.ChronoUnit;

/**
 * Rounds an event's time down, so that events of one interval share a bucket: the field of the unit is cut to a multiple of
 * {@code value}, and all smaller fields to zero, as the clock on the wall in the zone shows them.
 *
 * @param unit {@code SECONDS}, {@code MINUTES} or {@code HOURS}
 * @param value 1 to 60, for hours 1 to 24
 */
record Rounding(ChronoUnit unit, int value) {
    /** Times as they are. */
    static final Rounding NONE = new Rounding(ChronoUnit.SECONDS, 1);

    Rounding {
        if (value < 1 || value > most(unit)) {
            throw new IllegalArgumentException("value: " + value + " (expected: 1 to " + most(unit) + ")");
        }
    }

    /** The largest value that a unit takes. */
    static int most(ChronoUnit unit) {
        return unit == ChronoUnit.HOURS ? 24 : 60;
    }

    /** How long a rounded time stays the same, about. */
    Duration step() {
        return Duration.of(value, unit);
    }

    /** The wall clock's time at {@code millis}, rounded; to the second at least. */
    ZonedDateTime apply(long millis, ZoneId zone) {
        ZonedDateTime time = Instant.ofEpochMilli(millis).atZone(zone).truncatedTo(unit);
        ChronoField field = switch (unit) {
            case SECONDS -> ChronoField.SECOND_OF_MINUTE;
            case MINUTES -> ChronoField.MINUTE_OF_HOUR;
            default -> ChronoField.HOUR_OF_DAY;
        };
        int now = time.get(field);
        return time.with(field, now - now % value);
    }
}
