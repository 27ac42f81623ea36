package org.millrace.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.millrace.testkit.process.AgentProcess.Kind;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Our agent and Flume 1.11 in one go. Both run at the same time, and are loaded in turns, so that a machine that changes its speed does
 * so for both; ratios mean something, absolute figures drift from machine to machine. See {@code scripts/bench-flume}.
 */
@Command(
        name = "bench-flume",
        mixinStandardHelpOptions = true,
        showDefaultValues = true,
        description = "Runs our agent and Flume 1.11 side by side and prints what each of them reached.")
public final class SideBySide implements Callable<Integer> {
    private static final int BODY_BYTES = 512;

    /** Avro source → memory → null. */
    private static final List<Workload> TO_NULL = List.of(
            new Workload(16, 1, 1, BODY_BYTES),
            new Workload(4, 1, 100, BODY_BYTES),
            new Workload(16, 4, 100, BODY_BYTES),
            new Workload(4, 1, 1000, BODY_BYTES));

    /** Avro source → memory → Avro sink. */
    private static final Workload HOP = new Workload(4, 4, 100, BODY_BYTES);

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

    @Option(
            names = "--servers",
            split = ",",
            defaultValue = "millrace,flume,null_server",
            description = "who takes part")
    private Set<Entrant> entrants = EnumSet.allOf(Entrant.class);

    /** Who can take part. */
    enum Entrant {
        MILLRACE,
        FLUME,
        NULL_SERVER
    }

    private final ResultTable table = new ResultTable();

    private SideBySide() {}

    public static void main(String[] args) {
        System.exit(new CommandLine(new SideBySide())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .execute(args));
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        Path dir = Files.createTempDirectory("millrace-bench");
        System.out.println("Files and logs of the servers: " + dir);
        toNull(dir);
        hop(dir, 1);
        hop(dir, 4);
        System.out.println();
        System.out.println(table.print());
        return 0;
    }

    private void toNull(Path dir) throws IOException, InterruptedException {
        List<Workload> chosen =
                TO_NULL.stream().filter(load -> isChosen(toNullRow(load))).toList();
        if (chosen.isEmpty()) {
            return;
        }
        try (Contenders contenders = new Contenders()) {
            Path own = Files.createDirectories(dir.resolve("to-null"));
            if (entrants.contains(Entrant.MILLRACE)) {
                contenders.add(Contender.agent(Kind.MILLRACE, own, nullSinks(1)));
            }
            if (entrants.contains(Entrant.FLUME)) {
                contenders.add(Contender.agent(Kind.FLUME, own, nullSinks(2)));
            }
            if (entrants.contains(Entrant.NULL_SERVER)) {
                contenders.add(Contender.nullServer(own));
            }
            for (Contender contender : contenders.all()) {
                heat(Target.server(contender.port(), contender::cpuNanos));
            }
            for (Workload load : chosen) {
                for (int round = 1; round <= rounds; round++) {
                    for (Contender contender : contenders.all()) {
                        Target target = Target.server(contender.port(), contender::cpuNanos);
                        turn(toNullRow(load), contender, target, load, round);
                    }
                }
            }
        }
    }

    private static String toNullRow(Workload load) {
        return "to null, " + load;
    }

    private void hop(Path dir, int sinks) throws IOException, InterruptedException {
        String row = "hop, " + (sinks == 1 ? "1 sink" : sinks + " sinks") + ", " + HOP;
        if (!isChosen(row)) {
            return;
        }
        try (NullServer end = new NullServer(0, 1);
                Contenders contenders = new Contenders()) {
            Path own = Files.createDirectories(dir.resolve("hop-" + sinks));
            if (entrants.contains(Entrant.MILLRACE)) {
                contenders.add(Contender.agent(Kind.MILLRACE, own, avroSinks(sinks, end.port())));
            }
            if (entrants.contains(Entrant.FLUME)) {
                contenders.add(Contender.agent(Kind.FLUME, own, avroSinks(sinks, end.port())));
            }
            for (Contender contender : contenders.all()) {
                heat(Target.hop(contender.port(), contender::cpuNanos, end::events));
            }
            for (int round = 1; round <= rounds; round++) {
                for (Contender contender : contenders.all()) {
                    Target target = Target.hop(contender.port(), contender::cpuNanos, end::events);
                    turn(row, contender, target, HOP, round);
                }
            }
        }
    }

    private boolean isChosen(String row) {
        return only.matcher(row).find();
    }

    /** So that the compilers are done before anything counts. */
    private void heat(Target target) throws InterruptedException {
        if (heat > 0) {
            new LoadRun(target, HOP).run(Duration.ofSeconds(heat), Duration.ZERO);
        }
    }

    private void turn(String row, Contender contender, Target target, Workload load, int round)
            throws InterruptedException {
        LoadResult result = new LoadRun(target, load).run(Duration.ofSeconds(warmUp), Duration.ofSeconds(seconds));
        System.out.println(row + " | " + contender.name() + ", turn " + round + " | " + result);
        table.add(row, contender.name(), result);
    }

    private static String nullSinks(int sinks) {
        return sinks(sinks, """
                a.sinks.%1$s.type = null
                a.sinks.%1$s.channel = c
                a.sinks.%1$s.batchSize = 1000
                a.sinks.%1$s.logEveryNEvents = 1000000000
                """);
    }

    private static String avroSinks(int sinks, int port) {
        return sinks(sinks, """
                a.sinks.%1$s.type = avro
                a.sinks.%1$s.channel = c
                a.sinks.%1$s.hostname = 127.0.0.1
                a.sinks.%1$s.port = PORT
                a.sinks.%1$s.batch-size = 100
                """.replace("PORT", Integer.toString(port)));
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
