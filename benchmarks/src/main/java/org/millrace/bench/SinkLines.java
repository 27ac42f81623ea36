package org.millrace.bench;

import java.nio.file.Path;
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

    /**
     * Sinks to HDFS: text, in large files. One replica is enough, or Flume makes new files for want of data nodes.
     *
     * @param directory with the address of its file system; each sink has files of its own in it, for each value of {@code host}
     * @param batchEvents {@code hdfs.batchSize}, and so between two flushes
     * @param threads of the pool of each sink
     * @param own directory of the agent's, for ours to keep its notes in
     */
    static String hdfsSinks(int sinks, String directory, int batchEvents, int threads, Path own) {
        return sinks(sinks, """
            a.sinks.%1$s.type = hdfs
            a.sinks.%1$s.channel = c
            a.sinks.%1$s.hdfs.path = DIRECTORY
            a.sinks.%1$s.hdfs.filePrefix = %1$s-%%{host}
            a.sinks.%1$s.hdfs.fileType = DataStream
            a.sinks.%1$s.hdfs.writeFormat = Text
            a.sinks.%1$s.hdfs.batchSize = EVENTS
            a.sinks.%1$s.hdfs.manifestDirectory = OWN/manifests
            a.sinks.%1$s.hdfs.rollInterval = 0
            a.sinks.%1$s.hdfs.rollCount = 0
            a.sinks.%1$s.hdfs.rollSize = 134217728
            a.sinks.%1$s.hdfs.minBlockReplicas = 1
            a.sinks.%1$s.hdfs.threadsPoolSize = THREADS
            """.replace("DIRECTORY", directory)
                .replace("EVENTS", Integer.toString(batchEvents))
                .replace("OWN", own.toString())
                .replace("THREADS", Integer.toString(threads)));
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
