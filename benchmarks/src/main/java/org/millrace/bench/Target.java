package org.millrace.bench;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What a load runs against.
 *
 * @param cpuNanos CPU time that the server's process has taken so far
 * @param arrived events that have come out at the end so far: these are counted; null where the answers of the server itself count
 * @param isQuickToAsk whether that may be asked before each request, so that a bounded number is kept inside; if not, the server's
 *     channel is the bound
 */
record Target(
        InetSocketAddress address,
        LongSupplier cpuNanos,
        @Nullable LongSupplier arrived,
        boolean isQuickToAsk) {
    /** Of our own making, on loopback. */
    static Target server(int port, LongSupplier cpuNanos) {
        return new Target(loopback(port), cpuNanos, null, false);
    }

    static Target hop(int port, LongSupplier cpuNanos, LongSupplier arrived) {
        return new Target(loopback(port), cpuNanos, arrived, true);
    }

    /** Where what has arrived is counted in a store, which takes its time. */
    static Target store(int port, LongSupplier cpuNanos, LongSupplier arrived) {
        return new Target(loopback(port), cpuNanos, arrived, false);
    }

    private static InetSocketAddress loopback(int port) {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }
}
