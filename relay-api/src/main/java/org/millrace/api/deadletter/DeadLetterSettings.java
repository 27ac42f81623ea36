package org.millrace.api.deadletter;

import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import org.millrace.api.Settings;

/**
 * What the file says of a sink's dead letters.
 *
 * @param isConfigured whether it says anything
 * @param maxTries turns that an event which may heal is given
 * @param rollBytes a file with more than that is finished
 * @param rollAfter so is one that was begun so long ago; zero: never for that reason
 * @param maxBytes all dead letters of the sink together; with more, it waits until someone has looked after them
 */
record DeadLetterSettings(
        boolean isConfigured, Path directory, int maxTries, long rollBytes, Duration rollAfter, long maxBytes) {
    private static final long LEAST_BYTES = 1 << 10;
    private static final long ROLL_BYTES = 64 << 20;
    private static final long MAX_BYTES = 10L << 30;

    /**
     * @param keys without {@code deadLetter.}
     * @param home of the user, where Flume's default directories are too
     */
    static DeadLetterSettings read(String agent, Settings keys, Path home) {
        boolean isConfigured = !keys.isEmpty();
        keys.value("type", "file", DeadLetterSettings::type, "file")
                .about("where dead letters go")
                .orElse("file");
        return new DeadLetterSettings(
                isConfigured,
                keys.path("directory")
                        .about("the directory for their files")
                        .byDefault("~/.flume/dead-letters/<AGENT>")
                        .orElse(home.resolve(".flume/dead-letters").resolve(LetterFiles.safe(agent))),
                keys.integer("maxTries", 1, Integer.MAX_VALUE)
                        .about("turns that an event gets whose failure may heal")
                        .orElse(3),
                keys.bytes("rollSize", LEAST_BYTES, Long.MAX_VALUE)
                        .about("a file with more than that is finished")
                        .orElse(ROLL_BYTES),
                keys.duration("rollInterval", ChronoUnit.SECONDS, 0, Integer.MAX_VALUE)
                        .about("so is one that was begun so long ago; 0: never for that")
                        .orElse(Duration.ofMinutes(10)),
                keys.bytes("maxBytes", LEAST_BYTES, Long.MAX_VALUE)
                        .about(
                                "all dead letters of the sink together; with more, the sink waits until someone has looked after them")
                        .orElse(MAX_BYTES));
    }

    private static String type(String text) {
        if (!text.equalsIgnoreCase("file")) {
            throw new IllegalArgumentException("there is no other type");
        }
        return "file";
    }
}
