package org.millrace.api.support;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.millrace.api.ChannelException;
import org.millrace.api.Transaction;
import org.millrace.codec.EventBatch;
import org.millrace.codec.Origin;

/** A transaction on a channel that keeps batches: puts or takes of one owner. Not thread-safe; what is shared is in the channel. */
public final class ChannelTransaction<T extends TakenBatch> implements Transaction {
    private final Exchange<T> channel;
    private final List<EventBatch> puts = new ArrayList<>(0);
    private final Taken<T> taken = new Taken<>();
    private @Nullable T lastTaken;
    private Map<String, byte[]> toAttach = Map.of();
    private int putEvents;
    private boolean ended;

    public ChannelTransaction(Exchange<T> channel) {
        this.channel = channel;
    }

    @Override
    public void put(EventBatch batch) {
        if (ended || !taken.isEmpty()) {
            batch.release();
            throw new IllegalStateException(ended ? "the transaction has ended" : "the transaction takes");
        }
        if (batch.events() > channel.transactionCapacity() - putEvents) {
            String message = "channel " + channel.name() + ": a transaction of " + ((long) putEvents + batch.events())
                    + " events (expected: at most transactionCapacity, " + channel.transactionCapacity() + ")";
            batch.release();
            throw new ChannelException(message);
        }
        puts.add(batch);
        putEvents += batch.events();
    }

    @Override
    public @Nullable EventBatch take(int maxEvents) {
        if (ended || !puts.isEmpty()) {
            throw new IllegalStateException(ended ? "the transaction has ended" : "the transaction puts");
        }
        T head = channel.takeHead(maxEvents);
        if (head == null) {
            return null;
        }
        taken.add(head);
        lastTaken = head;
        return head.batch();
    }

    @Override
    public @Nullable Origin origin() {
        T last = lastTaken;
        return last == null ? null : channel.originOf(last);
    }

    @Override
    public void attach(String owner, byte[] state) {
        if (state.length > MAX_ATTACHED_BYTES) {
            throw new IllegalArgumentException(
                    owner + ": " + state.length + " bytes to attach (expected: at most " + MAX_ATTACHED_BYTES + ")");
        }
        if (toAttach.isEmpty()) {
            toAttach = new HashMap<>();
        }
        toAttach.put(owner, state.clone());
    }

    @Override
    public void commit() throws InterruptedException {
        commit(false);
    }

    @Override
    public void commitDurably() throws InterruptedException {
        commit(true);
    }

    private void commit(boolean durably) throws InterruptedException {
        if (ended) {
            throw new IllegalStateException("the transaction has ended");
        }
        if (!puts.isEmpty()) {
            Put put = new Put(List.copyOf(puts));
            puts.clear(); // theirs now, also if it fails
            channel.putAndWait(put);
        } else if (!taken.isEmpty() || !toAttach.isEmpty()) {
            channel.forget(taken.all(), toAttach, durably);
        }
        ended = true;
    }

    @Override
    public void handOver(int firstEvent, int events, Transaction to) {
        ChannelTransaction<T> receiver = sameReader(to);
        if (ended || receiver.ended) {
            throw new IllegalStateException(
                    (ended ? "the transaction" : "the one that is to get events") + " has ended");
        }
        if (!receiver.puts.isEmpty()) {
            throw new IllegalStateException("the transaction that is to get events puts");
        }
        taken.moveTo(receiver.taken, firstEvent, events, channel);
    }

    @SuppressWarnings("unchecked") // of the same channel, so of the same kind
    private ChannelTransaction<T> sameReader(Transaction to) {
        if (to == this || !(to instanceof ChannelTransaction<?> other) || other.channel != channel) {
            throw new IllegalArgumentException("to: " + (to == this ? "the transaction itself" : to)
                    + " (expected: another transaction of " + channel.name() + ")");
        }
        return (ChannelTransaction<T>) other;
    }

    @Override
    public List<EventBatch> batches() {
        return taken.all().stream().map(TakenBatch::batch).toList();
    }

    @Override
    public void condense() {
        taken.condense(channel);
    }

    /** After a commit the batches that were lent are still ours to give back; without one they go back into the channel. */
    @Override
    public void close() {
        puts.forEach(EventBatch::release);
        puts.clear();
        List<T> all = taken.removeAll();
        if (ended) {
            all.forEach(each -> each.batch().release());
        } else if (!all.isEmpty()) {
            channel.putBack(all);
        }
        ended = true;
    }
}
