package org.millrace.interop;

import java.nio.file.Path;

/** Lines of properties files for the agent {@code a}: each component on the memory channel {@code c}. */
final class AgentFiles {
    private AgentFiles() {}

    /** A channel that holds every batch of these tests, also ten events of 5 MB. */
    static String channel(String source, String sink) {
        return """
                a.sources = %s
                a.channels = c
                a.sinks = %s
                a.channels.c.type = memory
                a.channels.c.capacity = 200000
                a.channels.c.transactionCapacity = 20000
                """.formatted(source, sink);
    }

    /** On disk: what was acknowledged outlives a kill. */
    static String fileChannel(String source, String sink, Path directory) {
        return """
                a.sources = %s
                a.channels = c
                a.sinks = %s
                a.channels.c.type = file
                a.channels.c.dataDirs = %s
                a.channels.c.segmentSize = 4MiB
                a.channels.c.minimumRequiredSpace = 1048576
                """.formatted(source, sink, directory);
    }

    static String avroSource(String name, int port, String compression) {
        return """
                a.sources.%1$s.type = avro
                a.sources.%1$s.channels = c
                a.sources.%1$s.bind = 127.0.0.1
                a.sources.%1$s.port = %2$d
                a.sources.%1$s.compression-type = %3$s
                """.formatted(name, port, compression);
    }

    static String spoolSource(String name, Path directory) {
        return """
                a.sources.%1$s.type = spooldir
                a.sources.%1$s.channels = c
                a.sources.%1$s.spoolDir = %2$s
                """.formatted(name, directory);
    }

    static String avroSink(String name, int port, int batch, String compression) {
        return """
                a.sinks.%1$s.type = avro
                a.sinks.%1$s.channel = c
                a.sinks.%1$s.hostname = 127.0.0.1
                a.sinks.%1$s.port = %2$d
                a.sinks.%1$s.batch-size = %3$d
                a.sinks.%1$s.compression-type = %4$s
                """.formatted(name, port, batch, compression);
    }
}
