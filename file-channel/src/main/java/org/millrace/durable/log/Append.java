package org.millrace.durable.log;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.millrace.api.ChannelException;
import org.millrace.codec.EventBatch;
import org.millrace.codec.Origin;

/**
 * A put on its way into the log: one record, all in or not at all. The log reads the batches and never releases them; of the two
 * callbacks it calls exactly one, once, on its own thread and in the order of the log; a put that is refused at once (the log is full,
 * closed or in trouble, the put too long) fails before {@link Log#append} returns, on the caller's thread. They must not block.
 */
public interface Append {
    /** At least one event in all. They stay valid until a callback. */
    List<EventBatch> batches();

    /** Who numbered the events, and the number of the first; null if nobody did. */
    default @Nullable Origin origin() {
        return null;
    }

    /** Events in all batches. */
    int events();

    /** Bytes of all batches as encoded. */
    int encodedBytes();

    /** Bytes of all bodies. */
    int bodyBytes();

    /** Whether {@link Log#flush} will be called behind this put and others: the disk need not begin with it. */
    default boolean moreFollows() {
        return false;
    }

    /**
     * As safe as the log makes it: it may be acked, and read back.
     *
     * @param firstSequence of its first event
     */
    void durable(long firstSequence);

    /** Not in the log: it may be put again. */
    void failed(ChannelException why);
}
