package org.millrace.relay.channel.spill;

import org.jspecify.annotations.Nullable;
import org.millrace.api.ChannelContext;
import org.millrace.api.ChannelMetrics;
import org.millrace.relay.channel.heap.ChannelLock;

/**
 * What the way into a channel and the way out of it share.
 *
 * @param overflow null: nothing spills
 * @param room guarded by the lock, as are the runs
 */
record SpillParts(
        ChannelContext context,
        SpillSettings settings,
        @Nullable Overflow overflow,
        ChannelLock shared,
        SpillRoom room,
        Runs runs) {
    String name() {
        return context.name();
    }

    ChannelMetrics metrics() {
        return context.metrics();
    }

    /** Where something has spilled, there is one. */
    Overflow requireOverflow() {
        if (overflow == null) {
            throw new IllegalStateException("channel " + name() + " has no overflow");
        }
        return overflow;
    }
}
