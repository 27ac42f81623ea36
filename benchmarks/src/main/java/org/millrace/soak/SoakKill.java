package org.millrace.soak;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.millrace.testkit.process.FreePorts;
import org.millrace.testkit.process.JavaProcess;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * An agent under load is killed again and again, at random moments, also while it starts; then what was acked is compared with what
 * arrived. See {@code scripts/soak-kill} and {@code scripts/soak-powercut}.
 */
@Command(
        name = "soak-kill",
        mixinStandardHelpOptions = true,
        showDefaultValues = true,
        description = {
            "Kills an agent under load (Avro source, file channel, Avro sinks) at random moments and starts it again, then compares what"
                    + " was acked with what arrived.",
            "Ends with 0 only if no acked event was lost, none altered or invented, and each batch came whole or not at all;"
                    + " with 1 if not, and with 4 if the run did not come to its end. Unless --power takes the disk away, a"
                    + " batch that was refused must not arrive either."
        })
public final class SoakKill extends Soak {
    private static final int BLOWS_AT_START_ONE_IN = 4;
    private static final long RESERVE_BYTES = 1 << 20;
    private static final long CAPACITY = 1_000_000;

    @Option(names = "--kills", defaultValue = "20", description = "how often")
    private int kills;

    @Option(names = "--seconds-between", defaultValue = "2", description = "under load before a kill, on average")
    private double secondsBetween;

    @Option(names = "--channel", defaultValue = "file", description = "file; or memory, which must lose events")
    private String channel = "";

    @Option(names = "--durability", defaultValue = "always", description = "of the file channel")
    private String durability = "";

    @Option(
            names = "--direct-writes",
            description = "of the file channel: on, off, auto (default: as the channel has it)")
    private @Nullable String directWrites;

    @Option(names = "--segment-bytes", defaultValue = "4194304", description = "small, so that kills hit rolls too")
    private long segmentBytes;

    @Option(names = "--data-dirs", defaultValue = "2", description = "directories that the channel is striped over")
    private int dataDirs;

    @Option(names = "--sinks", defaultValue = "2")
    private int sinks;

    @Option(names = "--connections", defaultValue = "4")
    private int connections;

    @Option(names = "--in-flight", defaultValue = "4", description = "batches without an answer, each connection")
    private int inFlight;

    @Option(names = "--most-batch", defaultValue = "1000", description = "batches have 1 to so many events")
    private int mostBatch;

    @Option(names = "--most-inside", defaultValue = "200000", description = "events acked that have not arrived yet")
    private long mostInside;

    @Option(names = "--data", description = "for the channel's directories (default: in --dir)")
    private @Nullable Path data;

    @Option(
            names = "--power",
            description = "a program that takes the disk away (argument: cut) and gives it back (mend), at each kill")
    private @Nullable String power;

    private SoakKill() {}

    public static void main(String[] args) {
        System.exit(execute(args));
    }

    static int execute(String... args) {
        return execute(new SoakKill(), args);
    }

    @Override
    boolean run(Path own) throws IOException, InterruptedException {
        LoadPlan plan = new LoadPlan(connections, inFlight, mostBatch, mostInside, seed());
        try (Chain chain = new Chain(agent(), own, agentFile(own), plan)) {
            chain.startReceiver();
            int duringStart = strikeAll(chain);
            Verdict verdict = chain.drain();
            say("%n%s", verdict);
            say("kills       %,15d, %d of them while it started", kills, duringStart);
            say("down        from start to first ack: %s", chain.clock());
            boolean diskIsSound = power == null; // or what was refused may have come to the disk all the same
            return verdict.isGood() && (verdict.refusedArrivedEvents() == 0 || !diskIsSound);
        }
    }

    private AgentFile agentFile(Path own) {
        Path channelDir = data == null ? own.resolve("channel") : data;
        return new AgentFile(
                channel.equals("memory") ? ChannelLines.memory(CAPACITY) : fileLines(channelDir),
                FreePorts.next(),
                FreePorts.next(),
                sinks);
    }

    private String fileLines(Path channelDir) {
        String lines = ChannelLines.file(channelDir, dataDirs, durability, segmentBytes, RESERVE_BYTES, CAPACITY);
        return directWrites == null ? lines : lines + "a.channels.c.directWrites = " + directWrites + "\n";
    }

    /** Returns how many blows fell while the agent started. */
    private int strikeAll(Chain chain) throws IOException, InterruptedException {
        Blow blow = power == null ? JavaProcess::kill : new PowerCut(power);
        Random random = new Random(seed());
        int duringStart = 0;
        chain.launch();
        for (int kill = 1; kill <= kills; kill++) {
            boolean isStart = kill > 1 && random.nextInt(BLOWS_AT_START_ONE_IN) == 0;
            if (isStart) {
                duringStart++;
                chain.pass(share(random, chain.clock().median()));
            } else {
                chain.awaitBack();
                chain.pass(share(random, Duration.ofNanos((long) (2e9 * secondsBetween))));
            }
            chain.strike(blow);
            say(
                    "kill %d of %d, %s: %,d events acked, %,d arrived",
                    kill,
                    kills,
                    isStart ? "while it started" : "under load",
                    chain.load().ledger().ackedEvents(),
                    chain.received().numbers());
            chain.launch();
        }
        chain.awaitBack();
        return duringStart;
    }

    private static Duration share(Random random, Duration whole) {
        return Duration.ofNanos((long) (random.nextDouble() * whole.toNanos()));
    }
}
