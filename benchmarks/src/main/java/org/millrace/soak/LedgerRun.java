package org.millrace.soak;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.millrace.testkit.process.JavaProcess;

/** {@code millrace load --ledger}, and {@code millrace verify} after it, in processes of their own. One thread. */
final class LedgerRun implements AutoCloseable {
    private static final String MAIN = "org.millrace.relay.RelayMain";
    private static final List<String> FLAGS = List.of(
            "-Xmx256m", "-XX:+UseParallelGC", "-Dlog4j2.level=ERROR", "-Dio.netty.leakDetection.level=disabled");
    private static final long LOOK_MILLIS = 50;

    private final Path dir;
    private final Path ledger;
    private final Duration stuckAfter;
    private final JavaProcess load;

    private LedgerRun(Path dir, Path ledger, Duration stuckAfter, JavaProcess load) {
        this.dir = dir;
        this.ledger = ledger;
        this.stuckAfter = stuckAfter;
        this.load = load;
    }

    /**
     * Starts the load.
     *
     * @param stuckAfter when neither command can be still at work
     */
    static LedgerRun start(Path dir, List<Integer> ports, List<String> options, Duration stuckAfter) {
        Path ledger = dir.resolve("ledger");
        List<String> command = new ArrayList<>(List.of(MAIN, "load", "-q", "--ledger", ledger.toString()));
        command.addAll(options);
        ports.forEach(port -> command.add("127.0.0.1:" + port));
        return new LedgerRun(
                dir,
                ledger,
                stuckAfter,
                JavaProcess.start("load", dir, FLAGS, System.getProperty("java.class.path"), command));
    }

    boolean isSending() {
        return load.isAlive();
    }

    /** Waits for the load's end; true if all was acked. What it said is printed. */
    boolean awaitEnd() throws InterruptedException {
        await(load);
        int exitCode = load.awaitExit();
        Soak.say("%nmillrace load: exit code %d%n%s", exitCode, load.log().stripTrailing());
        return exitCode == 0;
    }

    /** Looks for the events, and prints what it finds. */
    Result verify(String place) throws InterruptedException {
        List<String> command = List.of(MAIN, "verify", "-q", "--json", "--in", place, ledger.toString());
        try (JavaProcess verify =
                JavaProcess.start("verify", dir, FLAGS, System.getProperty("java.class.path"), command)) {
            await(verify);
            int exitCode = verify.awaitExit();
            Soak.say(
                    "%nmillrace verify: exit code %d%n%s",
                    exitCode, verify.log().stripTrailing());
            return new Result(exitCode, verify.log());
        }
    }

    private void await(JavaProcess process) throws InterruptedException {
        long deadline = System.nanoTime() + stuckAfter.toNanos();
        while (process.isAlive()) {
            TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
            if (System.nanoTime() - deadline > 0) {
                throw new IllegalStateException(
                        process.name() + " still runs after " + stuckAfter.toSeconds() + " s; its log is in " + dir);
            }
        }
    }

    /** What {@code verify} said. */
    record Result(int exitCode, String json) {
        /** One of its figures; the first of that name. */
        long figure(String name) {
            Matcher found = Pattern.compile("\"" + name + "\" : (\\d+)").matcher(json);
            if (!found.find()) {
                throw new IllegalStateException("no " + name + " in what verify said: " + json);
            }
            return Long.parseLong(found.group(1));
        }

        boolean nothingIsLostOrCorrupt() {
            return exitCode == 0 && figure("inUse") == 0;
        }
    }

    @Override
    public void close() {
        load.close();
    }
}
