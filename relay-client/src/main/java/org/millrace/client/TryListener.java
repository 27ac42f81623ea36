package org.millrace.client;

import org.jspecify.annotations.Nullable;

/** Hears of each try of a batch, in order: of each call over the wire that has come to its end. */
public interface TryListener {
    /**
     * A try has ended, before the batch's outcome is told. Called on any thread, which must not be held up.
     *
     * @param host where the call was sent; one that could not be connected to is not told of
     * @param failure null if the host has the events
     */
    void tried(RelayAddress host, @Nullable RelayException failure);
}
