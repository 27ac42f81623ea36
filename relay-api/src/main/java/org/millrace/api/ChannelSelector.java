package org.millrace.api;

import java.util.List;
import org.millrace.codec.EventBatch;

/** Picks the channels for a batch. Runs where interceptors run: it never blocks. Thread-safe. */
public interface ChannelSelector {
    /**
     * @param batch not empty; lent
     * @return who gets what; the caller owns each delivery's batch
     */
    List<Delivery> select(EventBatch batch);

    /** The channels that a batch may be required in, and so those whose being full stops the source. The same at any time. */
    List<Channel> requiredChannels();

    /**
     * Whether the source may go on as long as one of those has room: for a selector that gives each batch to any of them, and passes over
     * one that is full. The same at any time.
     */
    default boolean passesOverFullChannels() {
        return false;
    }

    /**
     * Events for one channel.
     *
     * @param batch owned by who holds the delivery
     * @param required whether the source has failed if this channel does not take them
     */
    record Delivery(Channel channel, EventBatch batch, boolean required) {}
}
