package org.millrace.durable.log;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.millrace.api.ChannelException;
import org.millrace.codec.EventBatch;
import org.millrace.durable.format.GroupHeader;
import org.millrace.durable.format.RecordHeader;
import org.millrace.durable.log.GroupBuffer.Reservation;

/**
 * Where puts collect until the disk thread fetches them, group by group. A put is copied by the thread that appends it, into the open
 * buffer, without a lock; while all buffers are on their way to the disk it waits its turn, bounded by what the channel lets in.
 *
 * <p>Thread-safe: one lock, held for a few steps per put.
 */
final class Intake {
    /** One is being written, one is closed and next, one collects. */
    private static final int BUFFERS = 3;

    private final int leastGroupBytes;
    private final ReentrantLock lock = new ReentrantLock();

    // Guarded by the lock:
    private final Deque<GroupBuffer> unused = new ArrayDeque<>(BUFFERS);
    private final Deque<GroupBuffer> closed = new ArrayDeque<>(BUFFERS);
    private final Deque<Waiting> waiting = new ArrayDeque<>();
    private @Nullable GroupBuffer open;
    private long nextSequence;
    private long inFlightBytes;
    private boolean shut;

    /** A put that found no buffer. */
    private record Waiting(Append put, int bodyCrc) {}

    /** A put that waited, and will not go in. */
    private record Refused(Append put, ChannelException why) {}

    /**
     * @param leastGroupBytes a group is closed at this size, or at half of what is in flight if that is more
     * @param mostGroupBytes but never above this one, unless a single put is longer
     */
    Intake(int leastGroupBytes, int mostGroupBytes, long nextSequence) {
        this.leastGroupBytes = leastGroupBytes;
        this.nextSequence = nextSequence;
        for (int i = 0; i < BUFFERS; i++) {
            unused.add(new GroupBuffer(mostGroupBytes));
        }
    }

    /** What has become of a put. */
    enum Entry {
        /** The intake has been shut. */
        REFUSED,
        /** It waits for its group to be written, and others may join it. */
        GATHERING,
        /** There is a group that takes up nothing more. */
        GROUP_READY
    }

    Entry append(Append put) {
        int bodyCrc = bodyCrc(put);
        Reservation place;
        Entry entry;
        int notIn = 0;
        lock.lock();
        try {
            if (shut) {
                return Entry.REFUSED;
            }
            notIn = recordBytes(put);
            inFlightBytes += notIn;
            place = waiting.isEmpty() ? reserve(put, bodyCrc) : null;
            if (place == null) {
                waiting.add(new Waiting(put, bodyCrc));
            }
            entry = closed.isEmpty() ? Entry.GATHERING : Entry.GROUP_READY;
            notIn = 0;
        } finally {
            inFlightBytes -= notIn; // there was no memory for it: whoever put it is told by what is thrown
            lock.unlock();
        }
        if (place != null) {
            place.copy();
        }
        return entry;
    }

    /** While its bytes are hot from being received, and on as many threads as there are. */
    private static int bodyCrc(Append put) {
        CRC32C crc = new CRC32C();
        for (EventBatch batch : put.batches()) {
            batch.updateTo(crc);
        }
        return (int) crc.getValue();
    }

    private static int recordBytes(Append put) {
        return RecordHeader.BYTES + put.encodedBytes();
    }

    /** Under the lock. Null if no buffer is at hand. */
    private @Nullable Reservation reserve(Append put, int bodyCrc) {
        int recordBytes = recordBytes(put);
        if (open != null && !open.hasRoom(recordBytes)) {
            closed.add(open);
            open = null;
        }
        if (open == null) {
            GroupBuffer next = unused.peek();
            if (next == null) {
                return null;
            }
            next.begin(nextSequence, recordBytes);
            open = unused.remove();
        }
        Reservation place = open.reserve(put, bodyCrc);
        nextSequence = open.endSequence();
        if (open.usedBytes() >= Math.max(leastGroupBytes, GroupHeader.BYTES + inFlightBytes / 2)) {
            closed.add(open);
            open = null;
        }
        return place;
    }

    /** The oldest group, for the disk thread: a closed one, or else the open one as far as it is; null if there is none. */
    @Nullable
    GroupBuffer next() {
        lock.lock();
        try {
            GroupBuffer group = closed.poll();
            if (group == null) {
                group = open;
                open = null;
            }
            return group;
        } finally {
            lock.unlock();
        }
    }

    /** The group's puts have been answered; its buffer may be used again, first by those that wait. */
    void giveBack(GroupBuffer group) {
        List<Reservation> places = List.of();
        List<Refused> refused = new ArrayList<>(0);
        lock.lock();
        try {
            inFlightBytes -= group.putBytes();
            group.clear();
            unused.add(group);
            if (!waiting.isEmpty()) {
                places = reserveForWaiting(refused);
            }
        } finally {
            lock.unlock();
        }
        places.forEach(Reservation::copy);
        refused.forEach(each -> Callbacks.failed(each.put(), each.why()));
    }

    /** Under the lock. A put that there is no memory for fails by itself: who throws here would leave the others waiting for ever. */
    private List<Reservation> reserveForWaiting(List<Refused> refused) {
        List<Reservation> places = new ArrayList<>();
        for (Waiting next; (next = waiting.peek()) != null; waiting.remove()) {
            try {
                Reservation place = reserve(next.put(), next.bodyCrc());
                if (place == null) {
                    break;
                }
                places.add(place);
            } catch (RuntimeException | Error e) {
                inFlightBytes -= recordBytes(next.put());
                refused.add(new Refused(next.put(), new ChannelException("the log did not take a put: " + e, e)));
            }
        }
        return places;
    }

    /**
     * Fails the puts of a group for what is wrong with it alone; those behind it go on, and take its sequences.
     *
     * @param group that the disk thread has fetched and not given back, the oldest of all
     * @return how many puts
     */
    int failAlone(GroupBuffer group, ChannelException why) {
        lock.lock();
        try {
            long sequence = group.firstSequence();
            for (GroupBuffer behind : closed) {
                behind.renumber(sequence);
                sequence = behind.endSequence();
            }
            if (open != null) {
                open.renumber(sequence);
                sequence = open.endSequence();
            }
            nextSequence = sequence;
        } finally {
            lock.unlock();
        }
        int puts = group.appends().size();
        group.appends().forEach(put -> Callbacks.failed(put, why));
        giveBack(group);
        return puts;
    }

    /**
     * Fails everything in flight, in its order, and counts on from an earlier sequence.
     *
     * @param group that the disk thread has fetched and not given back, the oldest of all; null if none
     * @param sequence of the next put
     * @return how many puts
     */
    int failAll(@Nullable GroupBuffer group, long sequence, ChannelException why) {
        List<GroupBuffer> groups = new ArrayList<>(BUFFERS);
        List<Waiting> left;
        lock.lock();
        try {
            if (group != null) {
                groups.add(group);
            }
            groups.addAll(closed);
            closed.clear();
            if (open != null) {
                groups.add(open);
                open = null;
            }
            left = List.copyOf(waiting);
            waiting.clear();
            left.forEach(waiter -> inFlightBytes -= recordBytes(waiter.put()));
            nextSequence = sequence;
        } finally {
            lock.unlock();
        }
        int puts = left.size();
        for (GroupBuffer failed : groups) {
            puts += failed.appends().size();
            failed.settleCopies();
            failed.appends().forEach(put -> Callbacks.failed(put, why));
        }
        left.forEach(waiter -> Callbacks.failed(waiter.put(), why));
        groups.forEach(this::giveBack); // behind all answers, since it answers those that wait by now
        return puts;
    }

    /** Nothing is taken in from now on. */
    void shut() {
        lock.lock();
        try {
            shut = true;
        } finally {
            lock.unlock();
        }
    }

    /** Whether {@link #next} would give a group. */
    boolean hasGroup() {
        lock.lock();
        try {
            return open != null || !closed.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    /** Bytes of puts that have not been answered. */
    long inFlightBytes() {
        lock.lock();
        try {
            return inFlightBytes;
        } finally {
            lock.unlock();
        }
    }
}
