package org.millrace.listener;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import org.millrace.api.Settings;
import org.millrace.listener.TrafficWatch.Timeouts;

/**
 * The limits of a source whose peers just write, line by line.
 *
 * @param timeouts {@code idleTimeout}, seconds: a peer that sends nothing for so long is disconnected; 0 for never, as with Flume. A line
 *     may stop halfway for as long: it holds no more memory than a line may have
 * @param maxPendingBytes {@code maxPendingBytes}: bytes of events that were read and are not in their channels yet, of all connections
 *     together; with more, nobody is read from
 */
public record StreamSettings(TcpSettings tcp, Timeouts timeouts, long maxPendingBytes) {
    private static final int MAX_READ_BYTES = 64 << 10;
    private static final long LEAST_PENDING_BYTES = 64 << 10;

    /** Reads what they have in common. */
    public static StreamSettings read(Settings settings, String host, int eventLoops) {
        IpFilter filter = IpFilter.read(settings);
        int maxConnections = TcpSettings.maxConnections(settings);
        int maxUnsent = TcpSettings.maxUnsentBytes(settings);
        Duration idle = settings.duration("idleTimeout", ChronoUnit.SECONDS, 0, Integer.MAX_VALUE)
                .about("how long a connection may be silent before it is closed; 0: for ever")
                .orElse(Duration.ZERO);
        long maxPending = maxPendingBytes(
                settings,
                "bytes of events that are not in their channels yet, of all connections; with more, no more is read");
        return new StreamSettings(
                new TcpSettings(host, eventLoops, filter, maxConnections, MAX_READ_BYTES, maxUnsent),
                new Timeouts(idle, idle),
                maxPending);
    }

    /** The bound of what waits for its channels. */
    public static long maxPendingBytes(Settings settings, String meaning) {
        return settings.bytes("maxPendingBytes", LEAST_PENDING_BYTES, Long.MAX_VALUE)
                .about(meaning)
                .byDefault("an eighth of the heap")
                .orElse(Math.max(LEAST_PENDING_BYTES, Runtime.getRuntime().maxMemory() / 8));
    }
}
