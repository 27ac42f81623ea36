package org.millrace.client;

import java.util.ArrayList;
import java.util.List;
import org.millrace.codec.EventBatch;
import org.millrace.codec.EventBatchBuilder;

/** Cuts a list of events into the calls that carry it. Thread-safe. */
final class BatchEncoder {
    /** A call gets no more events once it has so many bytes: large events go in smaller calls. */
    private static final int ENOUGH_BYTES = 4 << 20;

    private final int batchEvents;

    BatchEncoder(int batchEvents) {
        this.batchEvents = batchEvents;
    }

    /** Batches of at least one event, in order; the caller owns them. */
    List<EventBatch> encode(List<Event> events) {
        List<EventBatch> calls = new ArrayList<>(1 + events.size() / batchEvents);
        boolean complete = false;
        try (EventBatchBuilder builder = new EventBatchBuilder()) {
            for (Event event : events) {
                builder.add(event.headers(), event.body());
                if (builder.events() == batchEvents || builder.encodedBytes() >= ENOUGH_BYTES) {
                    calls.add(builder.build());
                }
            }
            if (builder.events() > 0) {
                calls.add(builder.build());
            }
            complete = true;
            return calls;
        } finally {
            if (!complete) {
                calls.forEach(EventBatch::release);
            }
        }
    }
}
