package org.millrace.soak;

/**
 * The agent's file: Avro source → channel → Avro sinks.
 *
 * @param channelLines of the channel {@code c}
 * @param sourcePort where it listens
 * @param sinkPort where its sinks send to
 * @param sinks how many; 0 for a channel that nobody takes from
 */
record AgentFile(String channelLines, int sourcePort, int sinkPort, int sinks) {
    private static final int SINK_BATCH_EVENTS = 500;

    AgentFile withSinks(int count) {
        return new AgentFile(channelLines, sourcePort, sinkPort, count);
    }

    String text() {
        StringBuilder file = new StringBuilder("""
                a.sources = r
                a.channels = c
                a.sources.r.type = avro
                a.sources.r.channels = c
                a.sources.r.bind = 127.0.0.1
                a.sources.r.port = %d
                """.formatted(sourcePort)).append(channelLines);
        StringBuilder names = new StringBuilder();
        for (int i = 1; i <= sinks; i++) {
            names.append(" k").append(i);
            file.append("""
                    a.sinks.k%1$d.type = avro
                    a.sinks.k%1$d.channel = c
                    a.sinks.k%1$d.hostname = 127.0.0.1
                    a.sinks.k%1$d.port = %2$d
                    a.sinks.k%1$d.batch-size = %3$d
                    """.formatted(i, sinkPort, SINK_BATCH_EVENTS));
        }
        return sinks == 0 ? file.toString() : file + "a.sinks =" + names + "\n";
    }
}
