package org.millrace.client;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * In which order a call of a load-balancing client tries its hosts, and which are left out because they failed: by Flume's rules. A
 * host that fails is left out for 2 s; for twice as long each time that it fails again within an hour of that. A success changes
 * nothing. Hosts are numbers. Thread-safe.
 */
final class HostOrder {
    private static final Duration UNIT = Duration.ofSeconds(1);
    private static final int MOST_DOUBLINGS = 16;

    /** A host that has failed so long after its last back-off starts anew. */
    private static final Duration FORGIVEN_AFTER = Duration.ofHours(1);

    private final HostPolicy.Selector selector;
    private final Optional<Duration> maxBackoff;
    private final InstantSource clock;
    private final RandomGenerator random;
    private final @Nullable Failures[] failures;

    private int nextHead;

    HostOrder(int hosts, HostPolicy.LoadBalance policy, InstantSource clock, RandomGenerator random) {
        this.selector = policy.selector();
        this.maxBackoff = policy.maxBackoff();
        this.clock = clock;
        this.random = random;
        this.failures = new Failures[hosts];
    }

    /** What is known of a host that has failed. */
    private record Failures(int inARow, Instant last, Instant leftOutUntil) {}

    /** The hosts for one call; empty if all are left out. */
    synchronized List<Integer> next() {
        List<Integer> eligible = eligible();
        if (eligible.isEmpty()) {
            return eligible;
        }
        return selector == HostPolicy.Selector.RANDOM ? shuffled(eligible) : rotated(eligible);
    }

    /** A host has failed. */
    synchronized void failed(int host) {
        if (maxBackoff.isEmpty()) {
            return;
        }
        Instant now = clock.instant();
        int inARow = inARow(failures[host], now);
        failures[host] = new Failures(inARow, now, now.plus(backoff(inARow)));
    }

    private int inARow(@Nullable Failures before, Instant now) {
        if (before == null) {
            return 1;
        }
        Instant forgiven = before.last().plus(backoff(before.inARow())).plus(FORGIVEN_AFTER);
        return now.isBefore(forgiven) ? Math.min(before.inARow() + 1, MOST_DOUBLINGS) : 1;
    }

    private Duration backoff(int inARow) {
        Duration doubled = UNIT.multipliedBy(1L << inARow);
        Duration most = maxBackoff.orElse(Duration.ZERO);
        return doubled.compareTo(most) < 0 ? doubled : most;
    }

    private List<Integer> eligible() {
        Instant now = clock.instant();
        List<Integer> eligible = new ArrayList<>(failures.length);
        for (int host = 0; host < failures.length; host++) {
            Failures known = failures[host];
            if (known == null || !known.leftOutUntil().isAfter(now)) {
                eligible.add(host);
            }
        }
        return eligible;
    }

    private List<Integer> rotated(List<Integer> eligible) {
        int size = eligible.size();
        int head = nextHead >= size ? 0 : nextHead; // there may be fewer than last time
        nextHead = (head + 1) % size;
        List<Integer> order = new ArrayList<>(size);
        for (int i = 0; i < size; i++) {
            order.add(eligible.get((head + i) % size));
        }
        return order;
    }

    private List<Integer> shuffled(List<Integer> eligible) {
        Integer[] order = eligible.toArray(Integer[]::new);
        for (int i = order.length - 1; i > 0; i--) {
            int other = random.nextInt(i + 1);
            Integer host = order[i];
            order[i] = order[other];
            order[other] = host;
        }
        return Arrays.asList(order);
    }
}
