package org.millrace.relay.route;

import java.util.ArrayList;
import java.util.List;
import org.millrace.api.Channel;
import org.millrace.api.ChannelSelector;
import org.millrace.codec.EventBatch;

/** Every event to every channel: Flume's {@code replicating}. Thread-safe. */
final class ReplicatingSelector implements ChannelSelector {
    private final List<Channel> required;
    private final List<Channel> optional;

    ReplicatingSelector(List<Channel> required, List<Channel> optional) {
        this.required = List.copyOf(required);
        this.optional = List.copyOf(optional);
    }

    @Override
    public List<Delivery> select(EventBatch batch) {
        if (required.size() == 1 && optional.isEmpty()) {
            return List.of(new Delivery(required.get(0), batch.retain(), true));
        }
        List<Delivery> deliveries = new ArrayList<>(required.size() + optional.size());
        required.forEach(channel -> deliveries.add(new Delivery(channel, batch.retain(), true)));
        optional.forEach(channel -> deliveries.add(new Delivery(channel, batch.retain(), false)));
        return deliveries;
    }

    @Override
    public List<Channel> requiredChannels() {
        return required;
    }
}
