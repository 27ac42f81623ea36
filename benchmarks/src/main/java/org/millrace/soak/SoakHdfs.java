package org.millrace.soak;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** An agent that writes to HDFS is killed, and its HDFS comes and goes; then what was acked is compared with what stands there. */
@Command(
        name = "soak-hdfs",
        mixinStandardHelpOptions = true,
        showDefaultValues = true,
        description = {
            "Loads an agent (Avro source, file channel, HDFS sinks of all formats) that writes to a name node and a"
                    + " data node of its own, kills it at random moments, also while one of the others is gone or refuses,"
                    + " and compares what was acked with what stands in HDFS.",
            "Ends with 0 only if each acked event stands in HDFS once, no file has its in-use name and none is open;"
                    + " with 1 if not, and with 4 if the run did not come to its end. With a memory channel events may be"
                    + " lost in kills; all else holds."
        })
public final class SoakHdfs extends Soak {
    private static final double KILLED_MEANWHILE = 0.3;
    private static final int BLOWS_AT_START_ONE_IN = 4;

    @Option(names = "--blows", defaultValue = "24", description = "how many mishaps; each kind in turn")
    private int blows;

    @Option(
            names = "--seconds-between",
            defaultValue = "2",
            description = "before a mishap, on average, mostly under load")
    private double secondsBetween;

    @Option(
            names = "--seconds-of",
            defaultValue = "3",
            description = "that a mishap lasts, on average; an agent is back at once")
    private double secondsOf;

    @Option(
            names = "--mishaps",
            split = ",",
            description = "which: ${COMPLETION-CANDIDATES} (default: all; disk needs --disk)")
    private Set<Mishap> mishaps = EnumSet.allOf(Mishap.class);

    @Option(names = "--disk", description = "a small file system that may be filled, for the data node's blocks")
    private @Nullable Path disk;

    @Option(
            names = "--format",
            split = ",",
            description = "of the files, sink by sink: ${COMPLETION-CANDIDATES} (default: all)")
    private List<SoakFormat> formats = List.of(SoakFormat.values());

    @Option(names = "--channel", defaultValue = "FILE", description = "${COMPLETION-CANDIDATES}")
    private ChannelKind channel = ChannelKind.FILE;

    @Option(names = "--sinks", description = "how many (default: one for each format)")
    private int sinks;

    @Option(names = "--connections", defaultValue = "2")
    private int connections;

    @Option(names = "--most-inside", defaultValue = "20000", description = "events acked that are not in HDFS yet")
    private long mostInside;

    /** The agent's. */
    enum ChannelKind {
        FILE,
        MEMORY
    }

    private SoakHdfs() {}

    public static void main(String[] args) {
        System.exit(execute(args));
    }

    static int execute(String... args) {
        return execute(new SoakHdfs(), args);
    }

    @Override
    boolean run(Path own) throws IOException, InterruptedException {
        LoadPlan plan = new LoadPlan(connections, 2, 500, mostInside, SoakFormat.LEAST_BODY_BYTES, seed());
        List<SoakFormat> bySink = SoakFormat.inTurn(formats, sinks == 0 ? formats.size() : sinks);
        boolean keepsEvents = channel == ChannelKind.FILE;
        try (HdfsStage stage = HdfsStage.set(own, disk, bySink, keepsEvents, plan)) {
            Map<Mishap, Integer> counts = strikeAll(stage);
            stage.agent().drain();
            HdfsContent content = HdfsContent.read(stage.admin(), stage.root(), Set.copyOf(bySink));
            Verdict verdict = new Verdict(stage.agent().load().ledger(), content.numbers(), content.received());
            say("%n%s", verdict);
            content.faults().forEach(fault -> say("  %s", fault));
            say(
                    "mishaps     %s; the agent was killed %d times",
                    counts, stage.agent().kills());
            say("files       in HDFS: %s", content.files());
            say("down        from start to first ack: %s", stage.agent().clock());
            boolean mayLose = !keepsEvents && stage.agent().kills() > 0;
            boolean isGood = mayLose ? verdict.isGoodButForLosses() : verdict.isGood();
            return isGood && content.faults().isEmpty();
        }
    }

    private Map<Mishap, Integer> strikeAll(HdfsStage stage) throws IOException, InterruptedException {
        List<Mishap> kinds = new ArrayList<>(mishaps);
        if (!stage.hasDisk() && kinds.remove(Mishap.DISK)) {
            say("skipped: disk, for want of a --disk that may be filled");
        }
        Random random = new Random(seed());
        Map<Mishap, Integer> counts = new EnumMap<>(Mishap.class);
        HdfsAgent agent = stage.agent();
        agent.launch();
        agent.awaitBack();
        for (int blow = 0; blow < blows; blow++) {
            Mishap mishap = kinds.get(blow % kinds.size());
            if (random.nextInt(BLOWS_AT_START_ONE_IN) != 0) {
                agent.awaitBack();
            }
            agent.pass(share(random, secondsBetween));
            mishap.strike(stage);
            counts.merge(mishap, 1, Integer::sum);
            boolean isKilledToo =
                    mishap != Mishap.KILL && kinds.contains(Mishap.KILL) && random.nextDouble() < KILLED_MEANWHILE;
            say(
                    "%d of %d, %s%s: %,d events acked",
                    blow + 1,
                    blows,
                    mishap.name().toLowerCase(Locale.ROOT).replace('_', ' '),
                    isKilledToo ? ", and kill" : "",
                    agent.load().ledger().ackedEvents());
            if (mishap != Mishap.KILL) {
                agent.pass(share(random, secondsOf));
                if (isKilledToo) {
                    agent.kill();
                    agent.pass(share(random, secondsOf));
                }
                mishap.mend(stage);
            }
        }
        agent.awaitBack();
        return counts;
    }

    private static Duration share(Random random, double averageSeconds) {
        return Duration.ofNanos((long) (random.nextDouble() * 2e9 * averageSeconds));
    }
}
