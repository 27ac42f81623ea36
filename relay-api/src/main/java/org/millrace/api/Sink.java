package org.millrace.api;

import java.time.Duration;

/**
 * Takes events out of its channel and delivers them. One thread, its runner's, calls {@link #drain}, {@link #settle} and {@link
 * #idleLimit}; {@link #start} and {@link #close} happen before and after.
 */
public interface Sink extends Component {
    /**
     * One turn: takes what the channel has, up to a batch, delivers it, commits. Also does what has come due by the clock. A sink with
     * several batches on their way may return before the newest of them has arrived; it is called again at once until it is idle.
     *
     * @throws DeliveryException if events could not be delivered: they are back in the channel; the runner logs it, pauses, tries again
     */
    Drain drain() throws DeliveryException, InterruptedException;

    /**
     * A turn that takes nothing, for a sink of a group while others have the turns: waits for what is on its way, and does what has come
     * due by the clock. Afterwards, also after a failure, the sink holds no event of its channel, so that another may take over. The
     * default is for a sink that has nothing on its way when {@link #drain} returns or throws, and nothing to do by the clock.
     *
     * @throws DeliveryException as {@link #drain}
     */
    default void settle() throws DeliveryException, InterruptedException {}

    /** The longest time to leave an idle sink without a turn although its channel is empty. */
    default Duration idleLimit() {
        return Duration.ofMinutes(1);
    }

    /** What the settings will lead to, in a line for an operator who asks before the start; empty if there is nothing to say. */
    default String outlook() {
        return "";
    }

    /** What a turn came to. */
    enum Drain {
        /** Events were delivered, or are on their way: there may be more to do. */
        DELIVERED,
        /** Nothing to take, and nothing on its way. */
        IDLE
    }
}
