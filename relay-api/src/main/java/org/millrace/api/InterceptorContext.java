package org.millrace.api;

import java.time.InstantSource;

/**
 * What the agent gives an interceptor.
 *
 * @param metrics of the source; figures of an interceptor go there under its name
 */
public record InterceptorContext(
        String agent, String source, String name, SourceMetrics metrics, InstantSource clock) {}
