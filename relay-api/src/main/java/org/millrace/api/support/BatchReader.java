package org.millrace.api.support;

import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.millrace.api.BatchTooLargeException;
import org.millrace.codec.EventBatch;

/**
 * Where a source with a thread of its own gets its events: files, a queue, a command. A {@link SourceLoop} calls it: {@link #read}, and
 * after each batch one {@link #commit} or {@link #rollback}, unless the reader {@linkplain #keepsBack keeps} an event. The loop's thread
 * only, but for {@link #wake} and {@link #close}.
 */
public interface BatchReader extends AutoCloseable {
    /**
     * The next events. It may wait for some, for as long as a stop may be held up, or until {@link #wake}.
     *
     * @return the caller owns it; not empty; null if there is nothing to read now
     * @throws IOException if nothing can be read now; to try again later is safe. The loop logs it and counts it
     */
    @Nullable
    EventBatch read() throws IOException, InterruptedException;

    /**
     * The batch that was read last is in the channels: it need not be read again.
     *
     * @throws IOException if that cannot be taken down, so that the batch may come twice. The loop logs it and counts it
     */
    void commit() throws IOException, InterruptedException;

    /**
     * So many events of the batch that was read last, its first ones, are in the channels or left out; the rest is still to be put. Called
     * for a batch that is put in parts. What the reader does not take down now it reads again after a {@link #rollback}, or when it has
     * kept an event, so that it comes twice.
     *
     * @param events more each time, less than all
     */
    default void commitFirst(int events) {
        // a batch has one place for all of its events
    }

    /** The batch that was read last is not in the channels, or not for sure: the source stops before it is. */
    default void rollback() {
        // who has taken nothing down has nothing to take back
    }

    /**
     * An event of the batch that was read last is larger than the channels can ever take.
     *
     * @return true if the reader keeps it where it came from, with all behind the last {@link #commit} or {@link #commitFirst}: no more
     *     of the batch is put, and neither a commit nor a rollback follows. False if the event is to be left out, and the others to be put
     */
    default boolean keepsBack(BatchTooLargeException why) {
        return false;
    }

    /** Where the batch that was read last stands, such as a file and a byte: for a log line about an event that was left out. */
    default String place() {
        return "its input";
    }

    /**
     * True if there are events in memory that nobody can read again: at a stop they are read and put before the loop ends, as long as the
     * channels take them.
     */
    default boolean holdsEvents() {
        return false;
    }

    /** A stop was asked for: a {@link #read} that waits for events is to return. Any thread. */
    default void wake() {
        // a read that does not wait needs none
    }

    /**
     * Gives back what the reader holds. Called once: when the loop's thread has ended, or by that thread itself where it ends of what nobody
     * foresaw, so that a {@link #wake} may still follow.
     */
    @Override
    void close();
}
