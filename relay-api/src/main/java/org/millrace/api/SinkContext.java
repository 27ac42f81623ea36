package org.millrace.api;

import java.time.InstantSource;

/**
 * What the agent gives a sink.
 *
 * @param channel where it takes from: its channel, or one of that channel's readers
 */
public record SinkContext(String agent, String name, ChannelReader channel, SinkMetrics metrics, InstantSource clock) {}
