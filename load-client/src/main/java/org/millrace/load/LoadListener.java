package org.millrace.load;

/** Hears of what a run does, in the sender's thread, which it must not hold up for long. */
interface LoadListener {
    /** What became of a batch. */
    enum Fate {
        ACKED,
        REFUSED,
        /** The connection broke, or no answer came in time. */
        UNKNOWN
    }

    /**
     * In a search, before each of its runs.
     *
     * @param eventsPerSecond the rate that is tried
     */
    default void begin(double eventsPerSecond) {}

    default void batch(long first, int events, Fate fate) {}

    /**
     * About once a second, and once at the end.
     *
     * @param second what was counted since the last time
     */
    default void second(Second second) {}

    /**
     * A second of a run, or nearly so.
     *
     * @param endNanos since the start
     * @param nanos how long it was
     * @param measured false if part of it was warm-up
     * @param inFlight batches on their way at its end
     */
    record Second(long endNanos, long nanos, boolean measured, int inFlight, Figures figures) {}
}
