package org.millrace.client;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.millrace.codec.EventBatch;
import org.millrace.codec.Origin;
import org.millrace.codec.rpc.RequestEncoder;

/**
 * A connection to a relay, or to a Flume agent's Avro source. Calls are pipelined: make the next one before the last one is
 * answered. Once anything has gone wrong with it, it is of no more use: connect anew.
 *
 * <p>Thread-safe. Nothing blocks.
 */
public final class RelayConnection implements Link, AutoCloseable {
    private final RelayAddress peer;
    private final Channel connection;
    private final RequestEncoder encoder;
    private final CallHandler calls;
    private final AtomicInteger serials;
    private final AtomicBoolean firstMade = new AtomicBoolean();
    private final CompletableFuture<Void> closed = new CompletableFuture<>();

    RelayConnection(
            RelayAddress peer, Channel connection, RequestEncoder encoder, CallHandler calls, AtomicInteger serials) {
        this.peer = peer;
        this.connection = connection;
        this.encoder = encoder;
        this.calls = calls;
        this.serials = serials;
        connection.closeFuture().addListener(done -> closed.complete(null));
    }

    /**
     * Connects. The name is looked up anew, on a thread of the loops for that; its addresses are tried in order.
     *
     * @param loops what the connection runs on; it must stay open as long
     * @return completes when the peer has accepted, or with a {@link RelayException} within the connect time-out, which is for the
     *     look-up, too; what follows in the same thread must not block. The handshake is part of the first call
     */
    public static CompletableFuture<RelayConnection> connect(
            RelayAddress peer, ConnectionSettings settings, EventLoops loops) {
        return new Connector(peer, settings, loops, loops.names()).connect();
    }

    @Override
    public RelayAddress peer() {
        return peer;
    }

    /**
     * Sends events, all batches in one call. The caller bounds how much it has on the way, by the futures or by {@link #isWritable}.
     *
     * @param batches lent until this returns; at least one event in all
     * @return completes when the peer has them all safely, or with a {@link RelayException}; what follows in the same thread must not
     *     block. A refusal leaves the connection as it is
     */
    public CompletableFuture<Void> append(List<EventBatch> batches) {
        return append(batches, null);
    }

    /**
     * As {@link #append(List)}, for events that have numbers: a relay of ours whose channel is a file channel keeps those it has seen,
     * and does not store them again. A Flume agent does not look at them.
     *
     * @param origin of the first event; the others count on from it, through all batches. Null if they have none
     */
    @Override
    public CompletableFuture<Void> append(List<EventBatch> batches, @Nullable Origin origin) {
        int serial = serials.incrementAndGet();
        boolean first = firstMade.compareAndSet(false, true);
        CompletableFuture<Void> answered = new CompletableFuture<>();
        calls.submit(new Call(serial, first, encode(serial, first, batches, origin), origin, answered));
        return answered;
    }

    private ByteBuf encode(int serial, boolean first, List<EventBatch> batches, @Nullable Origin origin) {
        if (!first) {
            return encoder.encode(serial, batches, origin);
        }
        try {
            return encoder.encodeFirst(serial, batches, origin);
        } catch (RuntimeException | Error e) {
            firstMade.set(false); // the next one is the first then
            throw e;
        }
    }

    /** False while so much waits to be written that a caller had better wait, too. */
    public boolean isWritable() {
        return connection.isWritable();
    }

    /** False once the connection is closed, by whichever side. */
    @Override
    public boolean isOpen() {
        return connection.isActive();
    }

    /** Closes once every call made so far is answered: within the request time-out, or that of the handshake. */
    @Override
    public CompletableFuture<Void> finish() {
        calls.finish();
        return closed.copy();
    }

    /** Completes when the connection is closed, by whichever side; never with an exception. */
    public CompletableFuture<Void> closed() {
        return closed.copy();
    }

    /** Closes now; calls that are not answered fail. Returns at once. */
    @Override
    public void close() {
        calls.abort();
    }

    @Override
    public String toString() {
        return "RelayConnection(" + peer + (isOpen() ? ")" : ", closed)");
    }
}
