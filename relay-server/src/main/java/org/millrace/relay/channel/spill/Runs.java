package org.millrace.relay.channel.spill;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.millrace.codec.EventBatch;

/**
 * What can be taken, oldest first, across memory and disk: each batch of the memory, and between them runs of events of the overflow, of
 * which only the numbers are known here. Owns the batches. Guarded by the channel's lock.
 */
final class Runs {
    /** Never taken, or in part. */
    private final Deque<Run> fresh = new ArrayDeque<>();
    /** Before those, by sequence: rolled back, or the rest of a batch. */
    private final TreeMap<Long, Run> ready = new TreeMap<>();

    private long nextSequence;

    /** Events that follow on one another on one side. */
    static final class Run {
        /** Of the first event that is left. */
        private long sequence;

        /** Null for a run of the overflow. */
        private final @Nullable EventBatch batch;
        /** Of the overflow: on disk, and not taken. */
        private long stored;
        /** Of the overflow: on their way to disk. */
        private long pending;

        private Run(long sequence, @Nullable EventBatch batch) {
            this.sequence = sequence;
            this.batch = batch;
        }

        /** Null for a run of the overflow. */
        @Nullable
        EventBatch batch() {
            return batch;
        }

        long sequence() {
            return sequence;
        }

        /** How many can be taken. */
        long events() {
            return batch == null ? stored : batch.events();
        }

        private boolean isOver() {
            return batch == null && stored == 0 && pending == 0;
        }
    }

    /** Takes the batch over. */
    void addToMemory(EventBatch batch) {
        if (batch.isEmpty()) {
            batch.release(); // a take promises events
            return;
        }
        fresh.addLast(new Run(nextSequence, batch));
        nextSequence += batch.events();
    }

    /** Events are on their way to disk; {@link #settled} says what became of them. */
    Run addToOverflow(int events) {
        Run last = fresh.peekLast();
        if (last == null || last.batch != null) {
            last = new Run(nextSequence, null);
            fresh.addLast(last);
        }
        last.pending += events;
        nextSequence += events;
        return last;
    }

    /** What the overflow has held since before the start. */
    void recovered(long events) {
        if (events > 0) {
            Run run = new Run(nextSequence, null);
            run.stored = events;
            fresh.addLast(run);
            nextSequence += events;
        }
    }

    void settled(Run run, int events, boolean areStored) {
        run.pending -= events;
        run.stored += areStored ? events : 0;
    }

    /** The oldest that can be taken; null while there is none, or it is still on its way to disk. */
    @Nullable
    Run head() {
        Map.Entry<Long, Run> first = ready.firstEntry();
        if (first != null) {
            return first.getValue();
        }
        while (!fresh.isEmpty() && fresh.getFirst().isOver()) {
            fresh.removeFirst();
        }
        Run head = fresh.peekFirst();
        return head == null || head.events() == 0 ? null : head;
    }

    /** Takes the batch at the head, or as much of it as was asked for. The caller owns it. */
    Piece takeFromMemory(Run head, EventBatch batch, int maxEvents) {
        remove(head);
        if (batch.events() <= maxEvents) {
            return new Piece(batch, head.sequence, null, 0);
        }
        EventBatch.Split parts = batch.split(maxEvents);
        Run rest = new Run(head.sequence + maxEvents, parts.tail());
        ready.put(rest.sequence, rest);
        return new Piece(parts.head(), head.sequence, null, 0);
    }

    /**
     * Events of the head have been taken from the overflow.
     *
     * @return the sequence of the first
     */
    long takenFromOverflow(Run head, long events) {
        long first = head.sequence;
        boolean isReady = ready.remove(first) != null;
        head.sequence += events;
        head.stored -= events;
        if (isReady && head.stored > 0) {
            ready.put(head.sequence, head);
        }
        return first;
    }

    private void remove(Run head) {
        if (ready.remove(head.sequence) == null) {
            fresh.removeFirst();
        }
    }

    /** Takes the piece over; it stands where it stood. */
    void putBack(Piece piece) {
        Run run = new Run(piece.sequence(), piece.lease() == null ? piece.batch() : null);
        if (run.batch == null) {
            run.stored = piece.batch().events();
            piece.batch().release(); // the overflow has it
        }
        ready.put(run.sequence, run);
    }

    /** @return how many events were in memory */
    long releaseAll() {
        long released = release(ready.values()) + release(fresh);
        ready.clear();
        fresh.clear();
        return released;
    }

    private static long release(Iterable<Run> runs) {
        long released = 0;
        for (Run run : runs) {
            if (run.batch != null) {
                released += run.batch.events();
                run.batch.release();
            }
        }
        return released;
    }
}
