package org.millrace.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.millrace.testkit.process.AgentProcess.Kind;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Our file channel, our memory channel, Flume's file channel, the least server that forces, and the bare disk in one go: Avro source →
 * channel → null, and a hop. See {@code scripts/bench-channel}.
 */
@Command(
        name = "bench-channel",
        mixinStandardHelpOptions = true,
        showDefaultValues = true,
        description = "Runs our file channel beside our memory channel, Flume's file channel and raw disk writes.")
public final class ChannelsSideBySide extends Comparison {
    private static final int BODY_BYTES = 512;
    private static final String OURS = "file";
    private static final String MEMORY = "memory";
    private static final String FLUME = "flume file";
    private static final String LEAST = "least";
    private static final String RAW = "raw disk";

    private static final String NOTE = """
            Bodies of 512 bytes and three headers; a closed loop on this machine; latency is that of a request. All agents: -Xmx2g,
            channels of 1,500,000 events, file channels as they come, with an ack only after the force. To null: our agents have one
            null sink, Flume two. Hop: batches of 100 to a server that only finds frames; the events that come out there are counted,
            and at most 20,000 are inside. Least: a server that finds frames, forces as many bytes in groups, answers OK, and does nothing
            else: what disk, network and load generator together allow. Raw disk: one thread writes and forces half of what the load has in flight at a time, at
            most 4 MiB, into a file filled before; its latency is that of such a write.
            """;

    private static final int[] BATCHES = {1, 10, 100, 1000};
    private static final int[] CONNECTIONS = {1, 4, 16, 64};
    private static final int[] IN_FLIGHT = {1, 4};

    /** The rows that have budgets, and one for each order of magnitude. */
    private static final List<Workload> SOME = List.of(
            new Workload(1, 1, 1, BODY_BYTES),
            new Workload(16, 1, 1, BODY_BYTES),
            new Workload(16, 4, 1, BODY_BYTES),
            new Workload(64, 4, 1, BODY_BYTES),
            new Workload(16, 4, 10, BODY_BYTES),
            new Workload(1, 1, 100, BODY_BYTES),
            new Workload(4, 1, 100, BODY_BYTES),
            new Workload(16, 1, 100, BODY_BYTES),
            new Workload(16, 4, 100, BODY_BYTES),
            new Workload(64, 4, 100, BODY_BYTES),
            new Workload(4, 1, 1000, BODY_BYTES));

    private static final Workload HOP = new Workload(4, 4, 100, BODY_BYTES);

    private static final String TO_NULL = "to null";

    /** Beside Flume's file channel 20 x with one request in flight, 50 x pipelined, 15 x with single events; beside memory 0.6. */
    private static final List<Budget> BUDGETS = List.of(
            flume(new Workload(16, 1, 1, BODY_BYTES), 15),
            flume(new Workload(16, 4, 1, BODY_BYTES), 15),
            flume(new Workload(4, 1, 100, BODY_BYTES), 20),
            flume(new Workload(16, 1, 100, BODY_BYTES), 20),
            flume(new Workload(16, 4, 100, BODY_BYTES), 50),
            memory(new Workload(4, 1, 100, BODY_BYTES)),
            memory(new Workload(16, 1, 100, BODY_BYTES)),
            memory(new Workload(16, 4, 100, BODY_BYTES)),
            new Budget.Latency(nameOf(TO_NULL, new Workload(1, 1, 100, BODY_BYTES)), RAW, 2),
            new Budget.Rate(nameOf(hopName(1), HOP), FLUME, 20, null),
            new Budget.Rate(nameOf(hopName(4), HOP), FLUME, 20, null));

    private static Budget flume(Workload load, double least) {
        return new Budget.Rate(nameOf(TO_NULL, load), FLUME, least, RAW);
    }

    private static Budget memory(Workload load) {
        return new Budget.Rate(nameOf(TO_NULL, load), MEMORY, 0.6, RAW);
    }

    private static String hopName(int sinks) {
        return "hop, " + (sinks == 1 ? "1 sink" : sinks + " sinks");
    }

    @Option(names = "--full", description = "every batch size, number of connections and depth of the pipeline")
    private boolean isFull;

    @Option(
            names = "--servers",
            split = ",",
            defaultValue = "file,memory,flume_file,least,raw_disk",
            description = "who takes part")
    private Set<Entrant> entrants = EnumSet.allOf(Entrant.class);

    /** Who can take part. */
    enum Entrant {
        FILE,
        MEMORY,
        FLUME_FILE,
        LEAST,
        RAW_DISK
    }

    private ChannelsSideBySide() {
        super(new ResultTable(OURS, List.of(MEMORY, FLUME, LEAST, RAW), List.of(), BUDGETS, NOTE));
    }

    public static void main(String[] args) {
        System.exit(execute(new ChannelsSideBySide(), args));
    }

    @Override
    void run(Path dir) throws IOException, InterruptedException {
        toNull(dir);
        hop(dir, 1);
        hop(dir, 4);
    }

    private void toNull(Path dir) throws IOException, InterruptedException {
        List<Row> rows = chosen(TO_NULL, isFull ? all() : SOME);
        if (rows.isEmpty()) {
            return;
        }
        Path own = Files.createDirectories(dir.resolve("to-null"));
        try (RawDisk disk = new RawDisk(own);
                Contenders contenders = new Contenders()) {
            start(contenders, own, SinkLines.nullSinks(1), SinkLines.nullSinks(2));
            if (entrants.contains(Entrant.LEAST)) {
                contenders.add(Contender.forcingServer(LEAST, own));
            }
            for (Contender contender : contenders.all()) {
                heat(contender.target(), HOP);
            }
            for (Row row : rows) {
                List<Entry> entries = contenders.entries(Contender::target, row.load());
                if (entrants.contains(Entrant.RAW_DISK)) {
                    entries.add(new Entry(RAW, (warmUp, measured) -> disk.run(row.load(), warmUp, measured)));
                }
                run(row, entries);
            }
        }
    }

    private void hop(Path dir, int sinks) throws IOException, InterruptedException {
        List<Row> rows = chosen(hopName(sinks), List.of(HOP));
        if (rows.isEmpty()) {
            return;
        }
        try (NullServer end = new NullServer(0, 1);
                Contenders contenders = new Contenders()) {
            Path own = Files.createDirectories(dir.resolve("hop-" + sinks));
            String sinkLines = SinkLines.avroSinks(sinks, end.port());
            start(contenders, own, sinkLines, sinkLines);
            for (Contender contender : contenders.all()) {
                heat(contender.hopTarget(end::events), HOP);
            }
            for (Row row : rows) {
                run(row, contenders.entries(contender -> contender.hopTarget(end::events), row.load()));
            }
        }
    }

    private void start(Contenders contenders, Path dir, String ourSinks, String flumeSinks) {
        if (entrants.contains(Entrant.FILE)) {
            contenders.add(Contender.agent(OURS, Kind.MILLRACE, dir, ChannelChoice.FILE, ourSinks));
        }
        if (entrants.contains(Entrant.MEMORY)) {
            contenders.add(Contender.agent(MEMORY, Kind.MILLRACE, dir, ChannelChoice.MEMORY, ourSinks));
        }
        if (entrants.contains(Entrant.FLUME_FILE)) {
            contenders.add(Contender.agent(FLUME, Kind.FLUME, dir, ChannelChoice.FILE, flumeSinks));
        }
    }

    private static List<Workload> all() {
        List<Workload> all = new ArrayList<>();
        for (int batch : BATCHES) {
            for (int connections : CONNECTIONS) {
                for (int inFlight : IN_FLIGHT) {
                    all.add(new Workload(connections, inFlight, batch, BODY_BYTES));
                }
            }
        }
        return all;
    }
}
