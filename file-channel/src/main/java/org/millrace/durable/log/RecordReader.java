package org.millrace.durable.log;

import java.io.IOException;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.millrace.codec.EventBatch;

/** Reads events back, forwards. One thread at a time; it may be interrupted. */
public interface RecordReader extends AutoCloseable {
    /**
     * The next thing in the log.
     *
     * @param durableSequence the sequence behind the last durable event: nothing from there on is looked at
     * @return null if {@code durableSequence} is reached
     * @throws IOException if the disk does not answer; to try again is safe
     */
    @Nullable
    Entry next(long durableSequence) throws IOException;

    /** Goes on at another event: forwards or backwards. */
    void seek(long sequence);

    /** Sequence of the event that {@link #next} gives. */
    long sequence();

    @Override
    void close();

    /** What stands in the log. */
    sealed interface Entry {}

    /**
     * Events of one record, from the position of the reader on.
     *
     * @param sequence of the first event in {@code batch}
     * @param batch whose checksum has been compared; the caller owns it
     * @param sender as in the record, {@link org.millrace.durable.format.RecordHeader#NO_SENDER} for none
     * @param senderSequence the sender's number of the batch's first event
     * @param epochMillis when it was put, within a group
     */
    record Stored(long sequence, EventBatch batch, UUID sender, long senderSequence, long epochMillis)
            implements Entry {}

    /**
     * Events that are gone: damaged, and set aside.
     *
     * @param why for the log, names the file
     */
    record Gap(long from, long to, String why) implements Entry {}
}
