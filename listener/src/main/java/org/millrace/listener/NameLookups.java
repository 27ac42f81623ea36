package org.millrace.listener;

import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.InetAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The names of peers. They are looked up by threads of their own, which may block: so many, and no more in line than there is room for.
 * What is found is kept for a while. Nobody waits long for a name: then the address has to do, and for a while to those who come after at
 * once. Thread-safe.
 */
public final class NameLookups implements Executor, AutoCloseable {
    private static final int THREADS = 4;
    private static final int MAX_WAITING = 1000;
    private static final int MAX_NAMES = 10_000;
    private static final long KEPT_MILLIS = 600_000;

    /** So long nobody waits for names once somebody has waited in vain. */
    private static final long SLOW_MILLIS = 60_000;

    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final InstantSource clock;
    private final Resolver resolver;
    private final Duration patience;
    private final ThreadPoolExecutor threads;
    private final Map<InetAddress, CompletableFuture<String>> asked = new ConcurrentHashMap<>();
    /** Guarded by itself. */
    private final Map<InetAddress, Known> known = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<InetAddress, Known> eldest) {
            return size() > MAX_NAMES;
        }
    };

    private volatile long slowUntilMillis;

    /** Finds the name of an address. It may block. */
    @FunctionalInterface
    public interface Resolver {
        /** The name; the address as text where it has none. */
        String nameOf(InetAddress address);
    }

    private record Known(String name, long sinceMillis) {}

    /**
     * Starts no thread before the first name is to be looked up.
     *
     * @param patience nobody waits longer for a name
     */
    public NameLookups(String source, InstantSource clock, Resolver resolver, Duration patience) {
        this.clock = clock;
        this.resolver = resolver;
        this.patience = patience;
        this.slowUntilMillis = Long.MIN_VALUE;
        this.threads = new ThreadPoolExecutor(
                THREADS,
                THREADS,
                1,
                TimeUnit.MINUTES,
                new ArrayBlockingQueue<>(MAX_WAITING),
                new DefaultThreadFactory("source-" + source + "-names", true));
        threads.allowCoreThreadTimeOut(true);
    }

    /** As the system finds names, within two seconds. */
    static NameLookups ofSystem(String source, InstantSource clock) {
        return new NameLookups(source, clock, InetAddress::getHostName, PATIENCE);
    }

    /** @throws RejectedExecutionException with too much to do, or once closed */
    @Override
    public void execute(Runnable work) {
        threads.execute(work);
    }

    /**
     * The name of an address; the address as text where it has none, or none in time. Done already where nobody has to wait; completes on
     * any thread, and never with a failure.
     */
    public CompletableFuture<String> nameOf(InetAddress address) {
        String name = known(address);
        if (name != null) {
            return CompletableFuture.completedFuture(name);
        }
        CompletableFuture<String> answer = ask(address);
        String otherwise = address.getHostAddress();
        if (clock.millis() < slowUntilMillis) {
            return CompletableFuture.completedFuture(answer.getNow(otherwise));
        }
        return answer.copy()
                .orTimeout(patience.toMillis(), TimeUnit.MILLISECONDS)
                .exceptionally(late -> {
                    slowUntilMillis = clock.millis() + SLOW_MILLIS;
                    return otherwise;
                });
    }

    /** Asks, unless somebody does already. Never fails. */
    private CompletableFuture<String> ask(InetAddress address) {
        CompletableFuture<String> mine = new CompletableFuture<>();
        CompletableFuture<String> others = asked.putIfAbsent(address, mine);
        if (others != null) {
            return others;
        }
        try {
            threads.execute(() -> {
                String name = lookUp(address);
                keep(address, name);
                asked.remove(address);
                mine.complete(name);
            });
        } catch (RejectedExecutionException e) {
            asked.remove(address);
            mine.complete(address.getHostAddress());
        }
        return mine;
    }

    private String lookUp(InetAddress address) {
        try {
            return resolver.nameOf(address);
        } catch (RuntimeException e) { // the address has to do
            return address.getHostAddress();
        }
    }

    private @Nullable String known(InetAddress address) {
        synchronized (known) {
            Known found = known.get(address);
            return found == null || clock.millis() - found.sinceMillis() > KEPT_MILLIS ? null : found.name();
        }
    }

    private void keep(InetAddress address, String name) {
        synchronized (known) {
            known.put(address, new Known(name, clock.millis()));
        }
    }

    /** Who waits for a name gets the address, in time. */
    @Override
    public void close() {
        threads.shutdownNow();
    }
}
