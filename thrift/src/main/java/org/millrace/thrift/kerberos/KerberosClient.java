package org.millrace.thrift.kerberos;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.security.auth.Subject;
import javax.security.sasl.Sasl;
import javax.security.sasl.SaslClient;
import javax.security.sasl.SaslException;
import org.apache.thrift.transport.sasl.NegotiationStatus;
import org.jspecify.annotations.Nullable;
import org.millrace.codec.MalformedException;

/**
 * Whom a sink is to Kerberos, and whom it sends to. The KDC is asked by threads of its own, since the JDK waits for it as long as the
 * Kerberos configuration says and hears no interrupt: whoever calls waits no longer than it wants to. {@link #start}, {@link
 * #authenticate} and {@link #close} are called by one thread at a time.
 */
public final class KerberosClient implements AutoCloseable {
    /** One renews tickets, the other works for whoever connects; the former must not wait for the latter. */
    private static final int THREADS = 2;

    private final Keytab keytab;
    private final ServiceName service;

    private @Nullable ScheduledThreadPoolExecutor threads;
    private @Nullable Tickets tickets;

    KerberosClient(Keytab keytab, ServiceName service) {
        this.keytab = keytab;
        this.service = service;
    }

    /** A connection to who is to be convinced. Either call waits no longer than to the connection's own limit. */
    public interface Peer {
        /** @param bytes lent */
        void send(ByteBuf bytes) throws IOException;

        /** @return exactly so many, not to be released */
        ByteBuf receive(int bytes) throws IOException;
    }

    /**
     * Logs in.
     *
     * @param sink its name
     * @param limit how long the KDC may take
     * @throws KerberosException if there is no ticket; where it {@link KerberosException#mayHeal may heal} the client has started all the same
     *     and tries again for each connection, else it is to be closed
     * @throws IOException if the thread was interrupted, which stays set, or the KDC has taken too long, which may heal
     */
    public void start(String sink, Duration limit) throws IOException {
        ScheduledThreadPoolExecutor own = new ScheduledThreadPoolExecutor(THREADS, work -> {
            Thread thread = new Thread(work, "kerberos-" + sink);
            thread.setDaemon(true);
            return thread;
        });
        own.setRemoveOnCancelPolicy(true);
        own.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        threads = own;
        Tickets made = new Tickets(sink, keytab, own);
        tickets = made;
        compute(made::get, new Limit(System.nanoTime() + limit.toNanos(), limit));
    }

    /** Until when, and how long that was from the begin. */
    private record Limit(long deadlineNanos, Duration all) {
        long nanosLeft() {
            return Math.max(0, deadlineNanos - System.nanoTime());
        }
    }

    /**
     * Shakes hands on a connection that has just been made.
     *
     * @param deadlineNanos of {@link System#nanoTime}
     * @param limit the whole time that there was until then, for the message
     * @throws KerberosException if the KDC or the peer refuses
     * @throws IOException if the connection breaks, the time is over, or the thread was interrupted, which stays set
     */
    public void authenticate(Peer peer, long deadlineNanos, Duration limit) throws IOException {
        Limit end = new Limit(deadlineNanos, limit);
        Exchange exchange = compute(this::newExchange, end);
        try {
            peer.send(SaslMessage.of(NegotiationStatus.START, SaslMessage.MECHANISM)
                    .encoded());
            say(peer, exchange, exchange.first);
            SaslMessage last = null;
            while (!exchange.isComplete()) {
                last = heard(peer);
                byte[] token = last.payload();
                byte[] answer = compute(() -> exchange.evaluate(token), end);
                if (last.status() == NegotiationStatus.COMPLETE) {
                    break;
                }
                say(peer, exchange, answer);
            }
            boolean isEnded = last != null && last.status() == NegotiationStatus.COMPLETE;
            if (!exchange.isComplete() || (!isEnded && heard(peer).status() != NegotiationStatus.COMPLETE)) {
                throw new KerberosException("the peer and we do not agree that the handshake is over", false, null);
            }
        } finally {
            exchange.dispose();
        }
    }

    private static void say(Peer peer, Exchange exchange, byte[] token) throws IOException {
        NegotiationStatus status = exchange.isComplete() ? NegotiationStatus.COMPLETE : NegotiationStatus.OK;
        peer.send(new SaslMessage(status, token).encoded());
    }

    private static SaslMessage heard(Peer peer) throws IOException {
        try {
            ByteBuf header = peer.receive(SaslMessage.HEADER_BYTES);
            int length = SaslMessage.payloadBytes(header);
            ByteBuf payload = length == 0 ? Unpooled.EMPTY_BUFFER : peer.receive(length);
            SaslMessage message = SaslMessage.next(Unpooled.wrappedBuffer(header, payload));
            if (message == null || message.isRefusal()) {
                throw new KerberosException("the peer says: " + (message == null ? "" : message.words()), false, null);
            }
            if (!message.isStep()) {
                throw new MalformedException(message.status() + " (expected: OK or COMPLETE)");
            }
            return message;
        } catch (MalformedException e) {
            throw new KerberosException("the peer answers with " + e.getMessage(), false, e);
        }
    }

    /** One handshake: whoever computes it has it alone. */
    private static final class Exchange {
        private final Subject subject;
        private final SaslClient client;

        /** What the peer is to be shown first. */
        private final byte[] first;

        Exchange(Subject subject, SaslClient client, byte[] first) {
            this.subject = subject;
            this.client = client;
            this.first = first;
        }

        boolean isComplete() {
            return client.isComplete();
        }

        static byte[] orNothing(byte @Nullable [] token) {
            return token == null ? new byte[0] : token;
        }

        byte[] evaluate(byte[] token) throws KerberosException {
            try {
                return Keytab.as(subject, () -> orNothing(client.evaluateChallenge(token)));
            } catch (SaslException e) {
                throw KerberosFailure.of("the peer is not who it is to be", e);
            }
        }

        void dispose() throws SaslException {
            client.dispose();
        }
    }

    /** With a ticket for the service, for which the KDC may have to be asked. */
    private Exchange newExchange() throws KerberosException {
        Tickets from = started();
        Subject subject = from.get();
        try {
            return Keytab.as(subject, () -> {
                SaslClient client = Sasl.createSaslClient(
                        new String[] {SaslMessage.MECHANISM},
                        null,
                        service.service(),
                        service.host(),
                        KerberosServer.AUTHENTICATION_ONLY,
                        null);
                if (client == null) {
                    throw new SaslException("this JDK has no " + SaslMessage.MECHANISM);
                }
                return new Exchange(subject, client, Exchange.orNothing(client.evaluateChallenge(new byte[0])));
            });
        } catch (SaslException e) {
            from.forget(); // a KDC that has another key now would refuse it until its time is over
            throw KerberosFailure.of("server-principal: no ticket for " + service, e);
        }
    }

    private interface Computation<T> {
        T run() throws KerberosException;
    }

    private <T> T compute(Computation<T> work, Limit limit) throws IOException {
        ScheduledThreadPoolExecutor by = threads;
        if (by == null) {
            throw new IllegalStateException("not started");
        }
        Future<T> result = by.submit(work::run);
        try {
            return result.get(limit.nanosLeft(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            result.cancel(true);
            throw new SocketTimeoutException("connect-timeout: the KDC has not answered within "
                    + limit.all().toMillis() + " ms");
        } catch (InterruptedException e) {
            result.cancel(true);
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        } catch (ExecutionException e) {
            if (e.getCause() instanceof KerberosException failure) {
                throw new KerberosException(String.valueOf(failure.getMessage()), failure.mayHeal(), failure);
            }
            throw new IllegalStateException(e.getCause());
        }
    }

    private Tickets started() {
        Tickets own = tickets;
        if (own == null) {
            throw new IllegalStateException("not started");
        }
        return own;
    }

    /** Ends the threads; one that waits for the KDC ends when it has waited. Does nothing when called again. */
    @Override
    public void close() {
        if (threads != null) {
            threads.shutdownNow();
            threads = null;
        }
    }

    @Override
    public String toString() {
        return keytab.principal().getName() + " to " + service;
    }
}
