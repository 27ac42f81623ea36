package org.millrace.relay.sink.http;

import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import org.millrace.api.ComponentFactory;
import org.millrace.api.Settings;
import org.millrace.api.Sink;
import org.millrace.api.SinkContext;
import org.millrace.api.deadletter.DeadLetters;

/** Makes HTTP sinks; {@code HttpSinkSettings} reads their keys. */
public final class HttpSinkFactory implements ComponentFactory.OfSink {
    @Override
    public List<String> typeNames() {
        return List.of("http", "org.apache.flume.sink.http.HttpSink");
    }

    @Override
    public String summary() {
        return "Posts the body of each event to a web server; the status of the answer says what becomes of the event";
    }

    @Override
    public Sink create(SinkContext context, Settings settings) {
        HttpSinkSettings read =
                HttpSinkSettings.read(settings, context.channel().transactionCapacity());
        return new HttpSink(
                context,
                read,
                new HttpPeer(context, read, jvmsTrust()),
                DeadLetters.read(context, settings),
                pause -> TimeUnit.NANOSECONDS.sleep(pause.toNanos()));
    }

    /** As Flume's: what the JVM trusts, by its {@code javax.net.ssl} properties, which the environment's {@code FLUME_SSL_} variables become, or its own list. */
    private static SSLContext jvmsTrust() {
        try {
            return SSLContext.getDefault();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("the JVM's trust store cannot be read", e);
        }
    }
}
