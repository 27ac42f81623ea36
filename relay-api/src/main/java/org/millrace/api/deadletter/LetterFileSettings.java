package org.millrace.api.deadletter;

import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import org.millrace.api.Settings;

/**
 * Files of dead letters.
 *
 * @param isNamed whether the configuration says anything about dead letters; without, these are but the defaults
 * @param rollBytes a file with more than that is finished
 * @param rollAfter so is one that was begun so long ago; zero: never for that reason
 * @param maxBytes all dead letters of the sink together; with more, it waits until someone has looked after them
 */
record LetterFileSettings(boolean isNamed, Path directory, long rollBytes, Duration rollAfter, long maxBytes) {
    static final String[] KEYS = {"directory", "rollSize", "rollInterval", "maxBytes"};
    private static final long LEAST_BYTES = 1 << 10;
    private static final long ROLL_BYTES = 64 << 20;
    private static final long MAX_BYTES = 10L << 30;

    /**
     * @param keys without {@code deadLetter.}
     * @param home of the user, where Flume's default directories are too
     */
    static LetterFileSettings read(String agent, boolean isNamed, Settings keys, Path home) {
        return new LetterFileSettings(
                isNamed,
                keys.path("directory")
                        .about("the directory for their files")
                        .byDefault("~/.flume/dead-letters/<AGENT>")
                        .orElse(home.resolve(".flume/dead-letters").resolve(LetterDirectory.safe(agent))),
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
}
