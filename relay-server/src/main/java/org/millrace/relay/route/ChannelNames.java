package org.millrace.relay.route;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.commons.text.similarity.LevenshteinDistance;
import org.millrace.api.Channel;
import org.millrace.api.Settings;

/** The channels of a source, found by the names in a selector's keys. */
final class ChannelNames {
    private final List<Channel> channels;

    ChannelNames(List<Channel> channels) {
        this.channels = channels;
    }

    /** The channels that a list names, in the order of the list; a name that is none of the source's is reported. */
    List<Channel> find(Settings settings, String key, List<String> names) {
        List<Channel> found = new ArrayList<>();
        for (String name : names) {
            channels.stream()
                    .filter(channel -> channel.name().equals(name))
                    .findFirst()
                    .ifPresentOrElse(found::add, () -> settings.problem(key, unknown(name)));
        }
        return found;
    }

    private String unknown(String name) {
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
