package org.millrace.client;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The way to a client's hosts. Thread-safe. */
interface Route {
    /** The tries of one call. */
    Tries tries();

    /** Closes every connection. */
    void close();

    /** What a call tries, one after another. Each call has its own; one thread at a time. */
    interface Tries {
        /** Where to go next; null if there is no try left. */
        @Nullable
        HostRing next();

        /** No host of the last one could be reached. */
        void unreachable();
    }

    static Route of(ClientSettings settings, Link.Maker links, InstantSource clock, RandomGenerator random) {
        List<RelayAddress> hosts = settings.hosts();
        HostPolicy policy = settings.policy();
        if (policy instanceof HostPolicy.LoadBalance balance) {
            return new Balanced(hosts, links, new HostOrder(hosts.size(), balance, clock, random));
        }
        if (policy instanceof HostPolicy.Failover failover) {
            return new InTurn(new HostRing(hosts, links, false, () -> {}), failover.maxAttempts());
        }
        return new InTurn(new HostRing(hosts.subList(0, 1), links, true, () -> {}), 1);
    }

    /** One connection at a time; each try that fails makes it one to the next host. */
    record InTurn(HostRing ring, int maxAttempts) implements Route {
        @Override
        public Tries tries() {
            return new Tries() {
                private int left = maxAttempts;

                @Override
                public @Nullable HostRing next() {
                    return left-- > 0 ? ring : null;
                }

                @Override
                public void unreachable() {
                    left = 0; // all of them were tried
                }
            };
        }

        @Override
        public void close() {
            ring.close();
        }
    }

    /** A connection to each host. */
    final class Balanced implements Route {
        private final List<HostRing> rings = new ArrayList<>();
        private final HostOrder order;

        Balanced(List<RelayAddress> hosts, Link.Maker links, HostOrder order) {
            this.order = order;
            IntStream.range(0, hosts.size()).forEach(host -> {
                List<RelayAddress> itself = List.of(hosts.get(host));
                rings.add(new HostRing(itself, links, false, () -> order.failed(host)));
            });
        }

        @Override
        public Tries tries() {
            Iterator<Integer> hosts = order.next().iterator();
            return new Tries() {
                @Override
                public @Nullable HostRing next() {
                    return hosts.hasNext() ? rings.get(hosts.next()) : null;
                }

                @Override
                public void unreachable() {
                    // the next one is another host
                }
            };
        }

        @Override
        public void close() {
            rings.forEach(HostRing::close);
        }
    }
}
