package org.millrace.api;

import java.time.InstantSource;

/**
 * What the agent gives a sink.
 *
 * @param channel where it takes from: its channel, or one of that channel's readers
 * @param destinations other channels, into which it may put
 * @param othersTakeOver whether it shares a sink group with others: what it cannot deliver goes to one of them once its turn fails, so to
 *     keep hold of events and try again by itself would only keep them from that one
 */
public record SinkContext(
        String agent,
        String name,
        ChannelReader channel,
        SinkMetrics metrics,
        InstantSource clock,
        Destinations destinations,
        boolean othersTakeOver) {

    /** Of a sink that is in no group. */
    public SinkContext(
            String agent,
            String name,
            ChannelReader channel,
            SinkMetrics metrics,
            InstantSource clock,
            Destinations destinations) {
        this(agent, name, channel, metrics, clock, destinations, false);
    }

    /** Of a sink that is in no group, and has no channel but its own. */
    public SinkContext(String agent, String name, ChannelReader channel, SinkMetrics metrics, InstantSource clock) {
        this(agent, name, channel, metrics, clock, Destinations.NONE);
    }
}
