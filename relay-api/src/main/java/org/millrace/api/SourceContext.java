package org.millrace.api;

import java.time.InstantSource;

/** What the agent gives a source. */
public record SourceContext(String agent, String name, Inlet inlet, SourceMetrics metrics, InstantSource clock) {}
