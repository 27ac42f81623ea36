package org.millrace.durable;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.millrace.api.ChannelException;
import org.millrace.api.ChannelMetrics;
import org.millrace.api.ChannelReader;
import org.millrace.api.Transaction;
import org.millrace.api.support.Aftermath;
import org.millrace.api.support.ChannelTransaction;
import org.millrace.api.support.Exchange;
import org.millrace.api.support.Put;
import org.millrace.codec.EventBatch;
import org.millrace.codec.Origin;
import org.millrace.durable.format.EventRange;
import org.millrace.durable.format.PositionUpdate;

/** A reader as sinks see it: takes, and gives account of what it took. Thread-safe, under the channel's lock. */
final class DurableReader implements ChannelReader, Exchange<Lease> {
    private final String reader;
    private final String name;
    private final ChannelParts channel;
    private final ReentrantLock lock;
    private final LogReaders readers;
    private final ChannelMetrics metrics;

    /**
     * @param reader whose position it is
     * @param name for messages
     */
    DurableReader(String reader, String name, ChannelParts channel) {
        this.reader = reader;
        this.name = name;
        this.channel = channel;
        this.lock = channel.lock();
        this.readers = channel.readers();
        this.metrics = channel.context().metrics();
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public int transactionCapacity() {
        return channel.limits().transactionCapacity();
    }

    @Override
    public Transaction begin() {
        return new ChannelTransaction<>(this);
    }

    @Override
    public boolean awaitEvents(Duration timeout) throws InterruptedException {
        long nanos = timeout.toNanos();
        lock.lockInterruptibly();
        try {
            while (!taking().hasEvents()) {
                if (nanos <= 0) {
                    return false;
                }
                nanos = readers.eventsThere().awaitNanos(nanos);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public byte @Nullable [] attached(String owner) {
        lock.lock();
        try {
            return open().backlog().attached(reader, owner);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void putAndWait(Put put) throws InterruptedException {
        channel.entrance().putAndWait(put);
    }

    @Override
    public @Nullable Lease takeHead(int maxEvents) {
        Taking taking;
        lock.lock();
        try {
            taking = taking();
        } finally {
            lock.unlock();
        }
        try {
            Lease lease = taking.take(maxEvents);
            metrics.takeAttempts.inc(lease == null ? 1 : lease.batch().events());
            return lease;
        } catch (IOException e) {
            channel.takeErrors().inc();
            throw new ChannelException("channel " + name + ": the next event cannot be read from the disk", e);
        }
    }

    @Override
    public Lease part(Lease whole, int skipped, EventBatch part) {
        return new Lease(whole.from() + skipped, part);
    }

    @Override
    public @Nullable Origin originOf(Lease taken) {
        OpenLog open = openNow();
        UUID log = open.log().senderId(taken.from());
        return log == null ? null : new Origin(senderId(log), taken.from());
    }

    /** Each of several readers delivers every event, maybe to the same next hop: they are different senders. */
    private UUID senderId(UUID log) {
        return reader.equals(DurableChannel.ONLY_READER)
                ? log
                : UUID.nameUUIDFromBytes((log + "/" + reader).getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void forget(List<Lease> delivered, Map<String, byte[]> toAttach, boolean durably)
            throws InterruptedException {
        PositionUpdate update = new PositionUpdate(reader, Lease.ranges(delivered), toAttach);
        OpenLog open = openNow();
        commit(open, update, durably || channel.waitForPositions());
        Aftermath aftermath;
        lock.lock();
        try {
            open.backlog().commit(update, delivered);
            readers.committed();
            aftermath = channel.entrance().gate().roomChanged();
        } finally {
            lock.unlock();
        }
        aftermath.run();
        int events = 0;
        for (Lease lease : delivered) {
            events += lease.batch().events();
        }
        metrics.takeSuccesses.inc(events);
    }

    private void commit(OpenLog open, PositionUpdate update, boolean waits) throws InterruptedException {
        reserve(open, update);
        boolean isCommitted = false;
        try {
            if (waits) {
                open.log().commitAndWait(update);
            } else {
                open.log().commit(update);
            }
            isCommitted = true;
        } finally {
            if (!isCommitted) {
                giveUp(open, update);
            }
        }
    }

    private void reserve(OpenLog open, PositionUpdate update) {
        lock.lock();
        try {
            if (!open.attachments().reserve(update)) {
                throw new ChannelException("channel " + name + ": what "
                        + String.join(", ", update.states().keySet())
                        + " attaches to the position has no room in a segment beside what is attached already (expected: at most "
                        + open.attachments().mostBytes() + " bytes in all, half of segmentSize: raise that)");
            }
        } finally {
            lock.unlock();
        }
    }

    private void giveUp(OpenLog open, PositionUpdate update) {
        lock.lock();
        try {
            open.attachments().giveUp(update, open.backlog());
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void putBack(List<Lease> taken) {
        lock.lock();
        try {
            Taking taking = readers.taking(reader);
            for (Lease lease : taken) {
                if (taking == null || !taking.putBack(lease)) {
                    lease.batch().release(); // the log has it, for the next start
                }
            }
            readers.eventsThere().signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** These events are gone; they count as committed, so that their room is free. */
    void skip(EventRange lost) {
        PositionUpdate update = new PositionUpdate(reader, List.of(lost), Map.of());
        OpenLog open = openNow();
        open.log().commit(update);
        Aftermath aftermath;
        lock.lock();
        try {
            open.backlog().skip(reader, lost);
            readers.committed();
            aftermath = channel.entrance().gate().roomChanged();
        } finally {
            lock.unlock();
        }
        aftermath.run();
    }

    private OpenLog openNow() {
        lock.lock();
        try {
            return open();
        } finally {
            lock.unlock();
        }
    }

    private OpenLog open() {
        OpenLog open = readers.open();
        if (open == null) {
            throw channel.closed();
        }
        return open;
    }

    private Taking taking() {
        Taking taking = readers.taking(reader);
        if (taking == null) {
            throw channel.closed();
        }
        return taking;
    }
}
