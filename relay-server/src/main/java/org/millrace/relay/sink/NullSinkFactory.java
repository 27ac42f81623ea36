package org.millrace.relay.sink;

import java.util.List;
import org.millrace.api.ComponentFactory;
import org.millrace.api.Settings;
import org.millrace.api.Sink;
import org.millrace.api.SinkContext;

/** Reads {@code batchSize} and {@code logEveryNEvents}. */
public final class NullSinkFactory implements ComponentFactory.OfSink {
    static final String BATCH_SIZE = "batchSize";

    @Override
    public List<String> typeNames() {
        return List.of("null", "org.apache.flume.sink.NullSink");
    }

    @Override
    public String summary() {
        return "Drops events, and counts them";
    }

    @Override
    public Sink create(SinkContext context, Settings settings) {
        return new NullSink(
                context,
                settings.integer(BATCH_SIZE, 1, Integer.MAX_VALUE)
                        .about("the most events in a transaction")
                        .orElse(100),
                settings.number("logEveryNEvents", 0, Long.MAX_VALUE)
                        .about("how many events pass between two log lines; 0 for none")
                        .orElse(10_000L));
    }
}
