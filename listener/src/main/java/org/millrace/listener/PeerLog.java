package org.millrace.listener;

import io.netty.channel.Channel;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.OptionalLong;
import org.millrace.api.support.LogThrottle;
import org.slf4j.Logger;

/** What the source tells an operator about its peers. What peers can repeat at will is told now and then, with a count. Thread-safe. */
public final class PeerLog {
    private static final Duration NOW_AND_THEN = Duration.ofSeconds(10);

    private final Logger log;
    private final String source;
    private final LogThrottle arrivals;
    private final LogThrottle departures;
    private final LogThrottle cutOffs;
    private final LogThrottle refusals;
    private final LogThrottle notStored;
    private final LogThrottle drops;
    private final LogThrottle faults;

    /** @param log of the source */
    public PeerLog(Logger log, String source, InstantSource clock) {
        this.log = log;
        this.source = source;
        this.arrivals = new LogThrottle(clock, NOW_AND_THEN);
        this.departures = new LogThrottle(clock, NOW_AND_THEN);
        this.cutOffs = new LogThrottle(clock, NOW_AND_THEN);
        this.refusals = new LogThrottle(clock, NOW_AND_THEN);
        this.notStored = new LogThrottle(clock, NOW_AND_THEN);
        this.drops = new LogThrottle(clock, NOW_AND_THEN);
        this.faults = new LogThrottle(clock, NOW_AND_THEN);
    }

    /** A peer was let in. */
    public void connected(Channel peer) {
        tell(arrivals, peer, "connected");
    }

    /** It has gone. */
    public void disconnected(Channel peer) {
        tell(departures, peer, "disconnected");
    }

    /** It has gone before the end of what it had begun to send. */
    void cutOff(Channel peer) {
        OptionalLong leftOut = cutOffs.admit();
        if (leftOut.isPresent()) {
            log.warn(
                    "source {}: {} went away in the middle of a frame, of which nothing is stored{}",
                    source,
                    address(peer),
                    more(leftOut));
        }
    }

    /** A peer was turned away, or is disconnected for what it did. */
    public void refused(Channel peer, String why) {
        OptionalLong leftOut = refusals.admit();
        if (leftOut.isPresent()) {
            log.warn("source {}: {} refused and disconnected: {}{}", source, address(peer), why, more(leftOut));
        }
    }

    /** A call that made no sense was answered with an error. */
    public void refusedCall(Channel peer, String why) {
        OptionalLong leftOut = refusals.admit();
        if (leftOut.isPresent()) {
            log.warn("source {}: call of {} refused: {}{}", source, address(peer), why, more(leftOut));
        }
    }

    /** The peer is to send the batch again. */
    public void notStored(Channel peer, int events, Throwable why) {
        OptionalLong leftOut = notStored.admit();
        if (leftOut.isPresent()) {
            log.warn(
                    "source {}: {} events of {} not stored, it is to try again: {}{}",
                    source,
                    events,
                    address(peer),
                    why.getMessage(),
                    more(leftOut));
        }
    }

    /** No channel has the events yet: they are put again. */
    void kept(Channel peer, int events, Throwable why) {
        OptionalLong leftOut = notStored.admit();
        if (leftOut.isPresent()) {
            log.warn(
                    "source {}: {} events of {} not stored, they are kept and put again: {}{}",
                    source,
                    events,
                    address(peer),
                    why.getMessage(),
                    more(leftOut));
        }
    }

    /** Events are lost: nobody is there to send them again. */
    public void dropped(Channel peer, int events, String why) {
        OptionalLong leftOut = drops.admit();
        if (leftOut.isPresent()) {
            log.error("source {}: {} events of {} dropped: {}{}", source, events, address(peer), why, more(leftOut));
        }
    }

    /** Something broke that should not. */
    public void fault(Channel peer, Throwable what) {
        OptionalLong leftOut = faults.admit();
        if (leftOut.isPresent()) {
            log.error("source {}: while serving {}{}", source, address(peer), more(leftOut), what);
        }
    }

    private void tell(LogThrottle pace, Channel peer, String what) {
        OptionalLong leftOut = pace.admit();
        if (leftOut.isPresent()) {
            log.info("source {}: {} {}{}", source, address(peer), what, more(leftOut));
        } else if (log.isDebugEnabled()) {
            log.debug("source {}: {} {}", source, address(peer), what);
        }
    }

    private static String more(OptionalLong leftOut) {
        return leftOut.orElse(0) == 0 ? "" : " (and " + leftOut.getAsLong() + " more like it)";
    }

    private static String address(Channel peer) {
        SocketAddress remote = peer.remoteAddress();
        if (remote == null) { // a port for datagrams of many
            return "port " + peer.localAddress();
        }
        return remote instanceof InetSocketAddress inet && inet.getAddress() != null
                ? inet.getAddress().getHostAddress() + ":" + inet.getPort()
                : String.valueOf(remote);
    }
}
