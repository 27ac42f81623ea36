package org.millrace.durable.log;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.millrace.codec.EventBatch;
import org.millrace.durable.format.EventRange;

/** One who takes from a log in a model test, in several transactions at once. */
final class ModelReader implements AutoCloseable {
    private final RecordReader reader;
    private final BitSet committed;
    private final List<EventRange> leases = new ArrayList<>();

    /** @param committed what it has committed already */
    ModelReader(Log log, BitSet committed) {
        this.committed = committed;
        this.reader = log.read(committed.nextClearBit(0));
    }

    /** Takes the next events, and checks them. */
    void take(int mostEvents, ModelEvents events) throws Exception {
        BitSet out = (BitSet) committed.clone();
        leases.forEach(lease -> out.set((int) lease.from(), (int) lease.to()));
        int from = out.nextClearBit(0);
        if (reader.sequence() != from) {
            reader.seek(from);
        }
        RecordReader.Entry entry = reader.next(events.end());
        if (entry == null) {
            if (from < events.end()) {
                throw new AssertionError("nothing is read at " + from + ", though events end at " + events.end());
            }
            return;
        }
        EventBatch batch = events.checked(entry, from);
        int to = from + Math.min(mostEvents, batch.events());
        batch.release();
        int taken = out.nextSetBit(from);
        leases.add(new EventRange(from, taken < 0 ? to : Math.min(to, taken)));
    }

    /** What is to be committed; null if there is no such lease. */
    @Nullable
    EventRange commit(int number, boolean isHalf) {
        if (number >= leases.size()) {
            return null;
        }
        EventRange lease = leases.remove(number);
        EventRange done = lease;
        if (isHalf && lease.events() > 1) {
            done = new EventRange(lease.from(), lease.from() + lease.events() / 2);
            leases.add(number, new EventRange(done.to(), lease.to()));
        }
        committed.set((int) done.from(), (int) done.to());
        return done;
    }

    /** The commit has failed: it is to be taken again. */
    void failed(EventRange done) {
        committed.clear((int) done.from(), (int) done.to());
    }

    /** Gives a lease back. */
    void rollback(int number) {
        if (number < leases.size()) {
            leases.remove(number);
        }
    }

    @Override
    public void close() {
        reader.close();
    }
}
