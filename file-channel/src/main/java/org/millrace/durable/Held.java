package org.millrace.durable;

import org.millrace.codec.EventBatch;

/** How much of something there is: events, and their bytes. Guarded by the channel's lock. */
final class Held {
    private long events;
    private long encodedBytes;
    private long bodyBytes;

    long events() {
        return events;
    }

    /** Of all events as encoded. */
    long encodedBytes() {
        return encodedBytes;
    }

    /** Of all bodies. */
    long bodyBytes() {
        return bodyBytes;
    }

    void add(long moreEvents, long moreEncodedBytes, long moreBodyBytes) {
        events += moreEvents;
        encodedBytes += moreEncodedBytes;
        bodyBytes += moreBodyBytes;
    }

    void remove(long fewerEvents, long fewerEncodedBytes, long fewerBodyBytes) {
        add(-fewerEvents, -fewerEncodedBytes, -fewerBodyBytes);
    }

    void remove(EventBatch batch) {
        remove(batch.events(), batch.encodedBytes(), batch.bodyBytes());
    }

    /** Takes events away whose size nobody knows: each counts as the average. Never takes more than is there. */
    void removeAverage(long fewerEvents) {
        if (fewerEvents >= events) {
            remove(events, encodedBytes, bodyBytes);
        } else if (fewerEvents > 0) {
            double share = (double) fewerEvents / events;
            remove(fewerEvents, (long) (share * encodedBytes), (long) (share * bodyBytes));
        }
    }
}
