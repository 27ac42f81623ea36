package org.millrace.durable.log;

import java.io.IOException;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.millrace.api.ChannelException;
import org.millrace.durable.format.LogState;
import org.millrace.durable.format.PositionUpdate;

/** The log as a channel sees it. Thread-safe; {@link #append} and {@link #commit} never block on the disk. */
public interface Log extends AutoCloseable {
    /** What recovery found; a copy. Does not change with what is put or committed later. */
    LogState recovered();

    /** Whose number this event's sequence is, for the next hop: never given to two events. Null if nobody knows. */
    default @Nullable UUID senderId(long sequence) {
        return null;
    }

    /** The sequence of the next event when the log was opened: events from the lowest watermark up to here are the backlog. */
    long recoveredEnd();

    /**
     * Bytes of the files that hold the events from one on up to {@link #recoveredEnd}: what stands around them included, and what a
     * segment had to spare at its end. Reads no events.
     *
     * @param from at or before {@link #recoveredEnd}
     * @throws IOException if the disk does not answer
     */
    long recoveredBytes(long from) throws IOException;

    /** Puts a record. It fails with a {@link org.millrace.api.ChannelFullException} while {@link #isFull}. One that can never fit (longer than a segment) fails at once, with a message that names the key to raise. */
    void append(Append put);

    /**
     * Whether a put would be refused with a {@link org.millrace.api.BatchTooLargeException}, as segments are at the moment: each begins
     * with what is attached to the positions, which leaves puts more room or less. A single event that may fit once less is attached is
     * refused otherwise, since it cannot be parted.
     */
    default boolean neverTakes(int events, long encodedBytes) {
        return false;
    }

    /** Behind puts with {@link Append#moreFollows}: the disk begins with them, if it has not. */
    void flush();

    /** Moves a position. Durable with the next group, or a little later; see {@link LogSettings#positionsInterval}. */
    void commit(PositionUpdate update);

    /**
     * As {@link #commit}, and waits until it is as safe as a put. If it fails the position has not moved, and no later one tells of it;
     * only if the process ends before the disk writes anything else can what failed be found on it all the same.
     *
     * @throws InterruptedException if it was taken back in time; otherwise the interrupt status stays set, and the outcome is the disk's
     */
    void commitAndWait(PositionUpdate update) throws InterruptedException, ChannelException;

    /** A reader that stands at an event. The caller closes it. */
    RecordReader read(long sequence);

    /** True while the disk leaves no room to grow and all segments are needed: appends fail until readers or somebody else make room. */
    boolean isFull();

    /** Runs the action, on any thread, each time {@link #isFull} or {@link #trouble} has changed. It must not block. */
    void onChange(Runnable action);

    /** Why puts fail at the moment, for messages and health; null if they do not. */
    @Nullable
    String trouble();

    /** Figures for gauges. */
    LogFigures figures();

    /** Writes what was appended and committed before, then gives everything back. Appends after it fail. */
    @Override
    void close();
}
