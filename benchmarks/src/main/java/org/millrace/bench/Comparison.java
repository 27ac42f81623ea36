package org.millrace.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/**
 * Servers in one go: they run at the same time, and are loaded in turns, so that a machine that changes its speed does so for all;
 * ratios mean something, absolute figures drift from machine to machine.
 */
abstract class Comparison implements Callable<Integer> {
    @Option(names = "--seconds", defaultValue = "5", description = "measured in each turn")
    private int seconds;

    @Option(names = "--warm-up", defaultValue = "2", description = "seconds before each turn counts")
    private int warmUp;

    @Option(names = "--heat", defaultValue = "8", description = "seconds of load for a server that has just started")
    private int heat;

    @Option(names = "--rounds", defaultValue = "2", description = "turns of each server in each row")
    private int rounds;

    @Option(names = "--only", defaultValue = ".*", description = "rows whose name this regular expression finds")
    private Pattern only = Pattern.compile(".*");

    @Option(names = "--dir", description = "for files and logs of the servers (default: a new one)")
    private @Nullable Path dir;

    private final ResultTable table;

    Comparison(ResultTable table) {
        this.table = table;
    }

    /** Runs all rows that are chosen. */
    abstract void run(Path own) throws IOException, InterruptedException;

    /** Names of the rows that there were to choose from so far. */
    private final List<String> offered = new ArrayList<>();

    private boolean isAnyChosen;

    /** Returns the exit code. */
    static int execute(Comparison comparison, String... args) {
        return new CommandLine(comparison)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setOverwrittenOptionsAllowed(true) // what a script sets, its user may set otherwise
                .execute(args);
    }

    @Override
    public final Integer call() throws IOException, InterruptedException {
        Path own = dir == null ? Files.createTempDirectory("millrace-bench") : Files.createDirectories(dir);
        System.out.println("Files and logs of the servers: " + own + " ("
                + Files.getFileStore(own).type() + ")");
        run(own);
        if (!isAnyChosen) {
            System.err.println("--only " + only + " finds none of the rows:\n  " + String.join("\n  ", offered));
            return CommandLine.ExitCode.USAGE;
        }
        System.out.println();
        System.out.println(table.print());
        return 0;
    }

    /** The rows of these workloads that are chosen. */
    final List<Row> chosen(String name, List<Workload> workloads) {
        List<Row> rows = new ArrayList<>();
        for (Workload load : workloads) {
            Row row = new Row(nameOf(name, load), load);
            offered.add(row.name());
            if (only.matcher(row.name()).find()) {
                isAnyChosen = true;
                rows.add(row);
            }
        }
        return rows;
    }

    /** A row's whole name. */
    static String nameOf(String name, Workload load) {
        return name + ", " + load;
    }

    /**
     * A line of the table.
     *
     * @param name what it is called, with the workload
     */
    record Row(String name, Workload load) {}

    /** So that the compilers are done before anything counts. */
    final void heat(Target target, Workload load) throws InterruptedException {
        if (heat > 0) {
            new LoadRun(target, load).run(Duration.ofSeconds(heat), Duration.ZERO);
        }
    }

    /** As {@link #heat(Target, Workload)}. */
    final void heat(Turn turn) throws IOException, InterruptedException {
        if (heat > 0) {
            turn.run(Duration.ofSeconds(heat), Duration.ZERO);
        }
    }

    /** What takes a turn. */
    interface Turn {
        LoadResult run(Duration warmUp, Duration measured) throws IOException, InterruptedException;
    }

    /** All turns of all entrants in a row: each of them once a round. */
    final void run(Row row, List<Entry> entries) throws IOException, InterruptedException {
        for (int round = 1; round <= rounds; round++) {
            for (Entry entry : entries) {
                LoadResult result = entry.turn().run(Duration.ofSeconds(warmUp), Duration.ofSeconds(seconds));
                System.out.println(row.name() + " | " + entry.name() + ", turn " + round + " | " + result);
                table.add(row.name(), entry.name(), result);
            }
        }
    }

    /** Who takes part in a row. */
    record Entry(String name, Turn turn) {
        static Entry of(String name, Target target, Workload load) {
            return new Entry(name, (warmUp, measured) -> new LoadRun(target, load).run(warmUp, measured));
        }
    }
}
