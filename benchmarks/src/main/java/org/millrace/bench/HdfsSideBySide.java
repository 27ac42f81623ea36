package org.millrace.bench;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.millrace.testkit.process.AgentProcess.Kind;
import org.millrace.testkit.process.JavaProcess;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Our agent, Flume's and Hadoop's client alone, writing to one real HDFS. See {@code scripts/bench-hdfs}. */
@Command(
        name = "bench-hdfs",
        mixinStandardHelpOptions = true,
        showDefaultValues = true,
        description =
                "Avro source → channel → HDFS sinks, ours and Flume's, beside Hadoop's client alone writing the same"
                        + " bytes.")
public final class HdfsSideBySide extends Comparison {
    private static final int BODY_BYTES = 512;
    private static final int BATCH = 100;
    private static final int LARGE_BATCH = 1000;
    /** With its line feed. */
    private static final int EVENT_BYTES = BODY_BYTES + 1;
    /** Of the channels: enough for every sink to be busy, and soon full, so that HDFS sets the pace. */
    private static final int INSIDE = 20_000;
    /** {@code hdfs.threadsPoolSize} as it comes. */
    private static final int POOL = 10;

    private static final String OURS = "ours";
    private static final String FLUME = "flume";
    private static final String CLIENT = "client";
    private static final String PLAIN = "plain";

    private static final Pattern HADOOP = Pattern.compile("hadoop-client-(api|runtime)-[^/]*\\.jar$");
    private static final Workload LOAD = new Workload(4, 4, BATCH, BODY_BYTES);
    private static final Workload FOUR_BUCKETS = new Workload(4, 4, BATCH, BODY_BYTES, 4);

    private static final String NOTE = """
        Bodies of 512 bytes and three headers; a closed loop on this machine, batches of 100, channels of 20,000 events, hdfs.batchSize
        = 100 unless said, hflush after each; text in files of 128 MiB. Events are counted in HDFS, by the bytes that a reader finds at the start
        and at the end of the time that is measured. "client": Hadoop's client writes the same bytes from memory, a stream for each
        bucket of each sink, and flushes after as many events; "plain": it never flushes. CPU/x: events per CPU second of our
        agent's process to those of x's. Latency is that of a request to the agent. The HDFS takes its CPU time from the same cores.
        """;

    @Option(
            names = "--servers",
            split = ",",
            defaultValue = "ours,flume,client,client_plain",
            description = "who takes part")
    private Set<Entrant> entrants = EnumSet.allOf(Entrant.class);

    /** Who can take part. */
    enum Entrant {
        OURS,
        FLUME,
        CLIENT,
        CLIENT_PLAIN
    }

    private HdfsSideBySide() {
        super(new ResultTable(OURS, List.of(FLUME, CLIENT, PLAIN), List.of(FLUME, CLIENT, PLAIN), List.of(), NOTE));
    }

    public static void main(String[] args) {
        System.exit(execute(new HdfsSideBySide(), args));
    }

    @Override
    void run(Path dir) throws IOException, InterruptedException {
        System.setProperty("flume.peer.more", hadoopClient());
        try (HdfsPeer hdfs = HdfsPeer.start(dir);
                JavaProcess client = client(dir, hdfs.directory("client"))) {
            for (Setting setting : settings()) {
                run(setting, dir, hdfs, client);
            }
        }
    }

    private List<Setting> settings() {
        Set<Entrant> all = Set.copyOf(entrants);
        Set<Entrant> ours = EnumSet.copyOf(entrants);
        ours.retainAll(EnumSet.of(Entrant.OURS));
        List<Setting> settings = new ArrayList<>();
        for (int sinks : new int[] {1, 4}) {
            for (ChannelChoice channel : ChannelChoice.values()) {
                settings.add(new Setting(channel, sinks, BATCH, POOL, LOAD, all));
            }
        }
        settings.add(new Setting(ChannelChoice.MEMORY, 1, LARGE_BATCH, POOL, LOAD, all));
        for (int threads : new int[] {1, 2, POOL}) {
            settings.add(
                    new Setting(ChannelChoice.MEMORY, 1, BATCH, threads, FOUR_BUCKETS, threads == POOL ? all : ours));
        }
        return settings;
    }

    /**
     * What agents look like, and who takes part.
     *
     * @param flushEvents {@code hdfs.batchSize}
     * @param threads {@code hdfs.threadsPoolSize}
     */
    private record Setting(
            ChannelChoice channel, int sinks, int flushEvents, int threads, Workload load, Set<Entrant> entrants) {
        String name() {
            return channel.name().toLowerCase(Locale.ROOT) + ", " + (sinks == 1 ? "1 sink" : sinks + " sinks")
                    + (flushEvents == BATCH ? "" : ", hdfs.batchSize " + flushEvents)
                    + (load.hosts() == 1 ? "" : ", " + load.hosts() + " buckets, pool of " + threads);
        }

        int streams() {
            return sinks * load.hosts();
        }

        /** A batch is divided among the buckets. */
        int eventsAFlush() {
            return flushEvents / load.hosts();
        }
    }

    private void run(Setting setting, Path dir, HdfsPeer hdfs, JavaProcess client)
            throws IOException, InterruptedException {
        List<Row> rows = chosen(setting.name(), List.of(setting.load));
        if (rows.isEmpty() || setting.entrants.isEmpty()) {
            return;
        }
        Path own = Files.createDirectories(dir.resolve(setting.name().replaceAll("\\W+", "-")));
        String directory = hdfs.directory(own.getFileName().toString());
        try (Contenders contenders = new Contenders()) {
            if (setting.entrants.contains(Entrant.OURS)) {
                contenders.add(agent(setting, OURS, Kind.MILLRACE, own, directory));
            }
            if (setting.entrants.contains(Entrant.FLUME)) {
                contenders.add(agent(setting, FLUME, Kind.FLUME, own, directory));
            }
            List<Entry> entries = new ArrayList<>();
            for (Contender contender : contenders.all()) {
                Target target = contender.storeTarget(
                        () -> hdfs.readableBytes(directory + "/" + contender.name()) / EVENT_BYTES);
                heat(target, setting.load);
                entries.add(Entry.of(contender.name(), target, setting.load));
            }
            addClient(entries, setting, client);
            for (Row row : rows) {
                run(row, entries);
            }
        }
        for (String agent : List.of(OURS, FLUME)) {
            checkFiles(hdfs, directory + "/" + agent);
        }
        hdfs.delete(directory);
    }

    private static Contender agent(Setting setting, String name, Kind kind, Path own, String directory) {
        String sinkLines =
                SinkLines.hdfsSinks(setting.sinks, directory + "/" + name, setting.flushEvents, setting.threads, own);
        return Contender.agent(name, kind, own, setting.channel, INSIDE, sinkLines);
    }

    private void addClient(List<Entry> entries, Setting setting, JavaProcess client)
            throws IOException, InterruptedException {
        if (setting.entrants.contains(Entrant.CLIENT)) {
            entries.add(new Entry(CLIENT, (warm, time) -> ask(client, setting, true, warm, time)));
        }
        if (setting.entrants.contains(Entrant.CLIENT_PLAIN)) {
            entries.add(new Entry(PLAIN, (warm, time) -> ask(client, setting, false, warm, time)));
        }
        for (Entry entry : entries) {
            if (entry.name().equals(CLIENT)) {
                heat(entry.turn());
            }
        }
    }

    /** Once the agents have stopped: whole events alone, in finished files. */
    private static void checkFiles(HdfsPeer hdfs, String directory) throws IOException {
        long bytes = hdfs.readableBytes(directory);
        long inUse = hdfs.filesInUse(directory);
        if (bytes > 0) {
            System.out.printf(
                    "in %s: %,d events in %d files, %d more with in-use names%n",
                    directory, bytes / EVENT_BYTES, hdfs.completeFiles(directory), inUse);
        }
        if (bytes % EVENT_BYTES != 0) {
            throw new IllegalStateException(directory + " holds " + bytes + " bytes: an event is there in part");
        }
    }

    private static JavaProcess client(Path dir, String directory) {
        return JavaProcess.conversation(
                "client",
                dir,
                List.of("-Xms2g", "-Xmx2g", "-XX:+UseParallelGC"),
                System.getProperty("java.class.path"),
                List.of(ClientAlone.class.getName(), directory, Integer.toString(EVENT_BYTES)));
    }

    private static LoadResult ask(
            JavaProcess client, Setting setting, boolean flushes, Duration warmUp, Duration measured) {
        String[] words = client.ask(setting.streams() + " " + setting.eventsAFlush() + " " + flushes + " "
                        + warmUp.toMillis() + " " + measured.toMillis())
                .split(" ");
        return new LoadResult(
                Double.parseDouble(words[1]),
                Long.parseLong(words[0]),
                0,
                LoadConnection.emptyHistogram(),
                Long.parseLong(words[2]));
    }

    /** Ours, for Flume as well. */
    private static String hadoopClient() {
        return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(path -> HADOOP.matcher(path).find())
                .collect(Collectors.joining(File.pathSeparator));
    }
}
