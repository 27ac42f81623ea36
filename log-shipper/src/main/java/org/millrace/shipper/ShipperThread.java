package org.millrace.shipper;

import org.millrace.client.EventLoops;

/**
 * A thread that some shipper needs to get on: the one that sends, the event loop below it, or one that looks a name up. What it logs is
 * shipped by none of them: it would go in a circle, and that may lead through several. Every other thread is an application's, whatever its name is.
 */
final class ShipperThread extends Thread {
    ShipperThread(Runnable task, String name) {
        super(task, "log-shipper-" + name);
        setDaemon(true);
    }

    /** What a shipper's connections run on, and look names up. */
    static EventLoops loop(String shipper) {
        return EventLoops.ofThreads(1, task -> new ShipperThread(task, shipper + "-loop"));
    }

    static boolean isCurrent() {
        return Thread.currentThread() instanceof ShipperThread;
    }
}
