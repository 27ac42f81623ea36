package org.millrace.durable;

import java.util.ArrayList;
import java.util.List;
import org.millrace.api.support.TakenBatch;
import org.millrace.codec.EventBatch;
import org.millrace.durable.format.EventRange;

/**
 * Events that a transaction has taken, next to each other in the log. Whoever holds this owns the batch.
 *
 * @param from sequence of the first event
 */
record Lease(long from, EventBatch batch) implements TakenBatch {
    /** Sequence behind the last event. */
    long to() {
        return from + batch.events();
    }

    /** What the leases span, joined where one goes on where the one before it ends. */
    static List<EventRange> ranges(Iterable<Lease> leases) {
        List<EventRange> ranges = new ArrayList<>(1);
        long from = 0;
        long to = 0;
        for (Lease lease : leases) {
            if (lease.from() != to && to > from) {
                ranges.add(new EventRange(from, to));
            }
            from = lease.from() == to && to > from ? from : lease.from();
            to = lease.to();
        }
        if (to > from) {
            ranges.add(new EventRange(from, to));
        }
        return ranges;
    }
}
