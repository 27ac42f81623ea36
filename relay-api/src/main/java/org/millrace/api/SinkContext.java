package org.millrace.api;

import java.time.InstantSource;

/**
 * What the agent gives a sink.
 *
 * @param channel where it takes from: its channel, or one of that channel's readers
 * @param destinations other channels, into which it may put
 */
public record SinkContext(
        String agent,
        String name,
        ChannelReader channel,
        SinkMetrics metrics,
        InstantSource clock,
        Destinations destinations) {

    /** Of a sink that has no channel but its own. */
    public SinkContext(String agent, String name, ChannelReader channel, SinkMetrics metrics, InstantSource clock) {
        this(agent, name, channel, metrics, clock, Destinations.NONE);
    }
}
