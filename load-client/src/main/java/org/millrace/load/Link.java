package org.millrace.load;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.millrace.codec.EventBatch;

/** One of a run's connections, through all the times it is made anew. The sender's thread. */
final class Link {
    private static final long FIRST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final long LONGEST_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(2);

    /** Places for a batch that wait for the connection. */
    private final List<Slot> parked = new ArrayList<>();

    private @Nullable Line line;
    private boolean down = true;
    private boolean dialing;
    private long pauseNanos = FIRST_PAUSE_NANOS;
    private long dialAtNanos;

    /** A place for one batch on its way. */
    static final class Slot {
        final Link link;
        /** Since when nothing has been on its way in it. */
        long freeSinceNanos;

        Slot(Link link) {
            this.link = link;
        }
    }

    /** Null while there is no connection, or none that is any good. */
    @Nullable
    Line line() {
        return line != null && line.isOpen() ? line : null;
    }

    /** Sends a batch, which is lent, over the connection that {@link #line} has just shown to be there. */
    CompletableFuture<Void> append(EventBatch batch, long first) {
        if (line == null) {
            throw new IllegalStateException("no connection");
        }
        return line.append(batch, first);
    }

    /** A place that cannot be used before the connection is back. */
    void park(Slot slot) {
        parked.add(slot);
    }

    /** False if that was known before. */
    boolean goDown() {
        boolean wasUp = !down;
        down = true;
        return wasUp;
    }

    boolean isDialDue(long now) {
        return down && !dialing && now - dialAtNanos >= 0;
    }

    void dialing() {
        dialing = true;
        if (line != null) {
            line.close();
            line = null;
        }
    }

    /** The connection is there: these places can be used again. */
    List<Slot> connected(Line line, long now) {
        dialing = false;
        down = false;
        this.line = line;
        dialAtNanos = now;
        pauseNanos = FIRST_PAUSE_NANOS;
        List<Slot> free = List.copyOf(parked);
        parked.clear();
        free.forEach(slot -> slot.freeSinceNanos = now);
        return free;
    }

    void failed(long now) {
        dialing = false;
        dialAtNanos = now + pauseNanos;
        pauseNanos = Math.min(2 * pauseNanos, LONGEST_PAUSE_NANOS);
    }

    void close() {
        if (line != null) {
            line.close();
            line = null;
        }
    }
}
