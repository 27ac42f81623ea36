package org.millrace.client;

import java.time.Duration;
import java.util.Optional;

/** Which of its hosts a client sends to. Immutable. */
public sealed interface HostPolicy {
    /** Flume's longest back-off of a load-balancing client. */
    Duration DEFAULT_MAX_BACKOFF = Duration.ofSeconds(30);

    /** The first one alone: Flume's {@code default}. */
    record FirstOnly() implements HostPolicy {}

    /**
     * One after another: Flume's {@code default_failover}. A host is kept until a try fails; then it is the next one's turn, round and
     * round, without going back to the first.
     *
     * @param maxAttempts how often a call is tried, at least 1
     */
    record Failover(int maxAttempts) implements HostPolicy {
        public Failover {
            if (maxAttempts < 1) {
                throw new IllegalArgumentException("maxAttempts: " + maxAttempts + " (expected: at least 1)");
            }
        }
    }

    /**
     * All of them, a call each: Flume's {@code default_loadbalance}. A call that fails goes on to the next host; it has failed when
     * no host is left.
     *
     * @param maxBackoff a host that failed is left out for 2 s, then 4 s, 8 s and so on, up to this; empty: it is tried again at
     *     its next turn
     */
    record LoadBalance(Selector selector, Optional<Duration> maxBackoff) implements HostPolicy {
        public LoadBalance {
            maxBackoff.ifPresent(LoadBalance::checkBackoff);
        }

        private static void checkBackoff(Duration backoff) {
            if (backoff.toMillis() < 1) {
                throw new IllegalArgumentException("maxBackoff: " + backoff + " (expected: at least 1 ms)");
            }
        }
    }

    /** In which order a load-balancing client takes its hosts. */
    enum Selector {
        /** Each call begins with the host behind the one that the last call began with. */
        ROUND_ROBIN,
        /** Each call draws an order of its own. */
        RANDOM
    }
}
