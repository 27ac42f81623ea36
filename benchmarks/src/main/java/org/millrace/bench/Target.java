package org.millrace.bench;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What a load runs against.
 *
 * @param cpuNanos CPU time that the server's process has taken so far
 * @param arrived events that have come out at the end of a hop so far: these are counted, and a bounded number is kept inside; null
 *     where the answers of the server itself count
 */
record Target(
        InetSocketAddress address,
        LongSupplier cpuNanos,
        @Nullable LongSupplier arrived) {
    /** Of our own making, on loopback. */
    static Target server(int port, LongSupplier cpuNanos) {
        return new Target(loopback(port), cpuNanos, null);
    }

    static Target hop(int port, LongSupplier cpuNanos, LongSupplier arrived) {
        return new Target(loopback(port), cpuNanos, arrived);
    }

    private static InetSocketAddress loopback(int port) {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }
}
