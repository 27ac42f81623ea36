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

    /** Never takes more than is there; without events there are no bytes, whatever averages have taken before. */
    void remove(long fewerEvents, long fewerEncodedBytes, long fewerBodyBytes) {
        boolean isLast = fewerEvents >= events;
        events = isLast ? 0 : events - fewerEvents;
        encodedBytes = isLast ? 0 : Math.max(0, encodedBytes - fewerEncodedBytes);
        bodyBytes = isLast ? 0 : Math.max(0, bodyBytes - fewerBodyBytes);
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
