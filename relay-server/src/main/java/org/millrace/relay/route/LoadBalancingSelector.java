package org.millrace.relay.route;

import java.util.List;
import java.util.function.IntUnaryOperator;
import org.millrace.api.Channel;
import org.millrace.api.ChannelSelector;
import org.millrace.codec.EventBatch;

/**
 * Each batch to one channel: Flume's {@code load_balancing}, which parts batches into events to do the same. The next channel that has room
 * takes the place of one that has none, or that can never take the batch. Thread-safe.
 */
final class LoadBalancingSelector implements ChannelSelector {
    private final List<Channel> channels;
    private final IntUnaryOperator choice;

    /** @param choice of a number below the one given */
    LoadBalancingSelector(List<Channel> channels, IntUnaryOperator choice) {
        this.channels = List.copyOf(channels);
        this.choice = choice;
    }

    @Override
    public List<Delivery> select(EventBatch batch) {
        int first = choice.applyAsInt(channels.size());
        Channel chosen = null;
        for (int i = 0; i < channels.size(); i++) {
            Channel candidate = channels.get((first + i) % channels.size());
            if (candidate.neverFits(batch) != null) {
                continue;
            }
            if (candidate.hasRoom()) {
                chosen = candidate;
                break;
            }
            chosen = chosen == null ? candidate : chosen;
        }
        return List.of(new Delivery(chosen == null ? channels.get(first) : chosen, batch.retain(), true));
    }

    @Override
    public List<Channel> requiredChannels() {
        return channels;
    }

    @Override
    public boolean passesOverFullChannels() {
        return true;
    }
}
