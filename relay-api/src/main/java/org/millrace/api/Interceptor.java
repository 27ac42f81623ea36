package org.millrace.api;

import org.millrace.codec.EventBatch;

/** Changes or drops events on their way from a source to its channels. Runs on the source's thread, often an event loop: it never blocks. Thread-safe. */
public interface Interceptor extends AutoCloseable {
    /**
     * @param batch not empty; taken over, also on failure
     * @return what is left of it, perhaps nothing; the caller owns it
     */
    EventBatch intercept(EventBatch batch);

    @Override
    default void close() {}
}
