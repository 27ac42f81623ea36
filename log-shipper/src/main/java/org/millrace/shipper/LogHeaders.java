package org.millrace.shipper;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HashMap;
import java.util.Map;

/** The headers that Flume's log4j appenders give an event, under the same names. Immutable. */
public final class LogHeaders {
    private static final String PREFIX = "flume.client.log4j.";
    private static final int MOST_HEADERS = 8;

    /** Empty if it is not known. */
    private final String address;

    private LogHeaders(String address) {
        this.address = address;
    }

    /** With the address of this host, looked up once. */
    public static LogHeaders ofThisHost() {
        try {
            return new LogHeaders(InetAddress.getLocalHost().getHostAddress());
        } catch (UnknownHostException e) {
            return new LogHeaders(""); // the header is left out then, as Flume's host interceptor does it
        }
    }

    /** @param level as Log4j 1 has it: 20000 for INFO, 40000 for ERROR */
    public Map<String, String> of(String logger, long timestampMillis, int level) {
        Map<String, String> headers = new HashMap<>(MOST_HEADERS);
        headers.put(PREFIX + "logger.name", logger);
        headers.put(PREFIX + "timestamp", Long.toString(timestampMillis));
        headers.put(PREFIX + "log.level", Integer.toString(level));
        headers.put(PREFIX + "message.encoding", "UTF8");
        if (!address.isEmpty()) {
            headers.put(PREFIX + "address", address);
        }
        return headers;
    }
}
