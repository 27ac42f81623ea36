package org.millrace.relay.sink.group;

import java.util.List;
import org.millrace.api.ComponentFactory;
import org.millrace.api.Settings;
import org.millrace.api.SinkGroupContext;
import org.millrace.api.SinkProcessor;

/** Flume's {@code default}: a group of one sink, which runs as if there were no group. It has no keys. */
public final class DefaultProcessorFactory implements ComponentFactory.OfSinkProcessor {
    @Override
    public List<String> typeNames() {
        return List.of("default", "org.apache.flume.sink.DefaultSinkProcessor");
    }

    @Override
    public String summary() {
        return "A group of one sink, which runs as if there were no group";
    }

    @Override
    public List<SinkProcessor> create(SinkGroupContext context, List<SinkProcessor.Member> sinks, Settings settings) {
        if (sinks.size() > 1) {
            settings.problem(
                    "type",
                    "default (expected: failover or load_balance, as the group has " + sinks.size() + " sinks)");
        }
        return List.of();
    }
}
