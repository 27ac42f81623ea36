package org.millrace.api;

/** A source or sink with a batch size, which must fit its channel's {@link Channel#transactionCapacity}: the agent checks before it starts. */
public interface BatchSized {
    /** The most events that it puts or takes in one transaction. */
    int batchEvents();

    /** The key that sets it, for the message: e.g. {@code batch-size}. */
    String batchKey();
}
