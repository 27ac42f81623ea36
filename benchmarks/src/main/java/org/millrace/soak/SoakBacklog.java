package org.millrace.soak;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.millrace.testkit.process.FreePorts;
import org.millrace.testkit.process.JavaProcess;
import org.millrace.testkit.process.LiveHeap;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * An agent gets a backlog that nobody takes, is killed, and starts again with sinks: how long until the first event comes out, does the
 * backlog show in its heap, does all of it come out. See {@code scripts/soak-backlog}.
 */
@Command(
        name = "soak-backlog",
        mixinStandardHelpOptions = true,
        showDefaultValues = true,
        description = {
            "Fills a file channel that has no sink, kills the agent, starts it with sinks, and drains it. Tells the time to the first"
                    + " take, the heap at each stage, and the rates.",
            "Ends with 0 only if all of the backlog arrived whole, the first take came within --first-take and the heap stayed within"
                    + " --heap-growth; with 1 if not, and with 4 if it gets stuck."
        })
public final class SoakBacklog extends Soak {
    private static final long RESERVE_BYTES = 500 << 20;
    private static final long CAPACITY = 1_000_000_000;
    private static final int MOST_BATCH = 1000;
    private static final long NO_LIMIT = Long.MAX_VALUE / 2;
    private static final double MEGA = 1e6;

    @Option(names = "--gb", defaultValue = "10", description = "of backlog at least, in events as encoded")
    private double gigabytes;

    @Option(names = "--events", defaultValue = "20000000", description = "in the backlog at least")
    private long events;

    @Option(names = "--sinks", defaultValue = "2")
    private int sinks;

    @Option(names = "--first-take", defaultValue = "2", description = "seconds from the start of the process, at most")
    private double firstTakeSeconds;

    @Option(
            names = "--heap-growth",
            defaultValue = "128",
            description =
                    "MB of live heap more than with an empty channel, at most: its cache, a quarter of the heap with all"
                            + " that belongs to it")
    private double heapGrowthMegabytes;

    @Option(
            names = "--heap-growth-by-backlog",
            defaultValue = "16",
            description =
                    "MB of live heap more with the whole backlog than with a tenth of it, at most; a tenth should fill"
                            + " the channel's cache")
    private double heapGrowthByBacklogMegabytes;

    private SoakBacklog() {}

    public static void main(String[] args) {
        System.exit(execute(args));
    }

    static int execute(String... args) {
        return execute(new SoakBacklog(), args);
    }

    @Override
    boolean run(Path own) throws IOException, InterruptedException {
        String lines = ChannelLines.file(own.resolve("channel"), 1, "always", 64 << 20, RESERVE_BYTES, CAPACITY);
        AgentFile file = new AgentFile(lines, FreePorts.next(), FreePorts.next(), 0);
        LoadPlan plan = new LoadPlan(4, 4, MOST_BATCH, NO_LIMIT, seed());
        try (Chain chain = new Chain(agent(), own, file, plan)) {
            double emptyStart = startToFirstAck(chain);
            long empty = heapWhenEmpty(chain);
            long tenth = fill(chain, 0.1);
            long filled = fill(chain, 1);
            chain.strike(JavaProcess::kill);
            chain.use(file.withSinks(sinks));
            chain.startReceiver();
            double firstTake = startToFirstTake(chain);
            long draining = heap(chain, "draining");
            drain(chain);
            long drained = heap(chain, "drained");
            Verdict verdict = chain.drain();
            say("%n%s", verdict);
            double growth = (Math.max(Math.max(filled, draining), drained) - empty) / MEGA;
            say(
                    "first take  %15.2f s after the start of the process (at most %.2f); first ack of an empty one: %.2f s",
                    firstTake, firstTakeSeconds, emptyStart);
            double growthByBacklog = (filled - tenth) / MEGA;
            say("heap        %15.1f MB more than with an empty channel (at most %.1f)", growth, heapGrowthMegabytes);
            say(
                    "            %15.1f MB more than with a tenth of the backlog (at most %.1f)",
                    growthByBacklog, heapGrowthByBacklogMegabytes);
            return verdict.isGood()
                    && firstTake <= firstTakeSeconds
                    && growth <= heapGrowthMegabytes
                    && growthByBacklog <= heapGrowthByBacklogMegabytes;
        }
    }

    private static double startToFirstAck(Chain chain) throws InterruptedException {
        Stopwatch watch = new Stopwatch();
        chain.launch();
        chain.awaitBack();
        return watch.seconds();
    }

    /** With every class that a put needs. */
    private static long heapWhenEmpty(Chain chain) throws IOException {
        chain.load().pause();
        return heap(chain, "empty");
    }

    /** Returns the live heap with this share of the backlog in the channel, the load paused. */
    private long fill(Chain chain, double share) throws IOException, InterruptedException {
        Load load = chain.load();
        load.resume();
        Stopwatch watch = new Stopwatch();
        long before = load.ledger().ackedEvents();
        chain.await(
                "the backlog",
                () -> load.ackedBytes() >= share * gigabytes * 1e9
                        && load.ledger().ackedEvents() >= share * events);
        load.pause();
        long now = load.ledger().ackedEvents();
        say(
                "filled: %,d events, %,.0f MB; %,.0f events/s",
                now, load.ackedBytes() / MEGA, (now - before) / watch.seconds());
        return heap(chain, share < 1 ? "a part of it" : "filled");
    }

    private static double startToFirstTake(Chain chain) throws InterruptedException {
        Stopwatch watch = new Stopwatch();
        chain.launch();
        chain.await("the first event to arrive", () -> chain.received().events() > 0);
        return watch.seconds();
    }

    private static void drain(Chain chain) throws InterruptedException {
        Stopwatch watch = new Stopwatch();
        long before = chain.received().numbers();
        long backlog = chain.load().ledger().ackedEvents();
        chain.await("the backlog to arrive", () -> chain.received().numbers() >= backlog);
        say(
                "drained: %,d events in %.1f s, %,.0f events/s, each of them checked",
                backlog - before, watch.seconds(), (backlog - before) / watch.seconds());
    }

    private static long heap(Chain chain, String when) throws IOException {
        JavaProcess agent = chain.agent().process();
        long bytes = LiveHeap.bytesOf(agent.pid());
        say("%s: live heap %.1f MB, resident %.1f MB", when, bytes / MEGA, agent.residentBytes() / MEGA);
        return bytes;
    }

    /** Runs from its making. */
    private static final class Stopwatch {
        private final long start = System.nanoTime();

        double seconds() {
            return (double) (System.nanoTime() - start) / TimeUnit.SECONDS.toNanos(1);
        }
    }
}
