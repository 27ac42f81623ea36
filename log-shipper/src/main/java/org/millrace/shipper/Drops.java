package org.millrace.shipper;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Counts the events that are dropped, and tells why: at most once a minute for each reason. Thread-safe. */
final class Drops {
    private static final long WARN_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final String name;
    private final ShipperListener listener;
    private final AtomicLong events = new AtomicLong();
    /** By the clock of {@link System#nanoTime}; what was dropped in the minute after it is in the next line's count. */
    private final Map<Reason, AtomicLong> lastTold = new EnumMap<>(Reason.class);

    /** What is told apart. */
    enum Reason {
        NO_ROOM,
        INTERRUPTED,
        UNENCODABLE,
        REFUSED
    }

    Drops(String name, ShipperListener listener) {
        this.name = name;
        this.listener = listener;
        for (Reason reason : Reason.values()) {
            lastTold.put(reason, new AtomicLong(System.nanoTime() - WARN_NANOS));
        }
    }

    long events() {
        return events.get();
    }

    /** Counts some of which the caller tells. */
    void add(int dropped) {
        events.addAndGet(dropped);
    }

    /** Counts some and tells of them. */
    void add(int dropped, Reason reason, String why) {
        if (dropped == 0) {
            return;
        }
        long all = events.addAndGet(dropped);
        AtomicLong told = Objects.requireNonNull(lastTold.get(reason));
        long now = System.nanoTime();
        long last = told.get();
        if (now - last >= WARN_NANOS && told.compareAndSet(last, now)) {
            listener.warn(name + ": " + why + "; events are dropped, " + all + " so far", null);
        }
    }
}
