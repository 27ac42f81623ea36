package org.millrace.soak;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.millrace.testkit.process.FreePorts;
import org.millrace.testkit.process.JavaProcess;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * An agent runs out of disk under load, twice: the first time it is killed then, has to start on the full disk, and the disk is freed by
 * others; the second time by its sinks, which take from the full one. See {@code scripts/soak-fulldisk}.
 */
@Command(
        name = "soak-fulldisk",
        mixinStandardHelpOptions = true,
        showDefaultValues = true,
        description = {
            "Lets the disk of an agent under load fill up and be freed. Senders have to be refused and then served again, without a"
                    + " restart; sinks have to go on; killed, it has to start on the full disk; and nothing may be lost.",
            "Ends with 0 only if all of that is so; with 1 if events are lost or refused ones arrive, and with 4 if it gets stuck."
        })
public final class SoakFullDisk extends Soak {
    private static final int SEGMENT_BYTES = 4 << 20;
    private static final long CAPACITY = 100_000_000; // the disk is to be the limit
    private static final int MOST_BATCH = 500;
    private static final long NO_LIMIT = Long.MAX_VALUE / 2;
    private static final int ENOUGH_REFUSALS = 20;

    @Option(names = "--data", description = "for the channel's directories (default: in --dir)")
    private @Nullable Path data;

    @Option(names = "--room", defaultValue = "128", description = "MiB of disk that the channel finds at first")
    private long roomMegabytes;

    @Option(names = "--ballast", defaultValue = "192", description = "MiB that others hold, and free later")
    private long ballastMegabytes;

    @Option(
            names = "--to-the-last-byte",
            description = "once the channel is full, others take what is left of the disk, too; for a disk of its own")
    private boolean toTheLastByte;

    private SoakFullDisk() {}

    public static void main(String[] args) {
        System.exit(execute(args));
    }

    static int execute(String... args) {
        return execute(new SoakFullDisk(), args);
    }

    @Override
    boolean run(Path own) throws IOException, InterruptedException {
        Path disk = Files.createDirectories(data == null ? own.resolve("channel") : data);
        Ballast ballast = new Ballast(disk.resolve("ballast"));
        Ballast rest = new Ballast(disk.resolve("rest"));
        ballast.grow(ballastMegabytes << 20);
        LoadPlan plan = new LoadPlan(4, 4, MOST_BATCH, NO_LIMIT, seed());
        try (Chain chain = new Chain(agent(), own, agentFile(disk), plan)) {
            chain.launch();
            chain.awaitBack();
            awaitFull(chain, rest);
            chain.strike(JavaProcess::kill);
            chain.launch();
            awaitFull(chain, rest);
            say("killed: it starts on the full disk");

            rest.free();
            ballast.free();
            awaitAcks(chain, "senders to be served again after the disk was freed");
            say("freed: senders are served again");
            awaitFull(chain, rest);

            chain.startReceiver();
            chain.await(
                    "events to be taken from a full disk",
                    () -> chain.received().events() > 0);
            awaitAcks(chain, "senders to be served again after events were taken");
            say("taken: sinks take from the full disk, and senders are served again");
            Verdict verdict = chain.drain();
            say("%n%s", verdict);
            return verdict.isGood() && verdict.refusedArrivedEvents() == 0;
        } finally {
            rest.free();
            ballast.free();
        }
    }

    private AgentFile agentFile(Path disk) throws IOException {
        long reserve = toTheLastByte
                ? 1 << 20
                : Math.max(1 << 20, Files.getFileStore(disk).getUsableSpace() - (roomMegabytes << 20));
        String lines = ChannelLines.file(disk, 1, "always", SEGMENT_BYTES, reserve, CAPACITY)
                + "a.channels.c.keep-alive = 1\n";
        return new AgentFile(lines, FreePorts.next(), FreePorts.next(), 1);
    }

    private void awaitFull(Chain chain, Ballast rest) throws IOException, InterruptedException {
        SentLedger ledger = chain.load().ledger();
        long before = ledger.refusals();
        chain.await("senders to be refused", () -> ledger.refusals() >= before + ENOUGH_REFUSALS);
        if (toTheLastByte) {
            rest.growToTheEnd();
        }
        say("full: %,d events acked, %,d refused", ledger.ackedEvents(), ledger.refusedEvents());
    }

    private static void awaitAcks(Chain chain, String what) throws InterruptedException {
        SentLedger ledger = chain.load().ledger();
        long before = ledger.ackedEvents();
        chain.await(what, () -> ledger.ackedEvents() > before);
    }
}
