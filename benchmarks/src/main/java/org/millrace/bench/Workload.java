package org.millrace.bench;

/**
 * What is asked of a server: a closed loop, so that a connection sends its next request when one of those before is answered.
 *
 * @param connections open at once
 * @param inFlight requests without an answer, each connection
 * @param batchEvents events in a request
 * @param bodyBytes of an event; three headers come on top, 63 bytes encoded
 * @param hosts how many values one of the headers has, in turn
 */
record Workload(int connections, int inFlight, int batchEvents, int bodyBytes, int hosts) {
    Workload {
        requirePositive("connections", connections);
        requirePositive("inFlight", inFlight);
        requirePositive("batchEvents", batchEvents);
        requirePositive("hosts", hosts);
        if (bodyBytes < 0) {
            throw new IllegalArgumentException("bodyBytes: " + bodyBytes + " (expected: at least 0)");
        }
    }

    /** With one host. */
    Workload(int connections, int inFlight, int batchEvents, int bodyBytes) {
        this(connections, inFlight, batchEvents, bodyBytes, 1);
    }

    private static void requirePositive(String name, int value) {
        if (value <= 0) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: more than 0)");
        }
    }

    @Override
    public String toString() {
        return "batch " + batchEvents + ", " + connections + " connections"
                + (inFlight == 1 ? "" : " x " + inFlight + " in flight")
                + (hosts == 1 ? "" : ", " + hosts + " hosts");
    }
}
