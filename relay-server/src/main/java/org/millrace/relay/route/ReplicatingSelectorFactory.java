package org.millrace.relay.route;

import java.util.List;
import org.millrace.api.Channel;
import org.millrace.api.ChannelSelector;
import org.millrace.api.ComponentFactory;
import org.millrace.api.SelectorContext;
import org.millrace.api.Settings;

/** Reads {@code selector.optional}: the channels, of the source's own, that may fail without failing the source. */
public final class ReplicatingSelectorFactory implements ComponentFactory.OfSelector {
    private static final String OPTIONAL = "optional";

    @Override
    public List<String> typeNames() {
        return List.of("replicating", "org.apache.flume.channel.ReplicatingChannelSelector");
    }

    @Override
    public String summary() {
        return "Gives every event to every channel of the source";
    }

    @Override
    public ChannelSelector create(SelectorContext context, Settings settings) {
        List<Channel> channels = context.channels();
        List<String> optional = settings.words(OPTIONAL)
                .about(
                        "channels that may fail without the source being told: those of the list need not store an event for it to be acked")
                .orElse(List.of());
        new ChannelNames(channels).find(settings, OPTIONAL, optional);
        return new ReplicatingSelector(
                channels.stream().filter(c -> !optional.contains(c.name())).toList(),
                channels.stream().filter(c -> optional.contains(c.name())).toList());
    }
}
