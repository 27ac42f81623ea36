package org.millrace.relay.metrics;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * What the {@code flume.monitoring.*} system properties ask for.
 *
 * @param http where to answer HTTP, or null for JMX alone
 */
public record MonitoringSettings(@Nullable InetSocketAddress http) {
    private static final String TYPE = "flume.monitoring.type";
    private static final String PORT = "flume.monitoring.port";
    private static final String BIND = "millrace.monitoring.bind";
    private static final int DEFAULT_PORT = 41414;

    /**
     * Reads the system properties: {@code flume.monitoring.type} ({@code http}, or none), {@code flume.monitoring.port} (41414; 0 for
     * any free one) and {@code millrace.monitoring.bind} (0.0.0.0).
     *
     * @param problems gets a line for each mistake
     */
    public static MonitoringSettings read(Properties system, List<String> problems) {
        String type = system.getProperty(TYPE);
        if (type == null) {
            return new MonitoringSettings(null);
        }
        if (!type.toLowerCase(Locale.ROOT).equals("http")) {
            problems.add("-D" + TYPE + "=" + type + ": not supported yet (expected: http)");
            return new MonitoringSettings(null);
        }
        return new MonitoringSettings(
                new InetSocketAddress(system.getProperty(BIND, "0.0.0.0"), readPort(system, problems)));
    }

    /** As {@link #read(Properties, List)}, the mistakes in a list of their own. */
    public static List<String> problemsOf(Properties system) {
        List<String> problems = new ArrayList<>();
        read(system, problems);
        return problems;
    }

    private static int readPort(Properties system, List<String> problems) {
        String text = system.getProperty(PORT, Integer.toString(DEFAULT_PORT)).trim();
        try {
            int port = Integer.parseInt(text);
            if (port >= 0 && port <= 65535) {
                return port;
            }
        } catch (NumberFormatException e) {
            // reported below, as a number that is out of range is
        }
        problems.add("-D" + PORT + "=" + text + " (expected: a port, 0 to 65535)");
        return DEFAULT_PORT;
    }
}
