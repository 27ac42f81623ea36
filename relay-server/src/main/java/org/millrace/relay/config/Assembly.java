package org.millrace.relay.config;

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
import org.millrace.api.support.SwitchedInlet;

/**
 * The parts of an agent, made and joined but not started, each kind in the order of the file's list.
 *
 * @param sinks all of them, also those in groups
 * @param groups those whose sinks do not run each by itself
 */
public record Assembly(
        String agent,
        List<ChannelPart> channels,
        List<SinkPart> sinks,
        List<GroupPart> groups,
        List<SourcePart> sources) {

    /**
     * A channel and what is known about it.
     *
     * @param values what it was made from
     */
    public record ChannelPart(
            String name, String type, Channel channel, ChannelMetrics metrics, ComponentValues values) {
        @Override
        public String toString() {
            return name + " (" + type + ")";
        }
    }

    /**
     * A sink and what is known about it.
     *
     * @param reader where it takes from: the channel, or one of its readers
     * @param destinations channels that it puts into, such as that of its dead letters
     * @param values what it was made from
     */
    public record SinkPart(
            String name,
            String type,
            Sink sink,
            Channel channel,
            ChannelReader reader,
            List<Channel> destinations,
            SinkMetrics metrics,
            ComponentValues values) {
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
     * @param values what it was made from
     */
    public record GroupPart(
            String name, String type, List<SinkPart> sinks, List<GroupRun> runs, ComponentValues values) {
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

    /**
     * A source and what is known about it. Its route is to be closed after it.
     *
     * @param inlet what the source puts into, whatever its route is
     * @param values what it was made from, without those of its route
     * @param routeValues of its interceptors, its selector, and the names of its channels
     */
    public record SourcePart(
            String name,
            String type,
            Source source,
            SwitchedInlet inlet,
            List<Channel> channels,
            Routing.Route route,
            SourceMetrics metrics,
            ComponentValues values,
            ComponentValues routeValues) {
        @Override
        public String toString() {
            return name + " (" + type + ") -> "
                    + String.join(", ", channels.stream().map(Channel::name).toList());
        }
    }
}
