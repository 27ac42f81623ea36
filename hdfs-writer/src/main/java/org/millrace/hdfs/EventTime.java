package org.millrace.hdfs;

import com.codahale.metrics.Counter;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.millrace.api.part.RefusedEventException;
import org.millrace.codec.EventReader;
import org.millrace.codec.HeaderName;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The time of an event: its {@code timestamp} header, or the clock where the header is missing or not a number. Flume fails on
 * such an event again and again and delivers nothing behind it; we count it and warn, or refuse it where the operator has named a
 * place for such events. Thread-safe.
 */
final class EventTime {
    private static final Logger log = LoggerFactory.getLogger(EventTime.class);
    private static final HeaderName TIMESTAMP = HeaderName.of("timestamp");
    private static final long WARN_EVERY_MILLIS = 60_000;

    private static final long NONE = Long.MIN_VALUE;
    /** The years 1 to 9999: other times are mistakes, such as microseconds, and would make paths of odd lengths. */
    private static final long LEAST_MILLIS = -62_135_596_800_000L;

    private static final long MOST_MILLIS = 253_402_300_799_999L;

    private final String sink;
    private final Missing missing;
    private final boolean local;
    private final boolean inPaths;
    private final InstantSource clock;
    /** For warnings, which are to come although the clock was set back. */
    private final InstantSource steadyClock;

    private final Counter without;
    private final AtomicLong nextWarningMillis = new AtomicLong(Long.MIN_VALUE);

    /** What becomes of an event without a usable header whose path needs the time. */
    enum Missing {
        GOES_BY_THE_CLOCK,
        IS_REFUSED
    }

    /**
     * @param local paths go by the clock, {@code hdfs.useLocalTimeStamp}
     * @param inPaths whether paths go by the time at all: then an event has been asked for its time once it is written
     * @param without counts events whose header could not be used
     */
    EventTime(String sink, Missing missing, boolean local, boolean inPaths, InstantSource clock, Counter without) {
        this.sink = sink;
        this.missing = missing;
        this.local = local;
        this.inPaths = inPaths;
        this.clock = clock;
        this.steadyClock = new SteadyClock(clock);
        this.without = without;
    }

    /** The time for a bucket's path, epoch milliseconds. */
    long ofBucket(EventReader event) throws RefusedEventException {
        if (local) {
            return clock.millis();
        }
        String header = event.header(TIMESTAMP);
        long millis = header == null ? NONE : parsed(header);
        if (millis == NONE && missing == Missing.IS_REFUSED) {
            without.inc();
            throw new RefusedEventException("hdfs.path needs the time, and it " + lack(header), false);
        }
        if (millis != NONE) {
            return millis;
        }
        countAndWarn(header);
        return clock.millis();
    }

    private static String lack(@Nullable String header) {
        return header == null ? "has no timestamp header" : "has a timestamp header that is not epoch milliseconds";
    }

    /**
     * The header's time, epoch milliseconds; the clock's without one. An event without counts once: here, unless paths have asked for its
     * time already, or ask the clock by the operator's wish.
     */
    long ofRecord(EventReader event) {
        String header = event.header(TIMESTAMP);
        long millis = header == null ? NONE : parsed(header);
        if (millis != NONE) {
            return millis;
        }
        if (!local && !inPaths) {
            countAndWarn(header);
        }
        return clock.millis();
    }

    private static long parsed(String header) {
        try {
            long millis = Long.parseLong(header);
            return millis >= LEAST_MILLIS && millis <= MOST_MILLIS ? millis : NONE;
        } catch (NumberFormatException e) {
            return NONE;
        }
    }

    private void countAndWarn(@Nullable String header) {
        without.inc();
        long now = steadyClock.millis();
        long next = nextWarningMillis.get();
        if (now >= next && nextWarningMillis.compareAndSet(next, now + WARN_EVERY_MILLIS)) {
            log.warn(
                    "Sink {}: an event {}; it goes by the time of writing, as {} others so far. An interceptor of type "
                            + "timestamp at the source sets the header; hdfs.useLocalTimeStamp = true asks for none",
                    sink,
                    lack(header),
                    without.getCount() - 1);
        }
    }
}
