package org.millrace.soak;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.millrace.singlenode.SingleNode;
import org.millrace.testkit.process.FreePorts;
import picocli.CommandLine.Option;

/** What the soaks with several agents have in common: a load with a ledger, a name node and a data node, kills, and the verdict. */
abstract class LedgerSoak extends Soak {
    private static final Duration STUCK = Duration.ofMinutes(2);
    private static final long LOOK_MILLIS = 100;
    private static final int CALM_LOOKS = 5;
    private static final String ROOT = "/soak";
    private static final int SINK_BATCH_EVENTS = 500;
    private static final int SINK_BATCHES_IN_FLIGHT = 4;
    /** Events that an Avro sink can have on their way when its peer is killed. */
    static final int MOST_ON_THEIR_WAY = SINK_BATCH_EVENTS * SINK_BATCHES_IN_FLIGHT;

    @Option(names = "--seconds", defaultValue = "180", description = "how long the load lasts")
    private int seconds;

    @Option(names = "--seconds-between", defaultValue = "5", description = "from one kill to the next, on average")
    private double secondsBetween;

    @Option(names = "--rate", defaultValue = "4000", description = "events a second")
    private int rate;

    @Option(names = "--connections", defaultValue = "4")
    private int connections;

    @Option(names = "--sinks", defaultValue = "2", description = "of each agent that has them")
    private int sinks;

    /** All of the agents, in the order in which they are started: the last hop first. */
    abstract List<KilledAgent> agents(Path own, String target);

    /** Where the load goes. */
    abstract List<Integer> loadPorts();

    /** More options for it. */
    abstract List<String> loadOptions();

    /** Who is killed now. */
    abstract KilledAgent victim() throws InterruptedException;

    /**
     * Whether what was found is as it should be; nothing is lost or corrupt.
     *
     * @param copiesDropped events that came again to an agent that had them
     */
    abstract boolean isGood(LedgerRun.Result result, long copiesDropped);

    final int sinks() {
        return sinks;
    }

    @Override
    final boolean run(Path own) throws IOException, InterruptedException {
        List<KilledAgent> agents = List.of();
        try (SingleNode hdfs = SingleNode.start(own.resolve("hdfs"), 0)) {
            String target = hdfs.address() + ROOT;
            agents = agents(own, target);
            agents.forEach(KilledAgent::launch);
            agents.forEach(KilledAgent::awaitOpen);
            return load(own, target, agents);
        } finally {
            agents.forEach(KilledAgent::close);
        }
    }

    private boolean load(Path own, String target, List<KilledAgent> agents) throws InterruptedException {
        List<String> options = new ArrayList<>(List.of("--duration", seconds + "s", "--warm-up", "0s"));
        options.addAll(List.of("--rate", Integer.toString(rate), "--connections", Integer.toString(connections)));
        options.addAll(List.of("--timeout", "10s", "--retry", "60s", "--body", "200"));
        options.addAll(loadOptions());
        try (LedgerRun run = LedgerRun.start(own, loadPorts(), options, STUCK.plusSeconds(seconds))) {
            awaitLoad(agents);
            killAll(run);
            boolean isAcked = run.awaitEnd();
            long copiesDropped = drain(agents);
            LedgerRun.Result result = run.verify(target);
            int kills = agents.stream().mapToInt(KilledAgent::kills).sum();
            say(
                    "%d kills, %d events acked, %d that came again were dropped",
                    kills, result.figure("acked"), copiesDropped);
            return isAcked && kills > 0 && result.nothingIsLostOrCorrupt() && isGood(result, copiesDropped);
        }
    }

    /** A kill before the first event would prove nothing. */
    private static void awaitLoad(List<KilledAgent> agents) throws InterruptedException {
        long deadline = System.nanoTime() + STUCK.toNanos();
        while (agents.get(0).acceptedEvents() == 0) {
            TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
            if (System.nanoTime() - deadline > 0) {
                throw new IllegalStateException("no event has come to the last hop in " + STUCK.toSeconds() + " s");
            }
        }
    }

    private void killAll(LedgerRun run) throws InterruptedException {
        Random random = new Random(seed());
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        while (true) {
            long nextAt = System.nanoTime() + (long) ((0.5 + random.nextDouble()) * secondsBetween * 1e9);
            if (nextAt - end > 0) {
                return;
            }
            TimeUnit.NANOSECONDS.sleep(nextAt - System.nanoTime());
            if (!run.isSending()) {
                return;
            }
            KilledAgent victim = victim();
            victim.kill();
            victim.awaitOpen();
        }
    }

    /** Waits until all is in files, and stops everybody: from the first hop on. Returns how many copies they have dropped. */
    private static long drain(List<KilledAgent> agents) throws InterruptedException {
        long copiesDropped = 0;
        for (int i = agents.size() - 1; i >= 0; i--) {
            awaitEmpty(agents.get(i));
            copiesDropped += agents.get(i).copiesDropped();
        }
        for (int i = agents.size() - 1; i >= 0; i--) {
            agents.get(i).stop();
        }
        return copiesDropped;
    }

    private static void awaitEmpty(KilledAgent agent) throws InterruptedException {
        long deadline = System.nanoTime() + STUCK.toNanos();
        for (int calm = 0; calm < CALM_LOOKS; calm = agent.isEmpty() ? calm + 1 : 0) {
            TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
            if (System.nanoTime() - deadline > 0) {
                throw new IllegalStateException("the channel of the agent on port " + agent.port() + " is not empty "
                        + STUCK.toSeconds() + " s after the load");
            }
        }
    }

    // ---- agents ----

    /** Avro source → file channel → HDFS. */
    final KilledAgent collector(Path own, String name, String target) {
        StringBuilder text = new StringBuilder();
        for (int i = 1; i <= sinks; i++) {
            text.append("""
                    a.sinks.k%1$d.type = hdfs
                    a.sinks.k%1$d.channel = c
                    a.sinks.k%1$d.hdfs.path = %2$s/%3$s-%1$d
                    a.sinks.k%1$d.hdfs.filePrefix = %%S
                    a.sinks.k%1$d.hdfs.useLocalTimeStamp = true
                    a.sinks.k%1$d.hdfs.fileType = DataStream
                    a.sinks.k%1$d.hdfs.batchSize = 1000
                    a.sinks.k%1$d.hdfs.rollInterval = 4
                    a.sinks.k%1$d.hdfs.rollSize = 0
                    a.sinks.k%1$d.hdfs.rollCount = 0
                    """.formatted(i, target, name));
        }
        return agent(own, name, text, sinks);
    }

    /** Avro source → file channel → so many Avro sinks to one port. */
    final KilledAgent hop(Path own, String name, int port) {
        return agent(own, name, avroSinks(Collections.nCopies(sinks, port)), sinks);
    }

    /**
     * Avro source → file channel → a group of Avro sinks.
     *
     * @param processorLines of the group {@code g}, whose sinks are {@code k1}, {@code k2} and so on, in the order of the ports
     */
    final KilledAgent groupHop(Path own, String name, List<Integer> ports, String processorLines) {
        StringBuilder text = avroSinks(ports);
        text.append("a.sinkgroups = g\na.sinkgroups.g.sinks =").append(sinkNames(ports.size()));
        text.append('\n').append(processorLines);
        return agent(own, name, text, ports.size());
    }

    private static StringBuilder avroSinks(List<Integer> ports) {
        StringBuilder text = new StringBuilder();
        for (int i = 1; i <= ports.size(); i++) {
            text.append("""
                    a.sinks.k%1$d.type = avro
                    a.sinks.k%1$d.channel = c
                    a.sinks.k%1$d.hostname = 127.0.0.1
                    a.sinks.k%1$d.port = %2$d
                    a.sinks.k%1$d.batch-size = %3$d
                    a.sinks.k%1$d.max-in-flight = %4$d
                    """.formatted(i, ports.get(i - 1), SINK_BATCH_EVENTS, SINK_BATCHES_IN_FLIGHT));
        }
        return text;
    }

    private static String sinkNames(int sinks) {
        StringBuilder names = new StringBuilder();
        for (int i = 1; i <= sinks; i++) {
            names.append(" k").append(i);
        }
        return names.toString();
    }

    private static KilledAgent agent(Path own, String name, CharSequence sinkLines, int sinks) {
        int port = FreePorts.next();
        StringBuilder text = new StringBuilder("""
                a.sources = r
                a.channels = c
                a.sources.r.type = avro
                a.sources.r.channels = c
                a.sources.r.bind = 127.0.0.1
                a.sources.r.port = %d
                """.formatted(port));
        text.append(ChannelLines.file(own.resolve(name + "-channel"), 1, "always", 4 << 20, 1 << 20, 1_000_000));
        text.append(sinkLines).append("a.sinks =").append(sinkNames(sinks)).append('\n');
        return new KilledAgent(name, own, text.toString(), port);
    }
}
