package org.millrace.soak;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Of two collectors the one that gets the events is killed, again and again; then HDFS is compared with the ledger of the load. */
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

    @ArgGroup
    private Way way = new Way();

    /** Other ways than from the load to both collectors; one of them at most. */
    private static final class Way {
        @Option(
                names = "--edge",
                description =
                        "an agent with a file channel and a failover sink group stands between load and collectors; what was on its way"
                                + " to the one that is killed may then be there twice, and is only counted")
        private boolean hasEdge;

        @Option(
                names = "--alone",
                description =
                        "the load goes to one collector, so that it sends again to the one that was killed what that has not answered")
        private boolean isAlone;
    }

    private List<KilledAgent> collectors = List.of();
    private List<Integer> loadPorts = List.of();

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
        KilledAgent edge = failoverHop(own, "edge", ports);
        loadPorts = List.of(edge.port());
        return List.of(collectors.get(0), collectors.get(1), edge);
    }

    @Override
    List<Integer> loadPorts() {
        return loadPorts;
    }

    @Override
    List<String> loadOptions() {
        return way.hasEdge || way.isAlone ? List.of() : List.of("--failover");
    }

    /** The one that takes more events just now. */
    @Override
    KilledAgent victim() throws InterruptedException {
        KilledAgent first = collectors.get(0);
        if (way.isAlone) {
            return first;
        }
        KilledAgent second = collectors.get(1);
        long firstBefore = first.acceptedEvents();
        long secondBefore = second.acceptedEvents();
        TimeUnit.MILLISECONDS.sleep(WATCH_MILLIS);
        boolean isFirst = first.acceptedEvents() - firstBefore >= second.acceptedEvents() - secondBefore;
        return isFirst ? first : second;
    }

    @Override
    boolean isGood(LedgerRun.Result result, long copiesDropped) {
        if (way.isAlone) {
            return result.figure("all") == 0 && copiesDropped > 0;
        }
        return way.hasEdge
                || (result.figure("ofBatchesSentOnce") == 0 && result.figure("ofBatchesSentAgainToTheSameHost") == 0);
    }
}
