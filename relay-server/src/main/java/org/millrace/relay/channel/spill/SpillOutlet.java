package org.millrace.relay.channel.spill;

import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.millrace.api.Channel;
import org.millrace.api.ChannelMetrics;
import org.millrace.api.Transaction;
import org.millrace.api.support.Aftermath;
import org.millrace.api.support.Exchange;
import org.millrace.api.support.Put;
import org.millrace.api.support.PutGate;
import org.millrace.codec.EventBatch;
import org.millrace.relay.channel.heap.ChannelLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way out: events are taken from memory and from the overflow, in the order in which they went in.
 *
 * <p>Thread-safe. Beside the channel's lock there is one that takes hold each other off while they read from the disk, so that the numbers
 * here and the overflow's events stay in step. It is never asked for under the first.
 */
final class SpillOutlet implements Exchange<Piece> {
    private static final Logger LOG = LoggerFactory.getLogger(SpillOutlet.class);

    private final SpillParts parts;
    private final SpillEntrance entrance;
    private final PutGate gate;
    private final ChannelMetrics metrics;
    private final ChannelLock shared;

    private final ReentrantLock takes = new ReentrantLock();
    private final ReentrantLock lock;

    // Guarded by the lock:
    private final SpillRoom room;
    private final Runs runs;
    /** Of the overflow, taken and not committed. */
    private long leasedEvents;

    SpillOutlet(SpillParts parts, SpillEntrance entrance) {
        this.parts = parts;
        this.entrance = entrance;
        this.gate = entrance.gate();
        this.metrics = parts.metrics();
        this.shared = parts.shared();
        this.lock = shared.lock();
        this.room = parts.room();
        this.runs = parts.runs();
    }

    @Override
    public String name() {
        return parts.name();
    }

    @Override
    public int transactionCapacity() {
        return parts.settings().transactionEvents();
    }

    @Override
    public void putAndWait(Put put) throws InterruptedException {
        entrance.putAndWait(put);
    }

    /** Nothing can be taken now. Under the lock. */
    boolean isEmpty() {
        return runs.head() == null;
    }

    @Override
    public @Nullable Piece takeHead(int maxEvents) {
        takes.lock();
        try {
            Piece taken = take(maxEvents);
            metrics.takeAttempts.inc(taken == null ? 1 : taken.batch().events());
            return taken;
        } finally {
            takes.unlock();
        }
    }

    /** Under the lock of takes. */
    private @Nullable Piece take(int maxEvents) {
        while (true) {
            Runs.Run head;
            lock.lock();
            try {
                head = runs.head();
                if (head == null) {
                    return null;
                }
                EventBatch batch = head.batch();
                if (batch != null) {
                    return runs.takeFromMemory(head, batch, maxEvents);
                }
            } finally {
                lock.unlock();
            }
            Piece piece = takeFromOverflow(head, maxEvents);
            if (piece != null || !isLost(head)) {
                return piece;
            }
        }
    }

    /** The overflow gives nothing of a run: if it has nothing but what sinks have taken, the run is gone, and taken out here. */
    private boolean isLost(Runs.Run head) {
        long inOverflow = parts.requireOverflow().events();
        long lost;
        lock.lock();
        try {
            lost = head.events();
            if (!gate.isOpen() || inOverflow > leasedEvents) {
                return false;
            }
            runs.takenFromOverflow(head, lost);
            room.freeOverflow(lost);
        } finally {
            lock.unlock();
        }
        LOG.error("channel {}: {} events on disk are lost; what follows them is served", parts.name(), lost);
        return true;
    }

    /** Null if the overflow gives none. */
    private @Nullable Piece takeFromOverflow(Runs.Run head, int maxEvents) {
        Channel disk = parts.requireOverflow().channel();
        long there = shared.read(head::events);
        Transaction transaction = disk.begin();
        EventBatch batch = null;
        try {
            batch = transaction.take((int) Math.min(maxEvents, there));
        } finally {
            if (batch == null) {
                transaction.close();
            }
        }
        lock.lock();
        try {
            if (batch == null) {
                return null;
            }
            long first = runs.takenFromOverflow(head, batch.events());
            leasedEvents += batch.events();
            return new Piece(batch.retain(), first, new Lease(disk, transaction, batch.events()), 0);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Piece part(Piece whole, int skipped, EventBatch part) {
        return whole.part(skipped, part);
    }

    @Override
    public void forget(List<Piece> delivered, Map<String, byte[]> toAttach, boolean durably)
            throws InterruptedException {
        commitOverflow(delivered, durably);
        int events = 0;
        Aftermath aftermath;
        lock.lock();
        try {
            for (Piece piece : delivered) {
                events += piece.batch().events();
                free(piece);
            }
            shared.attach(toAttach);
            aftermath = gate.roomChanged();
        } finally {
            lock.unlock();
        }
        metrics.takeSuccesses.inc(events);
        aftermath.run();
    }

    /** All that is the overflow's in one commit. If it fails, each of them is still taken, and can be put back. */
    private void commitOverflow(List<Piece> delivered, boolean durably) throws InterruptedException {
        List<Piece> leased =
                delivered.stream().filter(piece -> piece.lease() != null).toList();
        if (leased.isEmpty()) {
            return;
        }
        Channel disk = parts.requireOverflow().channel();
        Transaction together = disk.begin();
        int events = leased.stream().mapToInt(piece -> piece.batch().events()).sum();
        Lease lease = new Lease(disk, together, events);
        int offset = 0;
        for (Piece piece : leased) {
            piece.moveTo(lease, together, offset);
            offset += piece.batch().events();
        }
        if (durably) {
            together.commitDurably();
        } else {
            together.commit();
        }
        together.close();
    }

    /** Under the lock. */
    private void free(Piece piece) {
        EventBatch batch = piece.batch();
        if (piece.lease() == null) {
            room.freeMemory(batch.events(), batch.bodyBytes(), batch.encodedBytes());
        } else {
            room.freeOverflow(batch.events());
            leasedEvents -= batch.events();
        }
    }

    @Override
    public void putBack(List<Piece> taken) {
        int lost = 0;
        takes.lock();
        try {
            taken.forEach(Piece::giveBack);
            lock.lock();
            try {
                for (Piece piece : taken) {
                    lost += putBack(piece);
                }
                shared.eventsCame();
            } finally {
                lock.unlock();
            }
        } finally {
            takes.unlock();
        }
        if (lost > 0) {
            LOG.warn("channel {} had stopped when {} events came back: they are lost", parts.name(), lost);
        }
    }

    /**
     * Under the lock.
     *
     * @return how many events are lost
     */
    private int putBack(Piece piece) {
        if (gate.isOpen()) {
            leasedEvents -= piece.lease() == null ? 0 : piece.batch().events();
            runs.putBack(piece);
            return 0;
        }
        int lost = piece.lease() == null ? piece.batch().events() : 0;
        piece.batch().release();
        return lost;
    }
}
