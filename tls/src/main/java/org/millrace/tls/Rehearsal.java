package org.millrace.tls;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;

/**
 * A handshake in memory with a peer that believes everything: shows before the first connection whether a server's key, its protocols and its
 * cipher suites go together.
 */
final class Rehearsal {
    private static final int MOST_TURNS = 100;

    private Rehearsal() {}

    /** @throws SSLException if nobody could shake hands with this server */
    static void shakeHands(SSLContext context, Offer offer) throws SSLException {
        SSLEngine server = ServerTls.newEngine(context, offer);
        SSLEngine client = believer(offer);
        ByteBuffer toServer = ByteBuffer.allocate(client.getSession().getPacketBufferSize());
        ByteBuffer toClient = ByteBuffer.allocate(server.getSession().getPacketBufferSize());
        for (int turn = 0; turn < MOST_TURNS; turn++) {
            step(client, toClient, toServer);
            step(server, toServer, toClient);
            if (isDone(server) && isDone(client)) {
                return;
            }
        }
        throw new SSLException("a handshake does not come to its end");
    }

    private static SSLEngine believer(Offer offer) throws SSLException {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, Trust.inEverybody(), null);
            SSLEngine engine = context.createSSLEngine();
            engine.setUseClientMode(true);
            engine.setSSLParameters(offer.applyTo(engine.getSSLParameters(), context));
            engine.beginHandshake();
            return engine;
        } catch (GeneralSecurityException e) {
            throw new SSLException("the JDK has no TLS", e);
        }
    }

    private static boolean isDone(SSLEngine engine) {
        return engine.getHandshakeStatus() == HandshakeStatus.NOT_HANDSHAKING
                && !engine.getSession().getCipherSuite().equals("SSL_NULL_WITH_NULL_NULL");
    }

    /** Reads what there is, computes, and writes what is to be said. */
    private static void step(SSLEngine engine, ByteBuffer in, ByteBuffer out) throws SSLException {
        in.flip();
        ByteBuffer nothing = ByteBuffer.allocate(engine.getSession().getApplicationBufferSize());
        SSLEngineResult result;
        do {
            runTasks(engine);
            result = engine.unwrap(in, nothing);
            runTasks(engine);
        } while (result.bytesConsumed() > 0 && in.hasRemaining());
        in.compact();
        while (engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP) {
            result = engine.wrap(ByteBuffer.allocate(0), out);
            if (result.getStatus() != SSLEngineResult.Status.OK) {
                return; // the other one reads first
            }
            runTasks(engine);
        }
    }

    private static void runTasks(SSLEngine engine) {
        for (Runnable task = engine.getDelegatedTask(); task != null; task = engine.getDelegatedTask()) {
            task.run();
        }
    }
}
