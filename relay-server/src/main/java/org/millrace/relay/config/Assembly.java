package org.millrace.relay.config;

import com.codahale.metrics.MetricRegistry;
import java.util.List;
import org.millrace.api.Channel;
import org.millrace.api.ChannelMetrics;
import org.millrace.api.ChannelReader;
import org.millrace.api.Sink;
import org.millrace.api.SinkMetrics;
import org.millrace.api.Source;
import org.millrace.api.SourceMetrics;

/**
 * The parts of an agent, made and joined but not started, each kind in the order of the file's list.
 *
 * @param registry holds the figures that are our own
 */
public record Assembly(
        String agent,
        List<ChannelPart> channels,
        List<SinkPart> sinks,
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
