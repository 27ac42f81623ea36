package org.millrace.thrift;

import java.util.List;
import org.millrace.api.ComponentFactory;
import org.millrace.api.Settings;
import org.millrace.api.Sink;
import org.millrace.api.SinkContext;
import org.millrace.api.deadletter.DeadLetters;

/** Makes Thrift sinks; {@code ThriftSinkSettings} reads their keys. */
public final class ThriftSinkFactory implements ComponentFactory.OfSink {
    @Override
    public List<String> typeNames() {
        return List.of("thrift", "org.apache.flume.sink.ThriftSink");
    }

    @Override
    public String summary() {
        return "Sends batches to a Thrift source, of the next agent as a rule; an event leaves the channel when that one has acked it";
    }

    @Override
    public Sink create(SinkContext context, Settings settings) {
        return new ThriftSink(context, ThriftSinkSettings.read(settings), DeadLetters.read(context, settings));
    }
}
