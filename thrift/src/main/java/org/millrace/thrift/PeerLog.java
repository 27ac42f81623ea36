package org.millrace.thrift;

import io.netty.channel.Channel;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.InstantSource;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the source tells an operator about its peers. What peers can repeat at will is told now and then, with a count. Thread-safe. */
final class PeerLog {
    private static final Logger LOG = LoggerFactory.getLogger(ThriftSource.class);

    private final String source;
    private final LogPace connections;
    private final LogPace refusals;
    private final LogPace notStored;
    private final LogPace faults;

    PeerLog(String source, InstantSource clock) {
        this.source = source;
        this.connections = new LogPace(clock);
        this.refusals = new LogPace(clock);
        this.notStored = new LogPace(clock);
        this.faults = new LogPace(clock);
    }

    void connected(Channel peer) {
        connections
                .admit()
                .ifPresent(leftOut -> LOG.info("source {}: {} connected{}", source, address(peer), more(leftOut)));
    }

    /** A peer was turned away, or is disconnected for what it did. */
    void refused(Channel peer, String why) {
        refusals.admit()
                .ifPresent(leftOut -> LOG.warn(
                        "source {}: {} refused and disconnected: {}{}", source, address(peer), why, more(leftOut)));
    }

    /** A call was answered with an error. */
    void refusedCall(Channel peer, String why) {
        refusals.admit()
                .ifPresent(leftOut ->
                        LOG.warn("source {}: call of {} refused: {}{}", source, address(peer), why, more(leftOut)));
    }

    /** The peer is to send the events again. */
    void notStored(Channel peer, int events, Throwable why) {
        notStored
                .admit()
                .ifPresent(leftOut -> LOG.warn(
                        "source {}: {} events of {} not stored, it is to try again: {}{}",
                        source,
                        events,
                        address(peer),
                        why.getMessage(),
                        more(leftOut)));
    }

    /** Something broke that should not. */
    void fault(Channel peer, Throwable what) {
        OptionalLong leftOut = faults.admit();
        if (leftOut.isPresent()) {
            LOG.error("source {}: while serving {}{}", source, address(peer), more(leftOut.getAsLong()), what);
        }
    }

    private static String more(long leftOut) {
        return leftOut == 0 ? "" : " (and " + leftOut + " more like it)";
    }

    private static String address(Channel peer) {
        SocketAddress remote = peer.remoteAddress();
        return remote instanceof InetSocketAddress inet && inet.getAddress() != null
                ? inet.getAddress().getHostAddress() + ":" + inet.getPort()
                : String.valueOf(remote);
    }
}
