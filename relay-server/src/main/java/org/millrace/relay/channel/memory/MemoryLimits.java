package org.millrace.relay.channel.memory;

import org.millrace.api.Settings;
import org.millrace.api.support.EventCapacity;
import org.millrace.relay.channel.heap.ByteLimits;

/**
 * How much a memory channel holds.
 *
 * @param room in events
 */
record MemoryLimits(EventCapacity room, ByteLimits bytes) {
    private static final int DEFAULT_EVENTS = 100;

    /** @param maxHeapBytes what the JVM may use; 80 % of it is the default for bytes */
    static MemoryLimits read(Settings settings, long maxHeapBytes) {
        return read(settings, maxHeapBytes, EventCapacity.read(settings, DEFAULT_EVENTS, DEFAULT_EVENTS));
    }

    /** @param room as it was read */
    static MemoryLimits read(Settings settings, long maxHeapBytes, EventCapacity room) {
        return new MemoryLimits(room, ByteLimits.read(settings, maxHeapBytes, "in"));
    }

    /** In events. */
    int capacity() {
        return room.events();
    }

    int transactionCapacity() {
        return room.transactionEvents();
    }
}
