package org.millrace.relay.sink.avro;

import com.codahale.metrics.Counter;
import com.codahale.metrics.Timer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.millrace.api.SinkContext;
import org.millrace.client.RelayConnection;
import org.millrace.client.RelayException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A sink's connection to its peer: made when it is needed, made anew when it is broken or too old. The sink's thread only, but for {@link #isOpen}. */
final class PeerLink {
    private static final Logger LOG = LoggerFactory.getLogger(AvroSink.class);

    private final SinkContext context;
    private final AvroSinkSettings settings;
    private final Dialer dialer;
    private final LongSupplier nanoTime;
    private final Timer requests;
    private final Counter bytesOut;

    private volatile @Nullable RelayConnection connection;
    private long connectedNanos;

    /** Makes a connection to the peer. */
    interface Dialer {
        /** @return completes as {@link RelayConnection#connect} says */
        CompletableFuture<RelayConnection> connect();
    }

    /** @param nanoTime what the age of a connection is told by: the wall clock may be set */
    PeerLink(SinkContext context, AvroSinkSettings settings, Dialer dialer, LongSupplier nanoTime) {
        this.context = context;
        this.settings = settings;
        this.dialer = dialer;
        this.nanoTime = nanoTime;
        this.requests = context.metrics().timer("request");
        this.bytesOut = context.metrics().counter("bytesOut");
    }

    boolean isOpen() {
        RelayConnection current = connection;
        return current != null && current.isOpen();
    }

    /** True once the connection is so old that it should make way for a new one. */
    boolean isResetDue() {
        Duration interval = settings.resetInterval();
        return connection != null && !interval.isZero() && nanoTime.getAsLong() - connectedNanos >= interval.toNanos();
    }

    /**
     * Connects unless there is a connection; waits for it up to the connect time-out.
     *
     * @throws RelayException if the peer cannot be reached
     */
    void connect() throws RelayException, InterruptedException {
        if (isOpen()) {
            return;
        }
        close(); // what is left of one that the peer has closed
        try {
            connection = dial();
        } catch (ExecutionException e) {
            context.metrics().connectionsFailed.inc();
            throw e.getCause() instanceof RelayException known
                    ? known
                    : new RelayException(settings.peer(), "cannot connect", e);
        }
        connectedNanos = nanoTime.getAsLong();
        context.metrics().connectionsCreated.inc();
        LOG.info("sink {}: connected to {}", context.name(), settings.peer());
    }

    /** Whoever gives up waiting for a connection does not want the one that may come yet. */
    private RelayConnection dial() throws ExecutionException, InterruptedException {
        CompletableFuture<RelayConnection> connecting = dialer.connect();
        try {
            return connecting.get();
        } catch (InterruptedException e) {
            connecting.thenAccept(RelayConnection::close);
            throw e;
        }
    }

    /**
     * Sends a request on the connection.
     *
     * @param load its batches are lent
     * @return completes as {@link RelayConnection#append} says
     */
    CompletableFuture<Void> send(Load load) {
        RelayConnection current = connection;
        if (current == null) {
            throw new IllegalStateException("not connected");
        }
        long started = nanoTime.getAsLong();
        CompletableFuture<Void> answered = current.append(load.batches(), load.origin());
        answered.whenComplete(
                (stored, failure) -> requests.update(nanoTime.getAsLong() - started, TimeUnit.NANOSECONDS));
        bytesOut.inc(load.bytes());
        return answered;
    }

    /** Closes the connection if there is one; requests that are not answered fail. */
    void close() {
        RelayConnection closing = connection;
        if (closing != null) {
            connection = null;
            closing.close();
            context.metrics().connectionsClosed.inc();
            LOG.info("sink {}: connection to {} closed", context.name(), settings.peer());
        }
    }
}
