package org.millrace.relay.route;

import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.commons.text.similarity.LevenshteinDistance;
import org.millrace.api.Channel;
import org.millrace.api.ChannelSelector;
import org.millrace.api.ComponentFactory;
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
    public ChannelSelector create(List<Channel> channels, Settings settings) {
        List<String> optional = settings.words(OPTIONAL)
                .about(
                        "channels that may fail without the source being told: those of the list need not store an event for it to be acked")
                .orElse(List.of());
        for (String name : optional) {
            if (channels.stream().noneMatch(channel -> channel.name().equals(name))) {
                settings.problem(OPTIONAL, unknownChannel(name, channels));
            }
        }
        return new ReplicatingSelector(
                channels.stream().filter(c -> !optional.contains(c.name())).toList(),
                channels.stream().filter(c -> optional.contains(c.name())).toList());
    }

    private static String unknownChannel(String name, List<Channel> channels) {
        String known = channels.stream().map(Channel::name).collect(Collectors.joining(", "));
        LevenshteinDistance distance = LevenshteinDistance.getDefaultInstance();
        String nearest = channels.stream()
                .map(Channel::name)
                .min(Comparator.comparing(candidate -> distance.apply(name, candidate)))
                .map(candidate -> "; did you mean " + candidate + "?")
                .orElse("");
        return name + " (expected: some of the source's channels: " + known + nearest + ")";
    }
}
