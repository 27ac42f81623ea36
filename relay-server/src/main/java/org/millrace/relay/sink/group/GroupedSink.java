package org.millrace.relay.sink.group;

import com.codahale.metrics.Counter;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.millrace.api.DeliveryException;
import org.millrace.api.Sink;
import org.millrace.api.SinkProcessor;
import org.millrace.relay.sink.NativeShortage;

/**
 * What a group knows of one of its sinks: whether it fails, since how many turns, and when it may be tried again. The group's thread
 * only, but for {@link #isFailing}.
 */
final class GroupedSink {
    private final SinkProcessor.Member member;
    private final LongSupplier nanoTime;
    private final Counter failures;

    private volatile int failuresInARow;
    private volatile long retryNanos;
    /** A turn has sent something that may still be on its way. */
    private boolean busy;

    /** When it is to be settled although it gets no turn, once that has been asked. */
    private long settleNanos;

    private boolean hasSettleTime;

    GroupedSink(SinkProcessor.Member member, LongSupplier nanoTime) {
        this.member = member;
        this.nanoTime = nanoTime;
        this.failures = member.metrics().counter("deliveryFailures");
    }

    SinkProcessor.Member member() {
        return member;
    }

    String name() {
        return member.name();
    }

    void showFigures() {
        member.metrics().gauge("failuresInARow", () -> failuresInARow);
        member.metrics().gauge("penaltyMillis", () -> penaltyLeft().toMillis());
    }

    /** Any thread. */
    boolean isFailing() {
        return failuresInARow > 0;
    }

    /** What its last turn took may not have arrived yet. */
    boolean isBusy() {
        return busy;
    }

    /** Turns that failed since it last delivered. */
    int failuresInARow() {
        return failuresInARow;
    }

    /** When it may be tried again, by the group's clock. */
    long retryNanos() {
        return retryNanos;
    }

    /** True once the penalty is over: as in Flume, a moment after and not at its end. */
    boolean mayRetry() {
        return nanoTime.getAsLong() - retryNanos > 0;
    }

    Duration penaltyLeft() {
        return isFailing() ? Duration.ofNanos(Math.max(0, retryNanos - nanoTime.getAsLong())) : Duration.ZERO;
    }

    /**
     * A turn. What a sink takes that has been failing has arrived when this returns: to have sent it proves nothing. When this throws,
     * the sink holds no event.
     */
    Sink.Drain turn() throws DeliveryException, InterruptedException {
        hasSettleTime = false;
        busy = true; // also if an Error ends it
        try {
            Sink.Drain drain = member.sink().drain();
            busy = drain == Sink.Drain.DELIVERED;
            if (busy && isFailing()) {
                settle();
            }
            return drain;
        } catch (DeliveryException | RuntimeException e) {
            settleAfter(e);
            throw e;
        } catch (OutOfMemoryError e) {
            DeliveryException shortage = NativeShortage.asFailure(e);
            settleAfter(shortage);
            throw shortage;
        }
    }

    /** Nothing of what it took is on its way afterwards, also if this throws. */
    void settle() throws DeliveryException, InterruptedException {
        hasSettleTime = false;
        busy = false;
        try {
            member.sink().settle();
        } catch (OutOfMemoryError e) {
            throw NativeShortage.asFailure(e);
        }
    }

    private void settleAfter(Exception failure) throws InterruptedException {
        try {
            settle();
        } catch (DeliveryException | RuntimeException e) {
            failure.addSuppressed(e);
        }
    }

    /** Gives a sink that has no turn what is due by the clock. */
    void tend() throws DeliveryException, InterruptedException {
        if (!busy && nanosUntilDue() <= 0) {
            settle();
        }
    }

    /** How long it may be left without a turn; 0 or less: not any longer. */
    long nanosUntilDue() {
        long now = nanoTime.getAsLong();
        if (!hasSettleTime) {
            hasSettleTime = true;
            settleNanos = now + member.sink().idleLimit().toNanos();
        }
        return settleNanos - now;
    }

    /** One more failure; it is to be left alone for a while. */
    void failed(Duration penalty) {
        failures.inc();
        retryNanos = nanoTime.getAsLong() + penalty.toNanos();
        failuresInARow = Math.max(failuresInARow, failuresInARow + 1); // stays at the most that there is
    }

    void recovered() {
        failuresInARow = 0;
    }
}
