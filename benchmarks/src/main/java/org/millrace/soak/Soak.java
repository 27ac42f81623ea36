package org.millrace.soak;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.millrace.testkit.process.AgentProcess.Kind;
import picocli.CommandLine;
import picocli.CommandLine.Help.Visibility;
import picocli.CommandLine.Option;

/** What all soaks have in common: a seed, a directory, and how they end. */
abstract class Soak implements Callable<Integer> {
    private static final int PASSED = 0;
    private static final int FOUND_WANTING = 1;
    private static final int NOT_FINISHED = 4;

    @Option(
            names = "--seed",
            showDefaultValue = Visibility.NEVER,
            description = "of all that is random (default: a new one)")
    private long seed = ThreadLocalRandom.current().nextInt(Integer.MAX_VALUE);

    @Option(
            names = "--dir",
            description =
                    "for logs, ledgers and the channel's files (default: a new one, which goes once it has passed)")
    private @Nullable Path dir;

    @Option(names = "--agent", defaultValue = "millrace", description = "whose agent: millrace; or flume, to compare")
    private Kind agent = Kind.MILLRACE;

    /** True if it passed; an {@link IllegalStateException} says why it did not come to its end. */
    abstract boolean run(Path own) throws IOException, InterruptedException;

    final Kind agent() {
        return agent;
    }

    final long seed() {
        return seed;
    }

    @Override
    public final Integer call() throws IOException, InterruptedException {
        Path own = dir == null ? Files.createTempDirectory("millrace-soak") : Files.createDirectories(dir);
        say("seed %d, files in %s", seed, own);
        try {
            boolean isGood = run(own);
            say("%s", isGood ? "passed" : "FAILED: seed " + seed + ", files in " + own);
            if (isGood && dir == null) {
                delete(own);
            }
            return isGood ? PASSED : FOUND_WANTING;
        } catch (IllegalStateException e) {
            say("not finished: %s; seed %d, files in %s", String.valueOf(e.getMessage()), seed, own);
            return NOT_FINISHED;
        }
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    /** Runs a soak; of an option that stands there twice, the last one counts. Returns the exit code. */
    static int execute(Soak soak, String... args) {
        return new CommandLine(soak)
                .setOverwrittenOptionsAllowed(true)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .execute(args);
    }

    static void say(String format, Object... values) {
        System.out.printf(Locale.ROOT, format + "%n", values);
    }
}
