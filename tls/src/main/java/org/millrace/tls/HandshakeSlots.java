package org.millrace.tls;

import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** So many handshakes may be under way at a time; the others wait in line, each connection once. Thread-safe. */
final class HandshakeSlots {
    private final int all;
    private final Set<Runnable> waiting = new LinkedHashSet<>();
    private int taken;

    HandshakeSlots(int all) {
        this.all = all;
    }

    /** True if there is one, which is the caller's from now on; else it is called once one is its own. */
    synchronized boolean take(Runnable whenThereIsOne) {
        if (taken < all) {
            taken++;
            return true;
        }
        waiting.add(whenThereIsOne);
        return false;
    }

    /** Gives one back: to the first in line, if there is a line. */
    void giveBack() {
        Runnable next = next();
        if (next != null) {
            next.run();
        }
    }

    private synchronized @Nullable Runnable next() {
        Iterator<Runnable> line = waiting.iterator();
        if (!line.hasNext()) {
            taken--;
            return null;
        }
        Runnable next = line.next();
        line.remove();
        return next;
    }

    /** Leaves the line; false if it had its turn. */
    synchronized boolean leave(Runnable whenThereIsOne) {
        return waiting.remove(whenThereIsOne);
    }

    synchronized int taken() {
        return taken;
    }
}
