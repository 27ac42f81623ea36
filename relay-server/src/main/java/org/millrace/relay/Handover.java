package org.millrace.relay;

import java.time.Duration;
import java.util.Objects;
import org.millrace.api.Channel;
import org.millrace.api.ChannelException;
import org.millrace.api.ChannelFullException;
import org.millrace.api.Transaction;
import org.millrace.codec.EventBatch;
import org.millrace.relay.config.Assembly.ChannelPart;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Moves the events of a channel in memory to the one that takes its place. One thread. */
final class Handover {
    private static final Logger log = LoggerFactory.getLogger(Handover.class);

    /** Where the new one is full its sinks make room meanwhile. */
    private static final long PAUSE_MILLIS = 20;

    private final ChannelPart from;
    private final ChannelPart to;

    Handover(ChannelPart from, ChannelPart to) {
        this.from = from;
        this.to = to;
    }

    /**
     * Moves all events, in their order. Nobody puts into the old channel any more, and nobody takes from it.
     *
     * @return false if the new one had no room for all of them by then: the others are still in the old one
     */
    boolean runWithin(Duration timeout) throws InterruptedException {
        long deadlineNanos = System.nanoTime() + timeout.toNanos();
        long events = 0;
        while (true) {
            try {
                int moved = moveOne();
                if (moved == 0) {
                    break;
                }
                events += moved;
            } catch (ChannelFullException e) {
                if (System.nanoTime() - deadlineNanos >= 0) {
                    return refused(events, e);
                }
                Thread.sleep(PAUSE_MILLIS);
            } catch (ChannelException e) {
                return refused(events, e);
            }
        }
        if (events > 0) {
            log.info("channel {}: {} events handed over to the new one", from.name(), events);
        }
        return true;
    }

    private boolean refused(long moved, ChannelException why) {
        log.error(
                "channel {}: {} events handed over to the new one, which does not take the other {}: {}",
                from.name(),
                moved,
                sizeOf(from),
                why.getMessage());
        return false;
    }

    private int moveOne() throws InterruptedException {
        Channel old = from.channel();
        int most = Math.min(old.transactionCapacity(), to.channel().transactionCapacity());
        try (Transaction taking = old.begin()) {
            EventBatch batch = taking.take(most);
            if (batch == null) {
                return 0;
            }
            int events = batch.events();
            try (Transaction putting = to.channel().begin()) {
                putting.put(batch.retain());
                putting.commit();
            }
            taking.commit();
            return events;
        }
    }

    /** How many events a channel holds, by its own figures. */
    static String sizeOf(ChannelPart channel) {
        var size = channel.metrics().flumeAttributes().get("ChannelSize");
        return size == null ? "unknown number of" : Objects.toString(size.getValue());
    }
}
