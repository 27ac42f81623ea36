package org.millrace.soak;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
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
            "Ends with 0 only if everything was acked, nothing is lost or corrupt, no file has its in-use name, and no event of a batch that"
                    + " went to one agent alone is there twice; with 1 if not, and with 4 if the run did not come to its end."
        })
public final class SoakHa extends LedgerSoak {
    private static final long WATCH_MILLIS = 500;

    @Option(
            names = "--edge",
            description =
                    "an agent with a file channel and a failover sink group stands between load and collectors; what was on its way to"
                            + " the one that is killed may then be there twice, and is only counted")
    private boolean hasEdge;

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
        collectors = List.of(collector(own, "first", target), collector(own, "second", target));
        List<Integer> ports = collectors.stream().map(KilledAgent::port).toList();
        if (!hasEdge) {
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
        return hasEdge ? List.of() : List.of("--failover");
    }

    /** The one that takes more events just now. */
    @Override
    KilledAgent victim() throws InterruptedException {
        KilledAgent first = collectors.get(0);
        KilledAgent second = collectors.get(1);
        long firstBefore = first.acceptedEvents();
        long secondBefore = second.acceptedEvents();
        TimeUnit.MILLISECONDS.sleep(WATCH_MILLIS);
        boolean isFirst = first.acceptedEvents() - firstBefore >= second.acceptedEvents() - secondBefore;
        return isFirst ? first : second;
    }

    @Override
    boolean isGood(LedgerRun.Result result) {
        return hasEdge
                || (result.figure("ofBatchesSentOnce") == 0 && result.figure("ofBatchesSentAgainToTheSameHost") == 0);
    }
}
