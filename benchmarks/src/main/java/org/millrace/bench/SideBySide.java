package org.millrace.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.millrace.testkit.process.AgentProcess.Kind;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Our agent and Flume 1.11 in one go, on the memory channel. See {@code scripts/bench-flume}. */
@Command(
        name = "bench-flume",
        mixinStandardHelpOptions = true,
        showDefaultValues = true,
        description = "Runs our agent and Flume 1.11 side by side and prints what each of them reached.")
public final class SideBySide extends Comparison {
    private static final int BODY_BYTES = 512;
    private static final String OURS = "millrace";
    private static final String FLUME = "flume";

    private static final String NOTE = """
            Bodies of 512 bytes and three headers; a closed loop on this machine; latency is that of a request. Both agents: -Xmx2g,
            memory channel of 1,500,000 events. Source to null: our agent has one null sink, Flume two, or its one would be what
            is measured. Hop: batches of 100 to a server that only finds frames; the events that come out there are counted, and at
            most 20,000 are inside. The null server finds frames and answers OK: what the machine allows.
            """;

    /** Avro source → memory → null. */
    private static final List<Workload> TO_NULL = List.of(
            new Workload(16, 1, 1, BODY_BYTES),
            new Workload(4, 1, 100, BODY_BYTES),
            new Workload(16, 4, 100, BODY_BYTES),
            new Workload(4, 1, 1000, BODY_BYTES));

    /** Avro source → memory → Avro sink. */
    private static final Workload HOP = new Workload(4, 4, 100, BODY_BYTES);

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

    private SideBySide() {
        super(new ResultTable(OURS, List.of(FLUME), NOTE));
    }

    public static void main(String[] args) {
        System.exit(execute(new SideBySide(), args));
    }

    @Override
    void run(Path dir) throws IOException, InterruptedException {
        toNull(dir);
        hop(dir, 1);
        hop(dir, 4);
    }

    private void toNull(Path dir) throws IOException, InterruptedException {
        List<Row> rows = chosen("to null", TO_NULL);
        if (rows.isEmpty()) {
            return;
        }
        try (Contenders contenders = new Contenders()) {
            Path own = Files.createDirectories(dir.resolve("to-null"));
            if (entrants.contains(Entrant.MILLRACE)) {
                contenders.add(agent(OURS, Kind.MILLRACE, own, SinkLines.nullSinks(1)));
            }
            if (entrants.contains(Entrant.FLUME)) {
                contenders.add(agent(FLUME, Kind.FLUME, own, SinkLines.nullSinks(2)));
            }
            if (entrants.contains(Entrant.NULL_SERVER)) {
                contenders.add(Contender.nullServer(own));
            }
            for (Contender contender : contenders.all()) {
                heat(contender.target(), HOP);
            }
            for (Row row : rows) {
                run(row, contenders.entries(Contender::target, row.load()));
            }
        }
    }

    private void hop(Path dir, int sinks) throws IOException, InterruptedException {
        List<Row> rows = chosen("hop, " + (sinks == 1 ? "1 sink" : sinks + " sinks"), List.of(HOP));
        if (rows.isEmpty()) {
            return;
        }
        try (NullServer end = new NullServer(0, 1);
                Contenders contenders = new Contenders()) {
            Path own = Files.createDirectories(dir.resolve("hop-" + sinks));
            String sinkLines = SinkLines.avroSinks(sinks, end.port());
            if (entrants.contains(Entrant.MILLRACE)) {
                contenders.add(agent(OURS, Kind.MILLRACE, own, sinkLines));
            }
            if (entrants.contains(Entrant.FLUME)) {
                contenders.add(agent(FLUME, Kind.FLUME, own, sinkLines));
            }
            for (Contender contender : contenders.all()) {
                heat(contender.hopTarget(end::events), HOP);
            }
            for (Row row : rows) {
                run(row, contenders.entries(contender -> contender.hopTarget(end::events), row.load()));
            }
        }
    }

    private static Contender agent(String name, Kind kind, Path dir, String sinkLines) {
        return Contender.agent(name, kind, dir, ChannelChoice.MEMORY, sinkLines);
    }
}
