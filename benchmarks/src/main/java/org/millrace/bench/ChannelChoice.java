package org.millrace.bench;

import java.nio.file.Path;

/** What an agent's channel {@code c} is. */
enum ChannelChoice {
    MEMORY {
        @Override
        String lines(Path dir, int capacity) {
            return "a.channels.c.type = memory\n" + size(capacity);
        }
    },

    /** As it is without any keys but those of its directories and its size: acked when forced. */
    FILE {
        @Override
        String lines(Path dir, int capacity) {
            return "a.channels.c.type = file\n" + size(capacity) + """
                a.channels.c.checkpointDir = %1$s/checkpoint
                a.channels.c.dataDirs = %1$s/data
                """.formatted(dir);
        }
    };

    /** A capacity, in events, that is never reached. */
    static final int LARGE = 1_500_000;

    private static String size(int capacity) {
        return """
            a.channels.c.capacity = %d
            a.channels.c.transactionCapacity = 10000
            """.formatted(capacity);
    }

    /**
     * Its lines in the agent's file.
     *
     * @param capacity in events
     */
    abstract String lines(Path dir, int capacity);
}
