package org.millrace.relay.route;

import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntUnaryOperator;
import org.millrace.api.ChannelSelector;
import org.millrace.api.ComponentFactory;
import org.millrace.api.SelectorContext;
import org.millrace.api.Settings;

/** Makes Flume's {@code load_balancing}: {@code policy}. */
public final class LoadBalancingSelectorFactory implements ComponentFactory.OfSelector {
    private enum Policy {
        ROUND_ROBIN,
        RANDOM
    }

    @Override
    public List<String> typeNames() {
        return List.of("load_balancing", "org.apache.flume.channel.LoadBalancingChannelSelector");
    }

    @Override
    public String summary() {
        return "Gives each batch to one of the source's channels, one that has room if there is one";
    }

    @Override
    public ChannelSelector create(SelectorContext context, Settings settings) {
        Policy policy = settings.oneOf("policy", Policy.class)
                .about("how a channel is chosen")
                .orElse(Policy.ROUND_ROBIN);
        AtomicInteger turn = new AtomicInteger();
        IntUnaryOperator choice = policy == Policy.ROUND_ROBIN
                ? channels -> Math.floorMod(turn.getAndIncrement(), channels)
                : channels -> ThreadLocalRandom.current().nextInt(channels);
        return new LoadBalancingSelector(context.channels(), choice);
    }
}
