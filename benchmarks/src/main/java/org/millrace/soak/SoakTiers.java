package org.millrace.soak;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;

/** Of three agents in a row the one in the middle is killed, again and again; then HDFS is compared with the ledger of the load. */
@Command(
        name = "soak-tiers",
        mixinStandardHelpOptions = true,
        showDefaultValues = true,
        description = {
            "Runs millrace load --ledger against three agents in a row, each with a file channel, the last one with HDFS sinks, a name node"
                    + " and a data node of its own; kills the one in the middle and starts it again, and has millrace verify judge.",
            "Ends with 0 only if everything was acked, nothing is lost, corrupt or there twice, and no file has its in-use name; with 1 if"
                    + " not, and with 4 if the run did not come to its end."
        })
public final class SoakTiers extends LedgerSoak {
    private @Nullable KilledAgent middle;
    private List<Integer> loadPorts = List.of();

    private SoakTiers() {}

    public static void main(String[] args) {
        System.exit(execute(args));
    }

    static int execute(String... args) {
        return execute(new SoakTiers(), args);
    }

    @Override
    List<KilledAgent> agents(Path own, String target) {
        KilledAgent last = collector(own, "last", target);
        KilledAgent between = hop(own, "middle", last.port());
        KilledAgent first = hop(own, "first", between.port());
        middle = between;
        loadPorts = List.of(first.port());
        return List.of(last, between, first);
    }

    @Override
    List<Integer> loadPorts() {
        return loadPorts;
    }

    @Override
    List<String> loadOptions() {
        return List.of();
    }

    @Override
    KilledAgent victim() {
        if (middle == null) {
            throw new IllegalStateException("no agents were made");
        }
        return middle;
    }

    @Override
    boolean isGood(LedgerRun.Result result, long copiesDropped) {
        return result.figure("all") == 0;
    }
}
