package org.millrace.api;

import java.time.InstantSource;

/** What the agent gives a channel. */
public record ChannelContext(String agent, String name, ChannelMetrics metrics, InstantSource clock) {}
