package org.millrace.relay.channel.memory;

import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a change under the channel's lock makes due; {@link #run} once the lock is free, since it calls others' code. One thread. */
final class Aftermath {
    private static final Logger LOG = LoggerFactory.getLogger(MemoryChannel.class);

    private final List<Runnable> actions = new ArrayList<>(2);

    void succeed(Put put) {
        actions.add(() -> put.settled().complete(null));
    }

    /** The put's batches are given back. */
    void refuse(Put put, RuntimeException why) {
        actions.add(() -> {
            put.release();
            put.settled().completeExceptionally(why);
        });
    }

    void tell(List<Runnable> listeners) {
        actions.addAll(listeners);
    }

    void run() {
        for (Runnable action : actions) {
            try {
                action.run();
            } catch (RuntimeException e) {
                LOG.error("a listener for room in a channel failed", e); // and the next one must still hear of it
            }
        }
    }
}
