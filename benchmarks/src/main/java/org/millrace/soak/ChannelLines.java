package org.millrace.soak;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Lines of an agent's file about the channel {@code c}. */
final class ChannelLines {
    private static final String SIZE = """
            a.channels.c.capacity = %d
            a.channels.c.transactionCapacity = 10000
            """;

    private ChannelLines() {}

    static String memory(long capacity) {
        return "a.channels.c.type = memory\n" + SIZE.formatted(capacity);
    }

    /**
     * @param dir where its directories are made
     * @param directories how many it is striped over
     * @param reserveBytes left free on the disk
     */
    static String file(
            Path dir, int directories, String durability, long segmentBytes, long reserveBytes, long capacity) {
        List<String> dataDirs = new ArrayList<>();
        for (int i = 1; i <= directories; i++) {
            dataDirs.add(dir.resolve("data-" + i).toString());
        }
        return "a.channels.c.type = file\n" + SIZE.formatted(capacity)
                + """
                a.channels.c.checkpointDir = %s
                a.channels.c.dataDirs = %s
                a.channels.c.durability = %s
                a.channels.c.segmentSize = %d
                a.channels.c.minimumRequiredSpace = %d
                """.formatted(
                        dir.resolve("checkpoint"), String.join(",", dataDirs), durability, segmentBytes, reserveBytes);
    }
}
