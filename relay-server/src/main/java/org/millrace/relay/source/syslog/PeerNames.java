package org.millrace.relay.source.syslog;

import io.netty.util.concurrent.EventExecutor;
import java.net.InetAddress;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.millrace.relay.source.net.NameLookups;

/** The names of those who send datagrams: looked up once, and kept for a while. One thread. */
final class PeerNames {
    private static final int MAX_NAMES = 10_000;
    private static final long KEPT_MILLIS = 600_000;
    /** Nobody waits longer for a name; then the address is as good. */
    private static final long PATIENCE_MILLIS = 2_000;

    private final NameLookups lookups;
    private final InstantSource clock;
    private final Map<InetAddress, Known> known = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<InetAddress, Known> eldest) {
            return size() > MAX_NAMES;
        }
    };

    private record Known(String name, long sinceMillis) {}

    PeerNames(NameLookups lookups, InstantSource clock) {
        this.lookups = lookups;
        this.clock = clock;
    }

    /** Null if it has to be looked up. */
    @Nullable
    String of(InetAddress address) {
        Known found = known.get(address);
        return found == null || clock.millis() - found.sinceMillis() > KEPT_MILLIS ? null : found.name();
    }

    /**
     * Looks a name up; {@link #of} knows it afterwards.
     *
     * @param executor of our thread, which calls {@code then} once the name is known, or the address has to do
     */
    void lookUp(InetAddress address, EventExecutor executor, Consumer<String> then) {
        lookups.nameOf(address)
                .completeOnTimeout(address.getHostAddress(), PATIENCE_MILLIS, TimeUnit.MILLISECONDS)
                .exceptionally(failure -> address.getHostAddress())
                .thenAcceptAsync(
                        name -> {
                            known.put(address, new Known(name, clock.millis()));
                            then.accept(name);
                        },
                        executor);
    }
}
