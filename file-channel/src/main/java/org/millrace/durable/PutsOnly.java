package org.millrace.durable;

import java.util.List;
import java.util.Map;
import org.millrace.api.support.Exchange;
import org.millrace.api.support.Put;
import org.millrace.codec.EventBatch;

/** The way into a channel that is taken from through its readers alone. */
record PutsOnly(ChannelParts channel) implements Exchange<Lease> {
    @Override
    public String name() {
        return channel.context().name();
    }

    @Override
    public int transactionCapacity() {
        return channel.limits().transactionCapacity();
    }

    @Override
    public void putAndWait(Put put) throws InterruptedException {
        channel.entrance().putAndWait(put);
    }

    @Override
    public Lease takeHead(int maxEvents) {
        throw nothingToTake();
    }

    @Override
    public Lease part(Lease whole, int skipped, EventBatch part) {
        throw nothingToTake();
    }

    @Override
    public void forget(List<Lease> delivered, Map<String, byte[]> toAttach, boolean durably) {
        throw nothingToTake();
    }

    @Override
    public void putBack(List<Lease> taken) {
        throw nothingToTake();
    }

    private IllegalStateException nothingToTake() {
        return new IllegalStateException("channel " + name() + " is taken from through its readers");
    }
}
