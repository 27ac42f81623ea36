package org.millrace.thrift.kerberos;

import com.codahale.metrics.Counter;
import io.netty.channel.Channel;
import io.netty.channel.ChannelPipeline;
import javax.security.auth.Subject;
import org.jspecify.annotations.Nullable;
import org.millrace.api.SourceContext;
import org.millrace.api.StartException;
import org.millrace.codec.frame.ReceiveBudget;
import org.millrace.listener.ForeignGreeting;
import org.millrace.listener.PeerLog;
import org.millrace.listener.TcpServer;
import org.slf4j.Logger;

/**
 * What stands where a source's connections come in, behind TLS: the handshake of Kerberos, or where its keys do not ask for it, a look whether
 * a peer begins one all the same. Thread-safe.
 */
public final class SourceKerberos {
    private static final String HANDLER = "kerberos";

    private final Logger log;
    private final String source;
    private final PeerLog peerLog;
    private final @Nullable KerberosServer server;
    private final @Nullable Subject subject;
    private final Counter handshakes;
    private final Counter refused;

    private SourceKerberos(
            SourceContext context,
            Logger log,
            PeerLog peerLog,
            @Nullable KerberosServer server,
            @Nullable Subject subject) {
        this.log = log;
        this.source = context.name();
        this.peerLog = peerLog;
        this.server = server;
        this.subject = subject;
        this.handshakes = context.metrics().counter("kerberosHandshakes");
        this.refused = context.metrics().counter("connectionsRefused.kerberos");
    }

    /**
     * Of a source that starts; its figures appear from now on.
     *
     * @param log of the source
     * @param server null if it does not speak Kerberos
     * @throws StartException if it could authenticate nobody
     */
    public static SourceKerberos of(SourceContext context, Logger log, @Nullable KerberosServer server, PeerLog peerLog)
            throws StartException {
        try {
            Subject subject = server == null ? null : server.logIn();
            return new SourceKerberos(context, log, peerLog, server, subject);
        } catch (KerberosException e) {
            throw new StartException("source " + context.name() + ": " + e.getMessage(), e);
        }
    }

    /** The source's protocol as an operator is to read it. */
    public String named(String protocol) {
        return server == null ? protocol : protocol + " with Kerberos as " + server.name();
    }

    /**
     * Adds the entrance: behind the handlers that are there, before those that hear what a peer says.
     *
     * @param budget for what the handshake holds of what the peer has sent
     */
    public void addTo(ChannelPipeline pipeline, ReceiveBudget budget) {
        if (server == null || subject == null) {
            pipeline.addLast(HANDLER, new ForeignGreeting(KerberosGreeting::begins, this::refuseKerberos));
        } else {
            pipeline.addLast(
                    HANDLER,
                    new SaslEntrance(this, server, subject, budget, KerberosThreads.EXECUTOR, TcpServer.DRAIN));
        }
    }

    private void refuseKerberos(Channel peer) {
        refused(peer, "it begins with Kerberos, which the source does not speak without kerberos = true");
    }

    /** A handshake has succeeded. */
    void authenticated(Channel peer, String principal) {
        handshakes.inc();
        log.debug("source {}: {} is {}", source, peer.remoteAddress(), principal);
    }

    /** There was none. */
    void refused(Channel peer, String why) {
        refused.inc();
        peerLog.refused(peer, why);
    }

    /** A fault of ours. */
    void broken(Channel peer, Throwable why) {
        peerLog.fault(peer, why);
    }
}
