package org.millrace.listener;

import org.millrace.api.Settings;

/**
 * What each source that accepts connections needs to know.
 *
 * @param host to listen on, a name or an address; empty for all addresses of the machine
 * @param eventLoops that serve connections; 0 for half as many as there are processors, at least 1
 * @param filter who may connect
 * @param maxConnections open at a time; one more is closed at once
 * @param maxReadBytes one read of a connection brings at most so much
 * @param maxUnsentBytes answers that a peer has not read; until it does we read no more of it
 */
public record TcpSettings(
        String host, int eventLoops, IpFilter filter, int maxConnections, int maxReadBytes, int maxUnsentBytes) {
    /** The highest port. */
    public static final int MAX_PORT = 65_535;

    private static final int MAX_EVENT_LOOPS = 1024;
    private static final int DEFAULT_CONNECTIONS = 20_000;
    private static final int DEFAULT_UNSENT_BYTES = 64 << 10;

    /** The port of a source that has one. */
    public static int port(Settings settings) {
        return settings.integer("port", 0, MAX_PORT)
                .about("the port to listen on; 0 lets the system choose one")
                .required();
    }

    /** The number of event loops, under the key that the source has for it. */
    public static int eventLoops(Settings settings, String key) {
        return settings.integer(key, 0, MAX_EVENT_LOOPS)
                .about("event loops that serve connections; 0 for half as many as there are processors")
                .orElse(0);
    }

    public static int maxConnections(Settings settings) {
        return settings.integer("maxConnections", 1, 1 << 24)
                .about("connections at a time")
                .orElse(DEFAULT_CONNECTIONS);
    }

    public static int maxUnsentBytes(Settings settings) {
        return settings.integer("maxUnsentReplyBytes", 1024, 1 << 30)
                .about("answers that a client does not read, in bytes, before no more is read from it")
                .orElse(DEFAULT_UNSENT_BYTES);
    }
}
