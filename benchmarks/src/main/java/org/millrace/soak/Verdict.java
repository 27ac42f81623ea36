package org.millrace.soak;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Compares what was sent with what has arrived. */
final class Verdict {
    private static final int MOST_TOLD = 10;

    private final NumberSet arrived;
    private final Received received;
    private final List<String> examples = new ArrayList<>();

    private final long sentEvents;
    private final long batches;
    private final long ackedEvents;
    private final long refusedEvents;
    private long lostEvents;
    private long tornBatches;
    private long refusedArrivedEvents;
    private long unknownEvents;
    private long unknownArrivedEvents;
    private long sentArrivedEvents;

    /** @param sent at rest */
    Verdict(SentLedger sent, NumberSet arrived, Received received) {
        this.arrived = arrived;
        this.received = received;
        this.sentEvents = sent.sentEvents();
        this.batches = sent.batches();
        this.ackedEvents = sent.ackedEvents();
        this.refusedEvents = sent.refusedEvents();
        sent.visit(this::judge);
    }

    private void judge(long first, int events, SentLedger.Fate fate) {
        int found = arrived.count(first, events);
        sentArrivedEvents += found;
        switch (fate) {
            case ACKED -> {
                lostEvents += events - found;
                if (found < events) {
                    tell("lost", first, events, found);
                }
            }
            case REFUSED -> refusedArrivedEvents += found;
            case UNKNOWN -> {
                unknownEvents += events;
                unknownArrivedEvents += found;
            }
        }
        if (found > 0 && found < events) {
            tornBatches++;
            tell("torn", first, events, found);
        }
    }

    private void tell(String what, long first, int events, int found) {
        if (examples.size() < MOST_TOLD) {
            examples.add(String.format(
                    Locale.ROOT,
                    "%s: batch %,d to %,d, %d of its events arrived",
                    what,
                    first,
                    first + events - 1,
                    found));
        }
    }

    /** Events that arrived and were never sent. */
    long inventedEvents() {
        return arrived.size() - sentArrivedEvents;
    }

    long lostEvents() {
        return lostEvents;
    }

    /** Events that arrived though their batch was refused. */
    long refusedArrivedEvents() {
        return refusedArrivedEvents;
    }

    /** Batches of which a part arrived. */
    long tornBatches() {
        return tornBatches;
    }

    long alteredEvents() {
        return received.altered();
    }

    /** Events that were acked and have arrived at least once are all of them, none came from nowhere, no batch came in part. */
    boolean isGood() {
        return lostEvents == 0 && tornBatches == 0 && inventedEvents() == 0 && alteredEvents() == 0;
    }

    /** Something arrived, and nothing that was not sent. */
    boolean isGoodButForLosses() {
        return sentArrivedEvents > 0 && inventedEvents() == 0 && alteredEvents() == 0;
    }

    @Override
    public String toString() {
        StringBuilder out = new StringBuilder(String.format(
                Locale.ROOT,
                """
                sent        %,15d events in %,d batches
                  acked     %,15d
                  refused   %,15d, %,d of them arrived all the same
                  unknown   %,15d, %,d of them arrived
                arrived     %,15d
                  twice     %,15d (%.3f %%)
                lost        %,15d acked events
                torn        %,15d batches of which a part arrived
                invented    %,15d
                altered     %,15d
                """,
                sentEvents,
                batches,
                ackedEvents,
                refusedEvents,
                refusedArrivedEvents,
                unknownEvents,
                unknownArrivedEvents,
                received.numbers(),
                received.duplicates(),
                100.0 * received.duplicates() / Math.max(1, received.numbers()),
                lostEvents,
                tornBatches,
                inventedEvents(),
                alteredEvents()));
        examples.forEach(example -> out.append("  ").append(example).append('\n'));
        return out.toString();
    }
}
