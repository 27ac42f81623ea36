package org.millrace.client;

/**
 * Where a relay listens. The name is looked up anew for each connection.
 *
 * @param host a name, an IPv4 address, or an IPv6 address with or without brackets; kept without
 * @param port 1 to 65535
 */
public record RelayAddress(String host, int port) {
    public RelayAddress {
        host = host.trim();
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        }
        if (host.isEmpty()) {
            throw new IllegalArgumentException("host: empty (expected: a name or an address)");
        }
        if (port < 1 || port > 65535) {
            throw new IllegalArgumentException("port: " + port + " (expected: 1 to 65535)");
        }
    }

    /**
     * Reads {@code host:port}; an IPv6 address stands in brackets.
     *
     * @throws IllegalArgumentException saying what was expected
     */
    public static RelayAddress parse(String text) {
        String trimmed = text.trim();
        int colon = trimmed.lastIndexOf(':');
        boolean bareIpv6 = colon >= 0 && trimmed.indexOf(':') != colon && !trimmed.startsWith("[");
        if (colon < 1 || bareIpv6) {
            throw new IllegalArgumentException(text + " (expected: host:port, an IPv6 address in brackets)");
        }
        return new RelayAddress(trimmed.substring(0, colon), parsePort(trimmed.substring(colon + 1)));
    }

    private static int parsePort(String text) {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("port: " + text + " (expected: 1 to 65535)", e);
        }
    }

    /** {@code host:port}, as {@link #parse} reads it. */
    @Override
    public String toString() {
        return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
    }
}
