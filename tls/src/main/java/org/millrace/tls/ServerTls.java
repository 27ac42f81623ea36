package org.millrace.tls;

import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelPipeline;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Collectors;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/**
 * TLS of a component that listens. Its files were read when it was made, and are read again once they change; nothing is to be closed.
 * Thread-safe.
 */
public final class ServerTls {
    private final ContextFiles files;
    private final Offer offer;
    private final ClientAuth clientAuth;
    private final HandshakeSlots slots;
    private final Duration handshakeTimeout;

    /** Whether a peer has to show a certificate. */
    enum ClientAuth {
        NONE,
        /** One that shows none is let in, too. */
        WANTED,
        REQUIRED
    }

    /** What a peer may have put around TLS, or into it. */
    public interface Compression {
        /** Whether a connection that begins with these two bytes, 0 to 255, is compressed. */
        boolean isBegunBy(int first, int second);

        /**
         * Adds its handlers.
         *
         * @param after the name of the handler that is to be the next one towards the socket
         * @return the name of the innermost of them
         */
        String addTo(ChannelPipeline pipeline, String after);
    }

    ServerTls(ContextFiles files, Offer offer, ClientAuth clientAuth, int maxHandshakes, Duration handshakeTimeout) {
        this.files = files;
        this.offer = offer;
        this.clientAuth = clientAuth;
        this.slots = new HandshakeSlots(maxHandshakes);
        this.handshakeTimeout = handshakeTimeout;
    }

    /**
     * The handler for a connection that was just accepted: it makes room for TLS itself, behind it, once the peer has said its first bytes.
     *
     * @param leaving an event that asks connections to finish what they have begun: one whose handshake is not through is closed
     * @param compression what the peer puts around TLS, as Flume from 1.10 on does, or into it, as Flume up to 1.9: seen by its first bytes;
     *     null if it is not to compress
     */
    public ChannelHandler entrance(TlsListener listener, Object leaving, @Nullable Compression compression) {
        return new TlsEntrance(this, listener, leaving, compression);
    }

    /** When the first of our certificates expires. */
    public Optional<Instant> certificateExpiry() {
        return Optional.ofNullable(files.firstToExpire()).map(ContextFiles::expiry);
    }

    /** Handshakes under way; those in line for one do not count. */
    public int handshakes() {
        return slots.taken();
    }

    /** Ours that expires first, for messages. */
    @Nullable
    X509Certificate firstToExpire() {
        return files.firstToExpire();
    }

    SSLEngine newEngine() {
        SSLEngine engine = newEngine(files.context(), offer);
        if (clientAuth == ClientAuth.REQUIRED) {
            engine.setNeedClientAuth(true);
        } else if (clientAuth == ClientAuth.WANTED) {
            engine.setWantClientAuth(true);
        }
        return engine;
    }

    static SSLEngine newEngine(SSLContext context, Offer offer) {
        SSLEngine engine = context.createSSLEngine();
        engine.setUseClientMode(false);
        SSLParameters parameters = offer.applyTo(engine.getSSLParameters(), context);
        parameters.setUseCipherSuitesOrder(true);
        engine.setSSLParameters(parameters);
        return engine;
    }

    HandshakeSlots slots() {
        return slots;
    }

    Duration handshakeTimeout() {
        return handshakeTimeout;
    }

    boolean isLookDue() {
        return files.isLookDue();
    }

    /** Reads the files again if they have changed. Blocks. */
    void refresh(TlsListener listener) {
        ContextFiles.Look look = files.refresh();
        if (look.reloaded()) {
            listener.reloaded(files.paths().stream().map(Object::toString).collect(Collectors.joining(", ")));
        } else if (look.problem() != null) {
            listener.notReloaded(look.problem());
        }
    }
}
