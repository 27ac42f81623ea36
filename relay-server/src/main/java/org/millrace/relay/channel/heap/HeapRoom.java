package org.millrace.relay.channel.heap;

import org.millrace.api.support.Put;

/**
 * How much of a channel's memory is taken up: by what is stored, and by what sinks have taken and not yet committed. Guarded by the
 * channel's lock.
 */
public final class HeapRoom {
    private final int mostEvents;
    private final ByteLimits limits;

    private long events;
    private long bodyBytes;
    private long encodedBytes;

    /** @param mostEvents 0: nothing fits */
    public HeapRoom(int mostEvents, ByteLimits limits) {
        this.mostEvents = mostEvents;
        this.limits = limits;
    }

    public boolean fits(Put put) {
        return hasRoomForEvents(put) && hasRoomForBodies(put) && hasRoomForBytes(put);
    }

    public boolean hasRoomForEvents(Put put) {
        return put.events() <= mostEvents - events;
    }

    public boolean hasRoomForBodies(Put put) {
        return put.bodyBytes() <= limits.bodyBytes() - bodyBytes;
    }

    /** For bodies and headers together. */
    public boolean hasRoomForBytes(Put put) {
        return put.encodedBytes() <= limits.heapBytes() - encodedBytes;
    }

    /** True if its bytes do not even fit while nothing is there. Needs no lock. */
    public boolean hasTooManyBytes(Put put) {
        return put.bodyBytes() > limits.bodyBytes() || put.encodedBytes() > limits.heapBytes();
    }

    /** True if it does not even fit while nothing is there. Needs no lock. */
    public boolean isTooSmallFor(Put put) {
        return put.events() > mostEvents || hasTooManyBytes(put);
    }

    public void occupy(Put put) {
        events += put.events();
        bodyBytes += put.bodyBytes();
        encodedBytes += put.encodedBytes();
    }

    public void free(long freedEvents, long freedBodyBytes, long freedEncodedBytes) {
        events -= freedEvents;
        bodyBytes -= freedBodyBytes;
        encodedBytes -= freedEncodedBytes;
    }

    public long events() {
        return events;
    }

    public long bodyBytes() {
        return bodyBytes;
    }

    public long encodedBytes() {
        return encodedBytes;
    }

    /** 0 to 1, by the measure that is fullest. */
    public double fill() {
        return mostEvents == 0 ? 1 : Math.max((double) events / mostEvents, byteFill());
    }

    /** The same by bytes alone. */
    public double byteFill() {
        return Math.max((double) bodyBytes / limits.bodyBytes(), (double) encodedBytes / limits.heapBytes());
    }
}
