package org.millrace.api;

import java.time.InstantSource;

/** What the agent gives a sink. */
public record SinkContext(String agent, String name, Channel channel, SinkMetrics metrics, InstantSource clock) {}
