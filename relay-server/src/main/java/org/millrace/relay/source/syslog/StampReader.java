package org.millrace.relay.source.syslog;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;

/**
 * Reads the two kinds of time stamps: of RFC 5424 (as ISO 8601, with a zone or without) and of RFC 3164 (month, day and time, without a
 * year). Remembers the minute it read last, since messages of the same minute come together. One thread.
 */
final class StampReader {
    static final long NO_TIME = SyslogMessage.NO_TIME;

    private static final int NO_ZONE = Integer.MIN_VALUE;
    private static final int ISO_LENGTH = 19; // 2003-08-24T05:14:15
    private static final int MAX_FRACTION_DIGITS = 9;
    private static final int MILLI_DIGITS = 3;
    private static final int TIME_LENGTH = 8; // 05:14:15
    private static final int MINUTE_MILLIS = 60_000;
    private static final long GUESS_LASTS_MILLIS = 3_600_000;
    private static final String MONTHS = "JanFebMarAprMayJunJulAugSepOctNovDec";

    private final ZoneId zone;
    private final InstantSource clock;
    private final boolean isStrict;

    private long isoKey;
    private int isoOffset;
    private long isoMinuteMillis = NO_TIME;
    private int guessKey;
    private long guessedAtMillis;
    private long guessMinuteMillis = NO_TIME;

    private long millis;

    /**
     * @param zone of stamps that do not say theirs
     * @param clock tells the year
     * @param isStrict whether a day or time that does not exist is no time; else it counts on, as the 31st of November to the 1st of December
     */
    StampReader(ZoneId zone, InstantSource clock, boolean isStrict) {
        this.zone = zone;
        this.clock = clock;
        this.isStrict = isStrict;
    }

    /** Epoch milliseconds of the stamp that was read last; {@link #NO_TIME} if it looks like one and there is no such time. */
    long millis() {
        return millis;
    }

    /** Reads a stamp as RFC 5424 has it; returns where it ends, or -1 if there is none. */
    int readIso(byte[] b, int at, int end) {
        if (end - at < ISO_LENGTH || !isDate(b, at) || b[at + 10] != 'T' || !isTime(b, at + 11)) {
            return -1;
        }
        int next = at + ISO_LENGTH;
        int fraction = 0;
        if (next < end && b[next] == '.') {
            int digits = digits(b, next + 1, end);
            if (digits == 0 || digits > MAX_FRACTION_DIGITS) {
                return -1;
            }
            for (int i = 0; i < MILLI_DIGITS; i++) {
                fraction = fraction * 10 + (i < digits ? b[next + 1 + i] - '0' : 0);
            }
            next += 1 + digits;
        }
        int offsetMinutes = NO_ZONE;
        if (next < end && b[next] == 'Z') {
            offsetMinutes = 0;
            next++;
        } else if (next < end && (b[next] == '+' || b[next] == '-')) {
            if (end - next < 6
                    || digits(b, next + 1, next + 3) < 2
                    || b[next + 3] != ':'
                    || digits(b, next + 4, next + 6) < 2) {
                return -1;
            }
            int minutes = number(b, next + 1, 2) * 60 + number(b, next + 4, 2);
            offsetMinutes = b[next] == '-' ? -minutes : minutes;
            next += 6;
        }
        long minute = isoMinute(b, at, offsetMinutes);
        millis = withSeconds(minute, number(b, at + 17, 2), fraction);
        return next;
    }

    /** Reads a stamp as RFC 3164 has it, such as {@code Oct 11 22:14:15}; returns where it ends, or -1 if there is none. */
    int readTraditional(byte[] b, int at, int end) {
        if (end - at < 14
                || !isBetween(b[at], 'A', 'Z')
                || !isBetween(b[at + 1], 'a', 'z')
                || !isBetween(b[at + 2], 'a', 'z')
                || !isBlank(b[at + 3])) {
            return -1;
        }
        int day = isBlank(b[at + 4]) ? at + 5 : at + 4;
        int dayDigits = Math.min(2, digits(b, day, end));
        int time = day + dayDigits + 1;
        if (dayDigits == 0 || end - time < TIME_LENGTH || !isBlank(b[time - 1]) || !isTime(b, time)) {
            return -1;
        }
        int month = month(b, at);
        millis = month == 0
                ? NO_TIME
                : withSeconds(
                        guessedMinute(month, number(b, day, dayDigits), number(b, time, 2), number(b, time + 3, 2)),
                        number(b, time + 6, 2),
                        0);
        return time + TIME_LENGTH;
    }

    private long withSeconds(long minute, int seconds, int fractionMillis) {
        boolean isSecond = seconds <= 60 || !isStrict; // 60: a leap second, which is the first of the next minute
        return minute == NO_TIME || !isSecond ? NO_TIME : minute + seconds * 1000L + fractionMillis;
    }

    private long isoMinute(byte[] b, int at, int offsetMinutes) {
        long key = number(b, at, 4);
        for (int part = at + 5; part <= at + 14; part += 3) {
            key = key * 100 + number(b, part, 2);
        }
        if (isoMinuteMillis == NO_TIME || key != isoKey || offsetMinutes != isoOffset) {
            isoKey = key;
            isoOffset = offsetMinutes;
            isoMinuteMillis = minute(
                    number(b, at, 4),
                    number(b, at + 5, 2),
                    number(b, at + 8, 2),
                    number(b, at + 11, 2),
                    number(b, at + 14, 2),
                    offsetMinutes);
        }
        return isoMinuteMillis;
    }

    /**
     * Whoever leaves the year out means the last eleven months or the next one: senders' clocks may be ahead of ours, and messages late.
     */
    private long guessedMinute(int month, int day, int hour, int minute) {
        int key = ((month * 100 + day) * 100 + hour) * 100 + minute;
        long now = clock.millis();
        if (guessMinuteMillis == NO_TIME || key != guessKey || now - guessedAtMillis > GUESS_LASTS_MILLIS) {
            guessKey = key;
            guessedAtMillis = now;
            guessMinuteMillis = guess(month, day, hour, minute, Instant.ofEpochMilli(now));
        }
        return guessMinuteMillis;
    }

    private long guess(int month, int day, int hour, int minute, Instant now) {
        int year = now.atOffset(ZoneOffset.UTC).getYear();
        long thisYear = minute(year, month, day, hour, minute, NO_ZONE);
        if (thisYear == NO_TIME) {
            return NO_TIME;
        }
        ZonedDateTime time = Instant.ofEpochMilli(thisYear).atZone(zone);
        if (time.minusMonths(1).toInstant().isAfter(now)) {
            time = time.minusYears(1);
        } else if (time.plusMonths(11).toInstant().isBefore(now)) {
            time = time.plusYears(1);
        }
        return time.toInstant().toEpochMilli();
    }

    private long minute(int year, int month, int day, int hour, int minute, int offsetMinutes) {
        try {
            LocalDateTime time = isStrict
                    ? LocalDateTime.of(year, month, day, hour, minute)
                    : LocalDateTime.of(year, 1, 1, 0, 0)
                            .plusMonths(month - 1L)
                            .plusDays(day - 1L)
                            .plusHours(hour)
                            .plusMinutes(minute);
            return offsetMinutes == NO_ZONE
                    ? time.atZone(zone).toInstant().toEpochMilli()
                    : time.toInstant(ZoneOffset.UTC).toEpochMilli() - offsetMinutes * (long) MINUTE_MILLIS;
        } catch (DateTimeException e) {
            return NO_TIME;
        }
    }

    private static boolean isDate(byte[] b, int at) {
        return digits(b, at, at + 4) == 4
                && b[at + 4] == '-'
                && digits(b, at + 5, at + 7) == 2
                && b[at + 7] == '-'
                && digits(b, at + 8, at + 10) == 2;
    }

    private static boolean isTime(byte[] b, int at) {
        return digits(b, at, at + 2) == 2
                && b[at + 2] == ':'
                && digits(b, at + 3, at + 5) == 2
                && b[at + 5] == ':'
                && digits(b, at + 6, at + 8) == 2;
    }

    /** 1 to 12; 0 for none. */
    private static int month(byte[] b, int at) {
        for (int i = 0; i < MONTHS.length(); i += 3) {
            if (MONTHS.charAt(i) == b[at] && MONTHS.charAt(i + 1) == b[at + 1] && MONTHS.charAt(i + 2) == b[at + 2]) {
                return i / 3 + 1;
            }
        }
        return 0;
    }

    private static int digits(byte[] b, int from, int to) {
        int at = from;
        while (at < to && isBetween(b[at], '0', '9')) {
            at++;
        }
        return at - from;
    }

    private static int number(byte[] b, int at, int digits) {
        int number = 0;
        for (int i = at; i < at + digits; i++) {
            number = number * 10 + b[i] - '0';
        }
        return number;
    }

    private static boolean isBlank(byte b) {
        return b == ' ' || b == '\t';
    }

    private static boolean isBetween(byte b, char first, char last) {
        return b >= first && b <= last;
    }
}
