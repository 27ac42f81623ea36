package org.millrace.relay;

import java.time.Duration;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
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
     * Moves all events, in their order. Nobody puts into the old channel any more, and nobody takes from it; but a sink that hangs may
     * still have some, and give them back.
     *
     * @return null once the old one is empty; else why it is not by then: what could not be moved is still in it
     */
    @Nullable
    String runWithin(Duration timeout) throws InterruptedException {
        long deadlineNanos = System.nanoTime() + timeout.toNanos();
        long moved = 0;
        String refusal = null;
        while (refusal == null) {
            try {
                int events = moveOne();
                moved += events;
                if (events > 0) {
                    continue;
                }
                long taken = from.channel().eventsInMemory();
                if (taken == 0) {
                    break;
                }
                refusal = pauseUnlessOver(
                        deadlineNanos, () -> taken + " of its events are with a sink that does not come to an end");
            } catch (ChannelFullException e) {
                refusal = pauseUnlessOver(deadlineNanos, () -> String.valueOf(e.getMessage()));
            } catch (ChannelException e) {
                refusal = String.valueOf(e.getMessage());
            }
        }
        if (refusal != null) {
            log.error(
                    "channel {}: {} events handed over, and {} are left: {}", from, moved, sizeOf(from), refusal);
        } else if (moved > 0) {
            log.info("channel {}: {} events handed over to the new one", from.name(), moved);
        }
        return refusal;
    }

    private static @Nullable String pauseUnlessOver(long deadlineNanos, Supplier<String> refusal)
            throws InterruptedException {
        if (System.nanoTime() - deadlineNanos >= 0) {
            return refusal.get();
        }
        Thread.sleep(PAUSE_MILLIS);
        return null;
    }

    /** A batch that is too large for the new one is cut: what it takes at once, it may count in bytes. */
    private int moveOne() throws InterruptedException {
        int most = Math.min(
                from.channel().transactionCapacity(), to.channel().transactionCapacity());
        while (true) {
            int tried = 0;
            try (Transaction taking = from.channel().begin()) {
                EventBatch batch = taking.take(most);
                if (batch == null) {
                    return 0;
                }
                tried = batch.events();
                put(batch.retain());
                taking.commit();
                return tried;
            } catch (ChannelFullException e) {
                throw e;
            } catch (ChannelException e) {
                if (tried <= 1) {
                    throw e;
                }
                most = tried / 2;
            }
        }
    }

    /** Takes the batch over. */
    private void put(EventBatch batch) throws InterruptedException {
        try (Transaction putting = to.channel().begin()) {
            putting.put(batch);
            putting.commit();
        }
    }

    /** How many events a channel holds, by its own figures. */
    static String sizeOf(ChannelPart channel) {
        var size = channel.metrics().flumeAttributes().get("ChannelSize");
        return size == null ? "unknown number of" : Objects.toString(size.getValue());
    }
}
