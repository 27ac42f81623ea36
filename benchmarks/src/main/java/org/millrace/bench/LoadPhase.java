package org.millrace.bench;

/** Where a run of the load generator stands. Any thread. */
final class LoadPhase {
    private volatile boolean isMeasured;
    private volatile boolean isStopped;

    boolean isRunning() {
        return !isStopped;
    }

    boolean isMeasured() {
        return isMeasured;
    }

    void measure() {
        isMeasured = true;
    }

    void endMeasuring() {
        isMeasured = false;
    }

    void stop() {
        isStopped = true;
    }
}
