package org.millrace.durable.log;

import org.millrace.api.ChannelException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Calls code of others, whose mistakes must not cost the log its thread. */
final class Callbacks {
    private static final Logger LOG = LoggerFactory.getLogger(Callbacks.class);

    private Callbacks() {}

    static void durable(Append put, long firstSequence) {
        run(() -> put.durable(firstSequence));
    }

    static void failed(Append put, ChannelException why) {
        run(() -> put.failed(why));
    }

    static void run(Runnable callback) {
        try {
            callback.run();
        } catch (RuntimeException | Error e) { // a put must not be answered twice for the sake of another's mistake
            LOG.error("a callback of the log failed", e);
        }
    }
}
