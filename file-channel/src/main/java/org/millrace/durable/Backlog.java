package org.millrace.durable;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.millrace.api.support.Put;
import org.millrace.codec.EventBatch;
import org.millrace.codec.EventReader;
import org.millrace.durable.format.EventRange;
import org.millrace.durable.format.LogState;
import org.millrace.durable.format.PositionUpdate;

/**
 * What the channel holds: puts on their way into the log, and events in it that not all readers have committed. An event takes up room
 * until the last of them has. Guarded by the channel's lock.
 */
final class Backlog {
    private final List<String> readers;
    private final LogState positions;
    private final long recoveredEnd;
    private final Held inFlight = new Held();
    /** Of these only the number is known, and the bytes of all together, as their files tell: nobody has read them yet. */
    private final Held recovered = new Held();

    private final Held stored = new Held();
    private long inFlightMemoryBytes;
    private long end;

    /**
     * @param readers all of the channel's
     * @param positions of those readers; kept and changed here
     * @param recoveredEnd sequence behind the last event
     */
    Backlog(List<String> readers, LogState positions, long recoveredEnd) {
        this.readers = readers;
        this.positions = positions;
        this.recoveredEnd = recoveredEnd;
        this.end = recoveredEnd;
        long lowest = lowestWatermark();
        if (lowest < recoveredEnd) {
            List<EventRange> done = List.of(new EventRange(lowest, recoveredEnd));
            for (String reader : readers) {
                done = committedOf(done, reader);
            }
            long doneEvents = done.stream().mapToLong(EventRange::events).sum();
            recovered.add(recoveredEnd - lowest - doneEvents, 0, 0);
        }
    }

    /**
     * What was recovered is so large.
     *
     * @param bytes of all events from the lowest watermark on, those among them that all readers have committed included
     * @param bodyShare how much of that bodies are, about
     */
    void recoveredBytes(long bytes, double bodyShare) {
        double encoded = (double) bytes * recovered.events() / Math.max(1, recoveredEnd - lowestWatermark());
        recovered.add(0, (long) encoded, (long) (bodyShare * encoded));
    }

    /** Sequence behind the last event that is safe. */
    long end() {
        return end;
    }

    /** True for events that were there when the log was opened. */
    boolean isRecovered(long sequence) {
        return sequence < recoveredEnd;
    }

    /** Events that are safe, and that not all readers have committed. */
    long events() {
        return recovered.events() + stored.events();
    }

    /** Events that take up room: also those that are not safe yet. */
    long eventsWithInFlight() {
        return events() + inFlight.events();
    }

    /** As encoded, of all that takes up room. */
    long encodedBytes() {
        return recovered.encodedBytes() + stored.encodedBytes() + inFlight.encodedBytes();
    }

    /** Of all that takes up room. */
    long bodyBytes() {
        return recovered.bodyBytes() + stored.bodyBytes() + inFlight.bodyBytes();
    }

    long inFlightBytes() {
        return inFlight.encodedBytes();
    }

    /** What puts on their way hold of the heap. */
    long inFlightMemoryBytes() {
        return inFlightMemoryBytes;
    }

    /** What a put holds of the heap. */
    static long memoryBytes(Put put) {
        long bytes = 0;
        for (EventBatch batch : put.batches()) {
            bytes += batch.memoryBytes();
        }
        return bytes;
    }

    /** Events that the reader has not committed. */
    long eventsFor(String reader) {
        long above = 0;
        for (EventRange range : positions.committedAbove(reader)) {
            above += range.events();
        }
        return end - positions.watermark(reader) - above;
    }

    long watermark(String reader) {
        return positions.watermark(reader);
    }

    long lowestWatermark() {
        long lowest = Long.MAX_VALUE;
        for (String reader : readers) {
            lowest = Math.min(lowest, positions.watermark(reader));
        }
        return lowest;
    }

    List<EventRange> committedAbove(String reader) {
        return positions.committedAbove(reader);
    }

    byte @Nullable [] attached(String reader, String owner) {
        return positions.attached(reader, owner);
    }

    /** The put is on its way. */
    void begin(Put put) {
        inFlight.add(put.events(), put.encodedBytes(), put.bodyBytes());
        inFlightMemoryBytes += memoryBytes(put);
    }

    /** The put, which still owns its batches, did not make it. */
    void drop(Put put) {
        inFlight.remove(put.events(), put.encodedBytes(), put.bodyBytes());
        inFlightMemoryBytes -= memoryBytes(put);
    }

    /** The put, which still owns its batches, is safe, from {@code first} on. */
    void stored(Put put, long first) {
        drop(put);
        stored.add(put.events(), put.encodedBytes(), put.bodyBytes());
        end = first + put.events();
    }

    /** The reader is done with what it was lent. */
    void commit(PositionUpdate update, Iterable<Lease> delivered) {
        for (Lease lease : delivered) {
            for (EventRange free : doneByAll(update.reader(), lease.from(), lease.to())) {
                freeKnown(free, lease);
            }
        }
        positions.apply(update);
    }

    /** The reader will never see these events, and has not committed any of them: they are lost. */
    void skip(String reader, EventRange lost) {
        for (EventRange free : doneByAll(reader, lost.from(), lost.to())) {
            long before = Math.max(0, Math.min(free.to(), recoveredEnd) - free.from());
            recovered.removeAverage(before);
            stored.removeAverage(free.events() - before);
        }
        positions.apply(new PositionUpdate(reader, List.of(lost), Map.of()));
    }

    private void freeKnown(EventRange free, Lease lease) {
        EventBatch batch = lease.batch();
        if (isRecovered(free.from())) {
            recovered.removeAverage(free.events());
        } else if (free.events() == batch.events()) {
            stored.remove(batch);
        } else {
            freePart(batch, free.from() - lease.from(), free.events());
        }
    }

    /** Part of a batch, where readers have cut it in different places. */
    private void freePart(EventBatch batch, long skipped, long events) {
        EventReader event = batch.reader();
        for (long i = 0; i < skipped + events; i++) {
            event.next();
            if (i >= skipped) {
                stored.remove(1, event.encodedBytes(), event.bodyLength());
            }
        }
    }

    /** Of events that this reader is about to commit: those that all others have committed before. */
    private List<EventRange> doneByAll(String reader, long from, long to) {
        List<EventRange> done = List.of(new EventRange(from, to));
        for (String other : readers) {
            if (!other.equals(reader)) {
                done = committedOf(done, other);
            }
        }
        return done;
    }

    private List<EventRange> committedOf(List<EventRange> ranges, String reader) {
        List<EventRange> committed = new ArrayList<>(ranges.size());
        for (EventRange range : ranges) {
            addOverlap(committed, range, 0, positions.watermark(reader));
            for (EventRange above : positions.committedAbove(reader)) {
                addOverlap(committed, range, above.from(), above.to());
            }
        }
        return committed;
    }

    private static void addOverlap(List<EventRange> overlaps, EventRange range, long from, long to) {
        long start = Math.max(range.from(), from);
        long stop = Math.min(range.to(), to);
        if (start < stop) {
            overlaps.add(new EventRange(start, stop));
        }
    }
}
