package org.millrace.shipper;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.millrace.codec.EventBatch;
import org.millrace.codec.EventBatchBuilder;

/**
 * Sends log events to a relay, behind the back of who logs them. {@link #ship} puts an event into a bounded buffer; one thread, a daemon,
 * sends batches from there and tries again until the relay has them: at least once, in order. {@link #close} gives what is in the buffer
 * a while, and says what it has to give up. {@link #ship} and the figures: any thread; the rest: one thread at a time.
 *
 * <p>It logs nothing itself. What a {@link ShipperThread} logs, of this shipper or another one, directly or through a library, is left out:
 * it would go in a circle.
 */
public final class LogShipper implements AutoCloseable {
    private static final long MOST_BATCH_BYTES = 1 << 20;
    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
    private static final Duration MOST_PAUSE = Duration.ofSeconds(5);
    private static final long WARN_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final String name;
    private final int batchEvents;
    private final Duration flushTimeout;
    private final EventBuffer buffer;
    private final Outlet outlet;
    private final ShipperListener listener;
    private final long firstPauseNanos;

    private final AtomicLong shipped = new AtomicLong();
    private final Drops drops;

    private @Nullable Thread thread;
    private boolean closed;
    /** The sender's thread only, as is what follows. */
    private boolean failing;

    private long lastFailureWarning;

    /** @param name for the thread and for messages: the appender's */
    public LogShipper(String name, ShipperSettings settings, ShipperListener listener) {
        this(name, settings, new RelayOutlet(settings, ShipperThread.loop(name)), listener, FIRST_PAUSE);
    }

    LogShipper(String name, ShipperSettings settings, Outlet outlet, ShipperListener listener, Duration firstPause) {
        this.name = name;
        this.batchEvents = settings.batchEvents();
        this.flushTimeout = settings.flushTimeout();
        this.buffer = new EventBuffer(settings.maxEvents(), settings.maxBytes(), settings.whenFull());
        this.outlet = outlet;
        this.listener = listener;
        this.drops = new Drops(name, listener);
        this.firstPauseNanos = firstPause.toNanos();
    }

    /** Nothing is connected before there is something to send. */
    public void start() {
        Thread started = new ShipperThread(this::run, name);
        thread = started;
        started.start();
    }

    /**
     * Hands an event over. Does not wait, unless the buffer is full and set to block.
     *
     * @param headers kept
     * @param body kept
     */
    public void ship(Map<String, String> headers, byte[] body) {
        if (ShipperThread.isCurrent()) {
            return;
        }
        try {
            int dropped = buffer.put(new EventBuffer.Entry(headers, body));
            drops.add(dropped, Drops.Reason.NO_ROOM, "the buffer is full or closed");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // who logs is to stop, and must not wait for us
            drops.add(1, Drops.Reason.INTERRUPTED, "a thread was interrupted while it waited for room");
        }
    }

    /** Events that a relay has stored. */
    public long shipped() {
        return shipped.get();
    }

    /** Events that were dropped: the buffer was full, or it was closed. */
    public long dropped() {
        return drops.events();
    }

    /** Events in the buffer and on their way. */
    public int waiting() {
        return buffer.size();
    }

    private void run() {
        try {
            while (deliverNext()) {
                // and the next ones
            }
        } catch (InterruptedException e) {
            // closed, and the time to flush is up
        } catch (Throwable e) { // here at the thread's entry: nobody else would hear of it
            listener.warn(name + ": has stopped, events are dropped from now on", e);
        } finally {
            buffer.close();
        }
    }

    /** False once the buffer is closed and empty. */
    private boolean deliverNext() throws InterruptedException {
        List<EventBuffer.Entry> taken = buffer.take(batchEvents, MOST_BATCH_BYTES);
        try {
            if (!taken.isEmpty()) {
                deliver(taken);
            }
            return !taken.isEmpty();
        } finally {
            buffer.done(taken);
        }
    }

    private void deliver(List<EventBuffer.Entry> events) throws InterruptedException {
        boolean stored = false;
        EventBatch batch = encode(events);
        try {
            long pause = firstPauseNanos;
            while (!tryToSend(batch)) {
                long nanos = pause - ThreadLocalRandom.current().nextLong(pause / 2 + 1);
                if (buffer.isClosed()) {
                    TimeUnit.NANOSECONDS.sleep(Math.min(nanos, FIRST_PAUSE.toNanos())); // close() bounds it
                } else {
                    buffer.pause(nanos);
                }
                pause = Math.min(2 * pause, MOST_PAUSE.toNanos());
            }
            stored = true;
            shipped.addAndGet(events.size());
        } finally {
            batch.release();
            if (!stored) {
                drops.add(events.size());
            }
        }
    }

    private boolean tryToSend(EventBatch batch) throws InterruptedException {
        try {
            outlet.send(batch);
            if (failing) {
                failing = false;
                listener.info(name + ": events are stored again; " + dropped() + " have been dropped so far");
            }
            return true;
        } catch (IOException | RuntimeException e) {
            long now = System.nanoTime();
            if (!failing || now - lastFailureWarning >= WARN_NANOS) {
                listener.warn(name + ": events are not stored, and wait: " + e.getMessage(), e);
                lastFailureWarning = now;
            }
            failing = true;
            return false;
        }
    }

    private static EventBatch encode(List<EventBuffer.Entry> events) {
        try (EventBatchBuilder builder = new EventBatchBuilder()) {
            events.forEach(event -> builder.add(event.headers(), event.body()));
            return builder.build();
        }
    }

    /** Takes no more events, and waits until the buffer is empty or the time to flush is up. May be repeated. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        buffer.close();
        Thread running = thread;
        boolean interrupted = false;
        if (running != null) {
            interrupted = !endThread(running);
        }
        outlet.close();
        int left = buffer.size();
        if (left > 0) {
            drops.add(left);
        }
        if (dropped() > 0) {
            listener.warn(name + ": stopped; " + shipped.get() + " events stored, " + dropped() + " dropped", null);
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** False if who closes is in a hurry. */
    private boolean endThread(Thread running) {
        try {
            if (!flushTimeout.isZero()) {
                running.join(flushTimeout.toMillis());
            }
            running.interrupt();
            running.join(MOST_PAUSE.toMillis());
            return true;
        } catch (InterruptedException e) {
            running.interrupt();
            return false;
        }
    }
}
