package org.millrace.bench;

import java.util.ArrayList;
import java.util.List;

/** Lines of an agent's file about its sinks on the channel {@code c}. */
final class SinkLines {
    private SinkLines() {}

    /** Sinks that throw away what they take. */
    static String nullSinks(int sinks) {
        return sinks(sinks, """
                a.sinks.%1$s.type = null
                a.sinks.%1$s.channel = c
                a.sinks.%1$s.batchSize = 1000
                a.sinks.%1$s.logEveryNEvents = 1000000000
                """);
    }

    /** Sinks to a server on loopback. */
    static String avroSinks(int sinks, int port) {
        return sinks(sinks, """
                a.sinks.%1$s.type = avro
                a.sinks.%1$s.channel = c
                a.sinks.%1$s.hostname = 127.0.0.1
                a.sinks.%1$s.port = PORT
                a.sinks.%1$s.batch-size = 100
                """.replace("PORT", Integer.toString(port)));
    }

    private static String sinks(int sinks, String lines) {
        StringBuilder file = new StringBuilder("a.sinks =");
        List<String> names = new ArrayList<>();
        for (int i = 1; i <= sinks; i++) {
            names.add("k" + i);
        }
        names.forEach(name -> file.append(' ').append(name));
        file.append('\n');
        names.forEach(name -> file.append(lines.formatted(name)));
        return file.toString();
    }
}
