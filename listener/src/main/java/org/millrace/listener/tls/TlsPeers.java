package org.millrace.listener.tls;

import com.codahale.metrics.Counter;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.millrace.api.ComponentMetrics;
import org.millrace.tls.PeerPace;
import org.millrace.tls.ServerTls;
import org.millrace.tls.TlsListener;
import org.slf4j.Logger;

/** TLS of a source that has started: counts its handshakes, and tells an operator of peers with which there was none: of each now and then. Thread-safe. */
final class TlsPeers implements TlsListener {
    /** Counts connections that were refused as only one of the two ends speaks TLS, or as there was no handshake. */
    static final String REFUSED = "connectionsRefused.tls";

    private static final Duration NOW_AND_THEN = Duration.ofSeconds(60);

    private final Logger log;
    private final ServerTls tls;
    private final String source;
    private final Counter handshakes;
    private final Counter refused;
    private final PeerPace pace;

    /** @param log of the source; its figures appear from now on */
    TlsPeers(Logger log, ComponentMetrics metrics, ServerTls tls, InstantSource clock) {
        this.log = log;
        this.tls = tls;
        this.source = metrics.component();
        this.handshakes = metrics.counter("tlsHandshakes");
        this.refused = metrics.counter(REFUSED);
        this.pace = new PeerPace(clock, NOW_AND_THEN);
        metrics.gauge("tlsHandshakesUnderWay", tls::handshakes);
        metrics.gauge(
                "tlsCertificateSecondsLeft",
                () -> tls.certificateExpiry()
                        .map(expiry -> Duration.between(clock.instant(), expiry).toSeconds())
                        .orElse(Long.MAX_VALUE));
    }

    /** The handler for an accepted connection, as {@link ServerTls#entrance} has it. */
    ChannelHandler entrance(Object leaving, ServerTls.@Nullable Compression compression) {
        return tls.entrance(this, leaving, compression);
    }

    @Override
    public void secured(Channel peer) {
        handshakes.inc();
    }

    @Override
    public void refused(Channel peer, String why) {
        refused.inc();
        if (peer.remoteAddress() instanceof InetSocketAddress address && address.getAddress() != null) {
            InetAddress host = address.getAddress();
            OptionalLong leftOut = pace.admit(host);
            if (leftOut.isPresent()) {
                log.warn(
                        "source {}: TLS: {}:{} disconnected: {}{}",
                        source,
                        host.getHostAddress(),
                        address.getPort(),
                        why,
                        leftOut.getAsLong() == 0 ? "" : " (and " + leftOut.getAsLong() + " more of this host)");
            }
        }
    }

    @Override
    public void reloaded(String files) {
        log.info("source {}: TLS: read again, for connections from now on: {}", source, files);
    }

    @Override
    public void notReloaded(String why) {
        log.error("source {}: TLS: a changed store is not used, the old one stays: {}", source, why);
    }
}
