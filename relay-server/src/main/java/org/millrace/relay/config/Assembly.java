package org.millrace.relay.config;

import com.codahale.metrics.MetricRegistry;
import java.util.List;
import org.millrace.api.Channel;
import org.millrace.api.ChannelMetrics;
import org.millrace.api.ChannelReader;
import org.millrace.api.Sink;
import org.millrace.api.SinkGroupMetrics;
import org.millrace.api.SinkMetrics;
import org.millrace.api.SinkProcessor;
import org.millrace.api.Source;
import org.millrace.api.SourceMetrics;

/**
 * The parts of an agent, made and joined but not started, each kind in the order of the file's list.
 *
 * @param sinks all of them, also those in groups
 * @param groups those whose sinks do not run each by itself
 * @param registry holds the figures that are our own
 */
public record Assembly(
        String agent,
        List<ChannelPart> channels,
        List<SinkPart> sinks,
        List<GroupPart> groups,
        List<SourcePart> sources,
        MetricRegistry registry) {

    /** A channel and what is known about it. */
    public record ChannelPart(String name, String type, Channel channel, ChannelMetrics metrics) {
        @Override
        public String toString() {
            return name + " (" + type + ")";
        }
    }

    /**
     * A sink and what is known about it.
     *
     * @param reader where it takes from: the channel, or one of its readers
     */
    public record SinkPart(
            String name, String type, Sink sink, Channel channel, ChannelReader reader, SinkMetrics metrics) {
        @Override
        public String toString() {
            return reader.name() + " -> " + name + " (" + type + ")";
        }
    }

    /**
     * A sink group and what is known about it.
     *
     * @param sinks in the order of the group's list
     * @param runs what its threads run: all of its sinks are in one of them
     */
    public record GroupPart(String name, String type, List<SinkPart> sinks, List<GroupRun> runs) {
        @Override
        public String toString() {
            String threads = runs.size() == 1 ? "" : ", " + runs.size() + " threads";
            return sinks.get(0).reader().name() + " -> " + name + " (" + type + threads + "): "
                    + String.join(", ", sinks.stream().map(SinkPart::name).toList());
        }
    }

    /**
     * One thread of a sink group.
     *
     * @param name the group's; with a number if there are several
     */
    public record GroupRun(String name, SinkProcessor processor, SinkGroupMetrics metrics) {}

    /** A source and what is known about it. Its route is to be closed after it. */
    public record SourcePart(
            String name,
            String type,
            Source source,
            List<Channel> channels,
            Routing.Route route,
            SourceMetrics metrics) {
        @Override
        public String toString() {
            return name + " (" + type + ") -> "
                    + String.join(", ", channels.stream().map(Channel::name).toList());
        }
    }
}
