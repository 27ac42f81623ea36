package org.millrace.relay.source.spool;

import java.time.Duration;

/** Pauses between tries of the same batch: 250 ms, then twice as long each time, up to a limit. */
final class Backoff {
    private static final Duration FIRST = Duration.ofMillis(250);

    private final Duration limit;
    private Duration next;

    Backoff(Duration limit) {
        this.limit = limit;
        this.next = least(FIRST);
    }

    Duration next() {
        Duration pause = next;
        next = least(next.multipliedBy(2));
        return pause;
    }

    private Duration least(Duration pause) {
        return pause.compareTo(limit) < 0 ? pause : limit;
    }
}
