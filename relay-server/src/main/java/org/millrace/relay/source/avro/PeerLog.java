package org.millrace.relay.source.avro;

import io.netty.channel.Channel;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.OptionalLong;
import org.millrace.codec.MalformedException;
import org.millrace.codec.rpc.Request;
import org.millrace.relay.log.LogThrottle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the source tells an operator about its peers. What peers can repeat at will is told now and then, with a count. Thread-safe. */
final class PeerLog {
    private static final Logger log = LoggerFactory.getLogger(AvroSource.class);
    private static final Duration NOW_AND_THEN = Duration.ofSeconds(10);

    private final String source;
    private final LogThrottle refusals;
    private final LogThrottle notStored;
    private final LogThrottle faults;

    PeerLog(String source, InstantSource clock) {
        this.source = source;
        this.refusals = new LogThrottle(clock, NOW_AND_THEN);
        this.notStored = new LogThrottle(clock, NOW_AND_THEN);
        this.faults = new LogThrottle(clock, NOW_AND_THEN);
    }

    void connected(Channel peer) {
        log.info("source {}: {} connected", source, address(peer));
    }

    void disconnected(Channel peer) {
        log.info("source {}: {} disconnected", source, address(peer));
    }

    /** A peer was turned away, or is disconnected for what it did. */
    void refused(Channel peer, String why) {
        OptionalLong leftOut = refusals.admit();
        if (leftOut.isPresent()) {
            log.warn("source {}: {} refused and disconnected: {}{}", source, address(peer), why, more(leftOut));
        }
    }

    /** A call that made no sense was answered with an error. */
    void refusedCall(Channel peer, MalformedException why) {
        OptionalLong leftOut = refusals.admit();
        if (leftOut.isPresent()) {
            log.warn("source {}: call of {} refused: {}{}", source, address(peer), why.getMessage(), more(leftOut));
        }
    }

    /** The peer is to send the batch again. */
    void notStored(Channel peer, Request.Call call, Throwable why) {
        OptionalLong leftOut = notStored.admit();
        if (leftOut.isPresent()) {
            log.warn(
                    "source {}: {} events of {} not stored, it is to try again: {}{}",
                    source,
                    call.batch().events(),
                    address(peer),
                    why.getMessage(),
                    more(leftOut));
        }
    }

    /** Something broke that should not. */
    void fault(Channel peer, Throwable what) {
        OptionalLong leftOut = faults.admit();
        if (leftOut.isPresent()) {
            log.error("source {}: while serving {}{}", source, address(peer), more(leftOut), what);
        }
    }

    private static String more(OptionalLong leftOut) {
        return leftOut.orElse(0) == 0 ? "" : " (and " + leftOut.getAsLong() + " more like it)";
    }

    private static String address(Channel peer) {
        SocketAddress remote = peer.remoteAddress();
        return remote instanceof InetSocketAddress inet && inet.getAddress() != null
                ? inet.getAddress().getHostAddress() + ":" + inet.getPort()
                : String.valueOf(remote);
    }
}
