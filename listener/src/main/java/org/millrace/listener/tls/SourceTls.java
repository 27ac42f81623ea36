package org.millrace.listener.tls;

import com.codahale.metrics.Counter;
import io.netty.channel.Channel;
import io.netty.channel.ChannelPipeline;
import org.jspecify.annotations.Nullable;
import org.millrace.api.SourceContext;
import org.millrace.listener.ForeignGreeting;
import org.millrace.listener.PeerLog;
import org.millrace.listener.TcpServer;
import org.millrace.tls.ServerTls;
import org.slf4j.Logger;

/**
 * What stands where a source's connections come in: TLS, or where its keys do not ask for it, a look whether a peer speaks it all the same.
 * Thread-safe.
 */
public final class SourceTls {
    private static final String HANDLER = "tls";

    private final @Nullable TlsPeers peers;
    private final PeerLog log;
    private final Counter refused;

    private SourceTls(@Nullable TlsPeers peers, PeerLog log, Counter refused) {
        this.peers = peers;
        this.log = log;
        this.refused = refused;
    }

    /**
     * Of a source that starts; its figures appear from now on.
     *
     * @param log of the source
     * @param tls null if it does not speak TLS
     */
    public static SourceTls of(SourceContext context, Logger log, @Nullable ServerTls tls, PeerLog peerLog) {
        TlsPeers peers = tls == null ? null : new TlsPeers(log, context.metrics(), tls, context.clock());
        return new SourceTls(peers, peerLog, context.metrics().counter(TlsPeers.REFUSED));
    }

    /** The source's protocol as an operator is to read it. */
    public String named(String protocol) {
        return peers == null ? protocol : protocol + " over TLS";
    }

    /**
     * Adds the entrance: behind the handlers that are there, before those that hear what a peer says.
     *
     * @param compression how the peers compress; null if they do not
     */
    public void addTo(ChannelPipeline pipeline, ServerTls.@Nullable Compression compression) {
        if (peers != null) {
            pipeline.addLast(HANDLER, peers.entrance(TcpServer.DRAIN, compression)); // adds compression where it is
            return;
        }
        pipeline.addLast(HANDLER, new ForeignGreeting(ClientHello::begins, this::refuse));
        if (compression != null) {
            compression.addTo(pipeline, HANDLER);
        }
    }

    private void refuse(Channel peer) {
        refused.inc();
        log.refused(peer, "this looks like TLS, which the source does not speak without ssl = true");
    }
}
