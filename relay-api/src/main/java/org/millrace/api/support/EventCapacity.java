package org.millrace.api.support;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import org.millrace.api.Settings;

/**
 * How many events a channel holds, and how long it waits for room: the keys that Flume's channels share.
 *
 * @param events at least 1
 * @param transactionEvents of one transaction, and so of one batch; 1 to {@code events}
 * @param keepAlive how long a put waits for room; zero: not at all
 */
public record EventCapacity(int events, int transactionEvents, Duration keepAlive) {
    public static final String CAPACITY = "capacity";
    public static final String TRANSACTION_CAPACITY = "transactionCapacity";
    private static final String KEEP_ALIVE = "keep-alive";

    public EventCapacity {
        if (transactionEvents < 1 || transactionEvents > events) {
            throw new IllegalArgumentException(
                    TRANSACTION_CAPACITY + ": " + transactionEvents + " (expected: 1 to " + events + ")");
        }
    }

    /**
     * Reads {@code capacity}, {@code transactionCapacity} and {@code keep-alive}.
     *
     * @param defaultEvents of the channel
     * @param defaultTransactionEvents at most {@code defaultEvents}
     */
    public static EventCapacity read(Settings settings, int defaultEvents, int defaultTransactionEvents) {
        int events = settings.integer(CAPACITY, 1, Integer.MAX_VALUE)
                .about("events that fit in")
                .goingOnWith(Integer.MAX_VALUE)
                .orElse(defaultEvents);
        int perTransaction = transactionEvents(settings, events, defaultTransactionEvents);
        return new EventCapacity(events, perTransaction, keepAlive(settings));
    }

    /** As {@link #read(Settings, int, int)}, for a channel whose transactions may hold as much as the channel, unless the file says less. */
    public static EventCapacity read(Settings settings, int defaultEvents) {
        int events = settings.integer(CAPACITY, 1, Integer.MAX_VALUE)
                .about("events that fit in")
                .goingOnWith(Integer.MAX_VALUE)
                .orElse(defaultEvents);
        return new EventCapacity(events, transactionEvents(settings, events, events), keepAlive(settings));
    }

    private static Duration keepAlive(Settings settings) {
        return settings.duration(KEEP_ALIVE, ChronoUnit.SECONDS, 0, Integer.MAX_VALUE)
                .about("how long a put waits for room before it is refused")
                .orElse(Duration.ofSeconds(3));
    }

    private static int transactionEvents(Settings settings, int capacity, int defaultEvents) {
        boolean given = settings.has(TRANSACTION_CAPACITY);
        int events = settings.integer(TRANSACTION_CAPACITY, 1, Integer.MAX_VALUE)
                .about("the most events in a transaction, and so in a batch")
                .orElse(defaultEvents);
        if (events <= capacity) {
            return events;
        }
        settings.problem(
                given ? TRANSACTION_CAPACITY : CAPACITY,
                given
                        ? events + " (expected: at most capacity, which is " + capacity + ")"
                        : capacity + " (expected: at least transactionCapacity, which is " + events
                                + " unless set: set it to " + capacity + " or less)");
        return capacity;
    }
}
