package org.millrace.bench;

import java.nio.file.Path;

/** What an agent's channel {@code c} is. */
enum ChannelChoice {
    MEMORY {
        @Override
        String lines(Path dir) {
            return "a.channels.c.type = memory\n" + SIZE;
        }
    },

    /** As it is without any keys but those of its directories and its size: acked when forced. */
    FILE {
        @Override
        String lines(Path dir) {
            return "a.channels.c.type = file\n" + SIZE + """
                    a.channels.c.checkpointDir = %1$s/checkpoint
                    a.channels.c.dataDirs = %1$s/data
                    """.formatted(dir);
        }
    };

    private static final String SIZE = """
            a.channels.c.capacity = 1500000
            a.channels.c.transactionCapacity = 10000
            """;

    /** Its lines in the agent's file. */
    abstract String lines(Path dir);
}
