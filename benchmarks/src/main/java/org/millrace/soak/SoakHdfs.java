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
            "After each mishap the load rests until all files are closed, and HDFS is looked through; --check end lets mishaps fall"
                    + " on what those before have left.",
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

    @Option(
            names = "--check",
            defaultValue = "EACH",
            description = "when HDFS is looked through: ${COMPLETION-CANDIDATES}")
    private Check check = Check.EACH;

    /** After each mishap, or at the end alone. */
    enum Check {
        EACH,
        END
    }

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
            Map<Mishap, Integer> counts = new EnumMap<>(Mishap.class);
            if (!strikeAll(stage, counts, bySink)) {
                return false;
            }
            stage.agent().drain();
            Look look = Look.at(stage, bySink);
            look.tell();
            say(
                    "mishaps     %s; the agent was killed %d times",
                    counts, stage.agent().kills());
            say("files       in HDFS: %s", look.content().files());
            say("down        from start to first ack: %s", stage.agent().clock());
            return isGood(look, stage);
        }
    }

    /** What stands in HDFS, and what it says of the events sent. */
    private record Look(HdfsContent content, Verdict verdict) {
        static Look at(HdfsStage stage, List<SoakFormat> formats) throws IOException {
            HdfsContent content = HdfsContent.read(stage.admin(), stage.root(), Set.copyOf(formats));
            return new Look(content, new Verdict(stage.agent().load().ledger(), content.numbers(), content.received()));
        }

        void tell() {
            say("%n%s", verdict);
            content.faults().forEach(fault -> say("  %s", fault));
        }
    }

    private boolean isGood(Look look, HdfsStage stage) {
        boolean mayLose = channel == ChannelKind.MEMORY && stage.agent().kills() > 0;
        boolean isGood =
                mayLose ? look.verdict().isGoodButForLosses() : look.verdict().isGood();
        return isGood && look.content().faults().isEmpty();
    }

    /** False once a look has shown what should not be: all is left as it is then. */
    private boolean looksGood(HdfsStage stage, List<SoakFormat> formats) throws IOException, InterruptedException {
        stage.agent().awaitBack();
        stage.agent().settle();
        Look look = Look.at(stage, formats);
        boolean isGood = isGood(look, stage);
        if (isGood) {
            say(
                    "      after it: %,d events in HDFS, none twice, no file in use",
                    look.content().received().events());
        } else {
            look.tell();
        }
        stage.agent().load().resume();
        return isGood;
    }

    /** Returns false if it ended with the first look that was not good. */
    private boolean strikeAll(HdfsStage stage, Map<Mishap, Integer> counts, List<SoakFormat> formats)
            throws IOException, InterruptedException {
        List<Mishap> kinds = new ArrayList<>(mishaps);
        if (!stage.hasDisk() && kinds.remove(Mishap.DISK)) {
            say("skipped: disk, for want of a --disk that may be filled");
        }
        Random random = new Random(seed());
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
            if (check == Check.EACH && !looksGood(stage, formats)) {
                return false;
            }
        }
        agent.awaitBack();
        return true;
    }

    private static Duration share(Random random, double averageSeconds) {
        return Duration.ofNanos((long) (random.nextDouble() * 2e9 * averageSeconds));
    }
}
