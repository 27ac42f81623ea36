package org.millrace.api.part;

import java.time.InstantSource;
import org.millrace.api.ComponentMetrics;
import org.millrace.api.InterceptorContext;
import org.millrace.api.SinkContext;
import org.millrace.api.SourceContext;

/**
 * What a component gives a part of its own.
 *
 * @param component the name of the source or sink that it belongs to
 * @param metrics of that component; figures of a part go there, under names of its own
 */
public record PartContext(String agent, String component, ComponentMetrics metrics, InstantSource clock) {
    /** Of a part of a source. */
    public static PartContext of(SourceContext context) {
        return new PartContext(context.agent(), context.name(), context.metrics(), context.clock());
    }

    /** Of a part of a sink. */
    public static PartContext of(SinkContext context) {
        return new PartContext(context.agent(), context.name(), context.metrics(), context.clock());
    }

    /** Of a part of an interceptor. */
    public static PartContext of(InterceptorContext context) {
        return new PartContext(context.agent(), context.source(), context.metrics(), context.clock());
    }
}
