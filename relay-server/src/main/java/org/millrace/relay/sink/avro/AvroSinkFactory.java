package org.millrace.relay.sink.avro;

import java.util.List;
import org.millrace.api.ComponentFactory;
import org.millrace.api.Settings;
import org.millrace.api.Sink;
import org.millrace.api.SinkContext;
import org.millrace.api.deadletter.DeadLetters;
import org.millrace.client.EventLoops;

/**
 * Makes Avro sinks. Keys: Flume's {@code hostname}, {@code port} (both required), {@code batch-size} (100), {@code
 * connect-timeout} and {@code request-timeout} (20000 ms), {@code reset-connection-interval} (0 s: never), {@code
 * compression-type} (none), {@code compression-level} (6), {@code ssl} (false) and what goes with it; and our own {@code max-in-flight} (4),
 * requests on their way at a time, and {@code compression-layer} (outside_tls).
 *
 * <p>An agent of ours keeps the order of requests; a Flume agent, which serves the requests of one connection on several threads,
 * may not: {@code max-in-flight = 1} keeps it there.
 */
public final class AvroSinkFactory implements ComponentFactory.OfSink {
    @Override
    public List<String> typeNames() {
        return List.of("avro", "org.apache.flume.sink.AvroSink");
    }

    @Override
    public String summary() {
        return "Sends batches to an Avro source, of the next agent as a rule; an event leaves the channel when that one has acked it";
    }

    @Override
    public Sink create(SinkContext context, Settings settings) {
        return new AvroSink(
                context, AvroSinkSettings.read(settings), EventLoops.shared(), DeadLetters.read(context, settings));
    }
}
