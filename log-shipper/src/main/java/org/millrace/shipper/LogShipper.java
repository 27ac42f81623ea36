package org.millrace.shipper;

import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Sends log events to a relay, behind the back of who logs them. {@link #ship} puts an event into a bounded buffer; one thread, a daemon,
 * sends batches from there and tries again until a relay has them. An event that is not dropped arrives at least once; in order, unless
 * relays refuse and one behind is tried. {@link #close} gives what is in the buffer a while, and says what it has to give up.
 * {@link #ship} and the figures: any thread; the rest: one thread at a time.
 *
 * <p>It logs nothing itself. What a {@link ShipperThread} logs, of this shipper or another one, directly or through a library, is left out:
 * it would go in a circle.
 */
public final class LogShipper implements AutoCloseable {
    private final String name;
    private final Duration flushTimeout;
    private final EventBuffer buffer;
    private final Outlet outlet;
    private final ShipperListener listener;
    private final Drops drops;
    private final Sender sender;

    private @Nullable Thread thread;
    private boolean closed;

    /** @param name for the thread and for messages: the appender's */
    public LogShipper(String name, ShipperSettings settings, ShipperListener listener) {
        this(name, settings, new RelayOutlet(settings, ShipperThread.loop(name)), listener, Sender.FIRST_PAUSE);
    }

    LogShipper(String name, ShipperSettings settings, Outlet outlet, ShipperListener listener, Duration firstPause) {
        this.name = name;
        this.flushTimeout = settings.flushTimeout();
        this.buffer = new EventBuffer(settings.maxEvents(), settings.maxBytes(), settings.whenFull());
        this.outlet = outlet;
        this.listener = listener;
        this.drops = new Drops(name, listener);
        this.sender = new Sender(name, settings.batchEvents(), buffer, outlet, drops, listener, firstPause);
    }

    /** Nothing is connected before there is something to send. */
    public void start() {
        Thread started = new ShipperThread(this::run, name);
        thread = started;
        started.start();
    }

    /**
     * Hands an event over. Does not wait, unless the buffer is full and set to block; and throws nothing: an event that cannot be shipped is
     * dropped.
     *
     * @param headers kept
     * @param body kept
     */
    public void ship(Map<String, String> headers, byte[] body) {
        if (ShipperThread.isCurrent()) {
            return;
        }
        EventBuffer.Entry event;
        try {
            event = new EventBuffer.Entry(headers, body);
        } catch (RuntimeException e) {
            dropUnencodable(e);
            return;
        }
        try {
            int dropped = buffer.put(event);
            drops.add(dropped, Drops.Reason.NO_ROOM, "the buffer is full or closed");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // who logs is to stop, and must not wait for us
            drops.add(1, Drops.Reason.INTERRUPTED, "a thread was interrupted while it waited for room");
        }
    }

    /**
     * Counts an event of which the appender could not make what is shipped, and tells of it.
     *
     * @param cause such as what a layout threw
     */
    public void dropUnencodable(RuntimeException cause) {
        if (!ShipperThread.isCurrent()) {
            drops.add(1, Drops.Reason.UNENCODABLE, "an event cannot be encoded: " + cause);
        }
    }

    /** Events that a relay has stored. */
    public long shipped() {
        return sender.shipped();
    }

    /** Events that were dropped: no room, who logged was interrupted or we are closed, they cannot be encoded, or relays take others and not them. */
    public long dropped() {
        return drops.events();
    }

    /** Events in the buffer and on their way. */
    public int waiting() {
        return buffer.size();
    }

    private void run() {
        try {
            sender.run();
        } catch (InterruptedException e) {
            // closed, and the time to flush is up
        } catch (Throwable e) { // here at the thread's entry: nobody else would hear of it
            listener.warn(name + ": has stopped, events are dropped from now on", e);
        } finally {
            buffer.close();
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
            listener.warn(name + ": stopped; " + shipped() + " events stored, " + dropped() + " dropped", null);
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
            sender.giveUp();
            running.interrupt();
            running.join(Sender.MOST_PAUSE.toMillis());
            return true;
        } catch (InterruptedException e) {
            sender.giveUp();
            running.interrupt();
            return false;
        }
    }
}
