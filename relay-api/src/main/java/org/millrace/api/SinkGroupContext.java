package org.millrace.api;

/** What the agent gives a sink processor. */
public record SinkGroupContext(String agent, String name, SinkGroupMetrics metrics) {}
