package org.millrace.api;

import java.time.Duration;

/**
 * Takes events out of its channel and delivers them. One thread, its runner's, calls {@link #drain} and {@link #idleLimit}; {@link
 * #start} and {@link #close} happen before and after.
 */
public interface Sink extends Component {
    /**
     * One turn: takes what the channel has, up to a batch, delivers it, commits. Also does what has come due by the clock. A sink with
     * several batches on their way may return before the newest of them has arrived; it is called again at once until it is idle.
     *
     * @throws DeliveryException if events could not be delivered: they are back in the channel; the runner logs it, pauses, tries again
     */
    Drain drain() throws DeliveryException, InterruptedException;

    /** The longest time to leave an idle sink without a turn although its channel is empty. */
    default Duration idleLimit() {
        return Duration.ofMinutes(1);
    }

    /** What a turn came to. */
    enum Drain {
        /** Events were delivered, or are on their way: there may be more to do. */
        DELIVERED,
        /** Nothing to take, and nothing on its way. */
        IDLE
    }
}
