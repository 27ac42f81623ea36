package org.millrace.relay.sink;

import java.util.List;
import org.millrace.api.ComponentFactory;
import org.millrace.api.Settings;
import org.millrace.api.Sink;
import org.millrace.api.SinkContext;

/** Reads {@code maxBytesToLog}. */
public final class LoggerSinkFactory implements ComponentFactory.OfSink {
    @Override
    public List<String> typeNames() {
        return List.of("logger", "org.apache.flume.sink.LoggerSink");
    }

    @Override
    public String summary() {
        return "Writes events to the log, to look at";
    }

    @Override
    public Sink create(SinkContext context, Settings settings) {
        return new LoggerSink(
                context,
                new EventDump(settings.integer("maxBytesToLog", 0, Integer.MAX_VALUE)
                        .about("how many bytes of a body are shown")
                        .orElse(16)));
    }
}
