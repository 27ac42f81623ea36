package org.millrace.relay.config;

import java.util.concurrent.CompletableFuture;
import org.millrace.api.Inlet;
import org.millrace.codec.EventBatch;

/** Takes the place of an inlet that cannot be made, so that the settings of its source can be checked. */
enum InletStandIn implements Inlet {
    INSTANCE;

    @Override
    public CompletableFuture<Void> submit(EventBatch batch) {
        throw notReal();
    }

    @Override
    public void put(EventBatch batch) {
        throw notReal();
    }

    @Override
    public boolean hasRoom() {
        throw notReal();
    }

    @Override
    public void onRoom(Runnable action) {
        throw notReal();
    }

    private static IllegalStateException notReal() {
        return new IllegalStateException("this inlet was never made");
    }
}
