package org.millrace.tls;

import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;

/**
 * Keeps peers that fail again and again from filling a log: the first failure of an address is let through, then at most one in each interval,
 * with the number of those left out. Of very many addresses the ones that are longest silent are forgotten. Thread-safe.
 */
public final class PeerPace {
    private static final int MOST_PEERS = 1000;

    private final InstantSource clock;
    private final Duration interval;
    private final Map<InetAddress, Told> peers = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<InetAddress, Told> eldest) {
            return size() > MOST_PEERS;
        }
    };

    private record Told(Instant at, long leftOut) {}

    public PeerPace(InstantSource clock, Duration interval) {
        this.clock = clock;
        this.interval = interval;
    }

    /** How many failures of the peer were left out since the last line, if this one is to be logged; empty if it is not. */
    public synchronized OptionalLong admit(InetAddress peer) {
        Instant now = clock.instant();
        Told before = peers.get(peer);
        if (before != null && now.isBefore(before.at().plus(interval))) {
            peers.put(peer, new Told(before.at(), before.leftOut() + 1));
            return OptionalLong.empty();
        }
        peers.put(peer, new Told(now, 0));
        return OptionalLong.of(before == null ? 0 : before.leftOut());
    }
}
