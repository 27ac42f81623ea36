package org.millrace.client;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Looks names up for callers that must not block. A look-up cannot be broken off and may take minutes, so each name has a thread of its
 * own while it is asked for: one that hangs holds up no other. A look-up serves all who ask while it lasts, one after another on its
 * thread; for those who ask later there is another one. Threads end when there is nothing to look up. Thread-safe.
 */
final class Names {
    private static final long IDLE_SECONDS = 10;

    private final Lookup lookup;
    private final ThreadPoolExecutor threads;
    /** By name, for those that are being looked up: who has asked and is not served. Guards itself. */
    private final Map<String, List<Asker>> asking = new HashMap<>();

    /** Finds a host's addresses; may block. */
    interface Lookup {
        InetAddress[] addressesOf(String host) throws UnknownHostException;
    }

    /** One of them is called once, and does not throw. */
    interface Asker {
        /**
         * On the thread of the name, which may block for a moment.
         *
         * @param addresses at least one
         */
        void found(List<InetAddress> addresses);

        /** On any thread: what the look-up, or its thread, failed with. */
        void notFound(Throwable why);
    }

    Names(Lookup lookup, ThreadFactory factory) {
        this.lookup = lookup;
        this.threads = new ThreadPoolExecutor(
                0, Integer.MAX_VALUE, IDLE_SECONDS, TimeUnit.SECONDS, new SynchronousQueue<>(), factory);
    }

    void find(String host, Asker asker) {
        synchronized (asking) {
            List<Asker> others = asking.get(host);
            if (others != null) {
                others.add(asker);
                return;
            }
            asking.put(host, new ArrayList<>(List.of(asker)));
        }
        try {
            threads.execute(() -> serve(host));
        } catch (RejectedExecutionException e) {
            fail(host, new IllegalStateException("the event loops are closed", e));
        } catch (RuntimeException | Error e) { // no thread, say
            fail(host, e);
        }
    }

    /** Ends the threads, once what they look up has been found. */
    void close() {
        threads.shutdown();
    }

    private void serve(String host) {
        try {
            do {
                lookUp(host);
            } while (isAskedFor(host));
        } catch (RuntimeException | Error e) { // no memory, say: the next one who asks is to find a thread
            fail(host, e);
            throw e;
        }
    }

    private void lookUp(String host) {
        List<InetAddress> addresses;
        try {
            addresses = List.of(lookup.addressesOf(host));
        } catch (UnknownHostException | RuntimeException | Error e) {
            askersOf(host).forEach(asker -> asker.notFound(e));
            return;
        }
        askersOf(host).forEach(asker -> asker.found(addresses));
    }

    /** Those who ask from now on are served by the next look-up. */
    private List<Asker> askersOf(String host) {
        synchronized (asking) {
            List<Asker> served = asking.put(host, new ArrayList<>());
            return served == null ? List.of() : served;
        }
    }

    private boolean isAskedFor(String host) {
        synchronized (asking) {
            return !asking.remove(host, List.of());
        }
    }

    private void fail(String host, Throwable why) {
        List<Asker> failing;
        synchronized (asking) {
            failing = asking.remove(host);
        }
        if (failing != null) {
            failing.forEach(asker -> asker.notFound(why));
        }
    }
}
