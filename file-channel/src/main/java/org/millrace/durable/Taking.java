package org.millrace.durable;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.millrace.codec.EventBatch;
import org.millrace.durable.format.EventRange;
import org.millrace.durable.log.RecordReader;

/**
 * How far one reader has taken, from the start of the channel to its close. What comes next is, in this order: what was rolled back or
 * cut off, what the cache has, what the disk has.
 *
 * <p>Thread-safe. Under the channel's lock but for {@link #take} and {@link #closeReader}: the disk is read without it, by one thread
 * at a time, for others would have to wait for the same events anyway.
 */
final class Taking {
    private final String reader;
    private final OpenLog open;
    private final ReentrantLock lock;
    private final LogReaders readers;
    private final LossListener losses;

    /** Held while the disk is read; taken before the channel's lock, never behind it. */
    private final ReentrantLock disk = new ReentrantLock();

    /** Guarded by {@code disk}; null until it is needed. */
    private @Nullable RecordReader fromDisk;

    // Guarded by the channel's lock:
    /** Before {@code next}, and to be taken first: rolled back, or the rest of a batch. Owned. */
    private final TreeMap<Long, EventBatch> ready = new TreeMap<>();
    /** Above {@code next}, and committed before the restart: to be left out. */
    private final Deque<EventRange> leftOut;

    private long next;
    private boolean closed;

    Taking(String reader, OpenLog open, ReentrantLock lock, LogReaders readers, LossListener losses) {
        this.reader = reader;
        this.open = open;
        this.lock = lock;
        this.readers = readers;
        this.losses = losses;
        this.next = open.backlog().watermark(reader);
        this.leftOut = new ArrayDeque<>(open.backlog().committedAbove(reader));
    }

    /** Sequence of the first event that was never taken since the start. */
    long next() {
        return next;
    }

    boolean hasEvents() {
        return !ready.isEmpty() || firstNotLeftOut() < open.backlog().end();
    }

    /**
     * The oldest events; null if there are none, or the channel is closed. Without the lock. The caller owns the batch.
     *
     * @throws IOException if they are on the disk, and it does not give them
     */
    @Nullable
    Lease take(int maxEvents) throws IOException {
        Lease lease;
        lock.lock();
        try {
            lease = takeFromMemory(maxEvents);
            if (lease != null || closed || !hasEvents()) {
                return lease;
            }
        } finally {
            lock.unlock();
        }
        disk.lock();
        try {
            return takeFromDisk(maxEvents);
        } finally {
            disk.unlock();
        }
    }

    /** Takes the batch over; it stands where it stood. False if the channel is closed: then it is the caller's still. */
    boolean putBack(Lease lease) {
        if (closed) {
            return false;
        }
        ready.put(lease.from(), lease.batch());
        return true;
    }

    void close() {
        closed = true;
        ready.values().forEach(EventBatch::release);
        ready.clear();
    }

    /** Without the lock; waits for a thread that reads the disk. */
    void closeReader() {
        disk.lock();
        try {
            if (fromDisk != null) {
                fromDisk.close();
                fromDisk = null;
            }
        } finally {
            disk.unlock();
        }
    }

    /** Under both locks, or the channel's alone. */
    private @Nullable Lease takeFromMemory(int maxEvents) {
        Map.Entry<Long, EventBatch> first = ready.pollFirstEntry();
        if (first != null) {
            return cut(first.getKey(), first.getValue(), maxEvents);
        }
        leaveOut();
        EventBatch cached = closed ? null : open.cache().from(next);
        return cached == null ? null : advance(cached, maxEvents);
    }

    private @Nullable Lease takeFromDisk(int maxEvents) throws IOException {
        while (true) {
            long from;
            long end;
            lock.lock();
            try {
                Lease lease = takeFromMemory(maxEvents); // somebody else may have read on, or rolled back
                if (lease != null || closed || !hasEvents()) {
                    return lease;
                }
                from = next;
                end = open.backlog().end();
            } finally {
                lock.unlock();
            }
            RecordReader.Entry entry = readerAt(from).next(end);
            if (entry instanceof RecordReader.Gap gap) {
                goOnBehind(gap);
            } else {
                return entry instanceof RecordReader.Stored stored ? taken(stored, maxEvents) : null;
            }
        }
    }

    private RecordReader readerAt(long sequence) {
        RecordReader at = fromDisk;
        if (at == null) {
            at = open.log().read(sequence);
            fromDisk = at;
        } else if (at.sequence() != sequence) {
            at.seek(sequence);
        }
        return at;
    }

    private @Nullable Lease taken(RecordReader.Stored stored, int maxEvents) {
        lock.lock();
        try {
            if (closed) {
                stored.batch().release();
                return null;
            }
            if (open.backlog().isRecovered(stored.sequence())) {
                open.times().arrived(stored.sequence(), stored.epochMillis());
            }
            return advance(stored.batch(), maxEvents);
        } finally {
            lock.unlock();
        }
    }

    private void goOnBehind(RecordReader.Gap gap) {
        List<EventRange> lost;
        lock.lock();
        try {
            lost = skip(gap.to());
            readers.moved();
        } finally {
            lock.unlock();
        }
        lost.forEach(range -> losses.lost(reader, range, gap.why()));
    }

    /** Events that were committed before the restart are no loss: they are left out, as anywhere. Nothing is left out at {@code next}. */
    private List<EventRange> skip(long to) {
        List<EventRange> lost = new ArrayList<>();
        for (EventRange out; (out = leftOut.peekFirst()) != null && out.from() < to; leftOut.removeFirst()) {
            lost.add(new EventRange(next, out.from()));
            next = out.to();
        }
        if (next < to) {
            lost.add(new EventRange(next, to));
            next = to;
        }
        return lost;
    }

    /** The batch starts at {@code next}. */
    private Lease advance(EventBatch batch, int maxEvents) {
        EventRange out = leftOut.peekFirst();
        EventBatch wanted = batch;
        if (out != null && out.from() < next + batch.events()) {
            EventBatch.Split parts = batch.split((int) (out.from() - next));
            parts.tail().release();
            wanted = parts.head();
        }
        long from = next;
        next += wanted.events();
        readers.moved();
        return cut(from, wanted, maxEvents);
    }

    private Lease cut(long from, EventBatch batch, int maxEvents) {
        if (batch.events() <= maxEvents) {
            return new Lease(from, batch);
        }
        EventBatch.Split parts = batch.split(maxEvents);
        ready.put(from + maxEvents, parts.tail());
        return new Lease(from, parts.head());
    }

    private void leaveOut() {
        next = firstNotLeftOut();
        while (!leftOut.isEmpty() && leftOut.getFirst().to() <= next) {
            leftOut.removeFirst();
        }
    }

    /** Ranges never touch one another, so at most one starts here. */
    private long firstNotLeftOut() {
        EventRange out = leftOut.peekFirst();
        return out != null && out.from() <= next ? Math.max(next, out.to()) : next;
    }
}
