package org.millrace.load;

import picocli.CommandLine.Option;

/** What the events are. */
final class EventOptions {
    private static final int MOST_BATCH_EVENTS = 100_000;
    private static final int MOST_BATCH_BYTES = 64 << 20;

    @Option(names = "--batch", paramLabel = "EVENTS", description = "Events in a batch (100).")
    private int batchEvents = 100;

    @Option(names = "--body", paramLabel = "BYTES", description = "Bytes of an event's body (512).")
    private int bodyBytes = 512;

    int batchEvents() {
        OptionException.requireBetween("--batch", batchEvents, 1, MOST_BATCH_EVENTS);
        return batchEvents;
    }

    /** The caller closes them. */
    Events events() {
        OptionException.requireBetween("--body", bodyBytes, 0, MOST_BATCH_BYTES / batchEvents());
        return new EqualEvents(bodyBytes);
    }
}
