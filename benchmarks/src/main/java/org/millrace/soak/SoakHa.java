package org.millrace.soak;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Of two collectors one that gets events is killed, again and again; then HDFS is compared with the ledger of the load. */
@Command(
        name = "soak-ha",
        mixinStandardHelpOptions = true,
        showDefaultValues = true,
        description = {
            "Runs millrace load --failover --ledger against two agents (Avro source, file channel, HDFS sinks) with a name node and a data"
                    + " node of their own, kills the active one and starts it again, and has millrace verify judge.",
            "Without --alone what is sent again goes to the other agent. With it, it goes to the one that has stored some of it before it was"
                    + " killed, and each of these copies has to be dropped; there must have been some.",
            "Ends with 0 only if everything was acked, nothing is lost or corrupt, no file has its in-use name, and no event of a batch that"
                    + " went to one agent alone is there twice; with 1 if not, and with 4 if the run did not come to its end."
        })
public final class SoakHa extends LedgerSoak {
    private static final long WATCH_MILLIS = 500;

    private static final String FAILOVER = """
            a.sinkgroups.g.processor.type = failover
            a.sinkgroups.g.processor.maxpenalty = 3000
            a.sinkgroups.g.processor.priority.k1 = 99
            a.sinkgroups.g.processor.priority.k2 = 98
            """;
    private static final String LOAD_BALANCE = """
            a.sinkgroups.g.processor.type = load_balance
            a.sinkgroups.g.processor.backoff = true
            a.sinkgroups.g.processor.selector.maxTimeOut = 3000
            """;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @ArgGroup
    private Way way = new Way();

    /** Other ways than from the load to both collectors; one of them at most. */
    private static final class Way {
        @Option(
                names = "--edge",
                description =
                        "an agent with a file channel and a sink group, failover or with --balance load_balance, stands between load and"
                                + " collectors; what was on its way to the one that is killed may then be there twice, up to "
                                + MOST_ON_THEIR_WAY + " events for each kill")
        private boolean hasEdge;

        @Option(
                names = "--alone",
                description =
                        "the load goes to one collector, so that it sends again to the one that was killed what that has not answered")
        private boolean isAlone;
    }

    @Option(
            names = "--balance",
            description =
                    "both collectors get events all the time, and are killed in turn; it fails if one got none; not with --alone")
    private boolean isBalanced;

    private List<KilledAgent> collectors = List.of();
    private List<Integer> loadPorts = List.of();
    private boolean bothTookEvents;

    private SoakHa() {}

    public static void main(String[] args) {
        System.exit(execute(args));
    }

    static int execute(String... args) {
        return execute(new SoakHa(), args);
    }

    @Override
    List<KilledAgent> agents(Path own, String target) {
        if (way.isAlone) {
            if (isBalanced) {
                throw new ParameterException(spec.commandLine(), "--balance needs two collectors: not with --alone");
            }
            collectors = List.of(collector(own, "only", target));
            loadPorts = List.of(collectors.get(0).port());
            return collectors;
        }
        collectors = List.of(collector(own, "first", target), collector(own, "second", target));
        List<Integer> ports = collectors.stream().map(KilledAgent::port).toList();
        if (!way.hasEdge) {
            loadPorts = ports;
            return collectors;
        }
        KilledAgent edge = groupHop(own, "edge", ports, isBalanced ? LOAD_BALANCE : FAILOVER);
        loadPorts = List.of(edge.port());
        return List.of(collectors.get(0), collectors.get(1), edge);
    }

    @Override
    List<Integer> loadPorts() {
        return loadPorts;
    }

    @Override
    List<String> loadOptions() {
        if (way.hasEdge || way.isAlone) {
            return List.of();
        }
        return isBalanced ? List.of("--balance", "--backoff") : List.of("--failover");
    }

    /** The one that takes more events just now; where both take as many, each in its turn. */
    @Override
    KilledAgent victim() throws InterruptedException {
        KilledAgent first = collectors.get(0);
        if (way.isAlone) {
            return first;
        }
        KilledAgent second = collectors.get(1);
        long firstBefore = first.acceptedEvents();
        long secondBefore = second.acceptedEvents();
        bothTookEvents |= firstBefore > 0 && secondBefore > 0;
        TimeUnit.MILLISECONDS.sleep(WATCH_MILLIS);
        long ofFirst = first.acceptedEvents() - firstBefore;
        long ofSecond = second.acceptedEvents() - secondBefore;
        if (isBalanced && ofFirst > 0 && ofSecond > 0) {
            return first.kills() <= second.kills() ? first : second;
        }
        return ofFirst >= ofSecond ? first : second;
    }

    @Override
    boolean isGood(LedgerRun.Result result, long copiesDropped) {
        if (way.isAlone) {
            if (copiesDropped == 0) {
                say(
                        "no kill hit a batch that was stored and not yet answered, so nothing was shown: a higher --rate helps");
            }
            return result.figure("all") == 0 && copiesDropped > 0;
        }
        if (isBalanced && !bothTookEvents) {
            say("only one of the collectors got events: nothing was balanced");
            return false;
        }
        if (way.hasEdge) {
            int kills = collectors.stream().mapToInt(KilledAgent::kills).sum();
            return result.figure("all") <= (long) kills * MOST_ON_THEIR_WAY;
        }
        return result.figure("ofBatchesSentOnce") == 0 && result.figure("ofBatchesSentAgainToTheSameHost") == 0;
    }
}
