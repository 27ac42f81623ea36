package org.millrace.api;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Where sinks take from: a position in a channel. Several sinks on one reader share its events. Thread-safe. */
public interface ChannelReader {
    /** As messages name it: the channel's name, with the reader's behind it where the channel has several. */
    String name();

    /** The most events that one transaction may take. */
    int transactionCapacity();

    /** Opens a transaction that takes, for a thread that may block. */
    Transaction begin();

    /**
     * Waits until a transaction may take events.
     *
     * @return false if the time ran out first
     */
    boolean awaitEvents(Duration timeout) throws InterruptedException;

    /**
     * What an owner attached to the last of its commits that is known of, with {@link Transaction#attach}: after a restart as old or as
     * new as the position itself.
     *
     * @param owner such as a sink's name
     * @return a copy; null if there is none
     */
    byte @Nullable [] attached(String owner);

    /**
     * False if its position, and with it {@link #attached}, ends with the agent: then an owner that has to know after a restart what it
     * had done keeps that somewhere else.
     */
    default boolean outlivesAgent() {
        return true;
    }
}
