package org.millrace.relay.config;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.millrace.api.Channel;
import org.millrace.api.Transaction;
import org.millrace.codec.EventBatch;

/** Takes the place of a channel that cannot be made, so that the settings of its sources and sinks can be checked. Never started. */
record ChannelStandIn(String name) implements Channel {
    @Override
    public int transactionCapacity() {
        return Integer.MAX_VALUE;
    }

    @Override
    public void start() {
        throw notReal();
    }

    @Override
    public void close() {}

    @Override
    public CompletableFuture<Void> submit(EventBatch batch) {
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

    @Override
    public Transaction begin() {
        throw notReal();
    }

    @Override
    public boolean awaitEvents(Duration timeout) {
        throw notReal();
    }

    @Override
    public byte[] attached(String owner) {
        throw notReal();
    }

    private IllegalStateException notReal() {
        return new IllegalStateException("channel " + name + " was never made");
    }
}
