package org.millrace.load;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.millrace.client.ClientSettings;
import org.millrace.client.ConnectionSettings;
import org.millrace.client.EventLoops;
import org.millrace.client.HostPolicy;
import org.millrace.client.HostPolicy.Selector;
import org.millrace.client.RelayAddress;
import org.millrace.ledger.LedgerWriter;
import picocli.CommandLine.Option;

/** Which host gets a batch, and what happens to one that fails. */
final class HostOptions {
    private static final int LEAST_SEVERAL = 2;

    @Option(
            names = "--failover",
            description = "Several hosts: one at a time, and the next one once it fails; as Flume's default_failover.")
    private boolean failover;

    @Option(
            names = "--balance",
            description = "Several hosts: each batch to the next one; as Flume's default_loadbalance.")
    private boolean balance;

    @Option(names = "--random", description = "With --balance: in an order drawn by lot for each batch.")
    private boolean random;

    @Option(
            names = "--backoff",
            description = "With --balance: leave a host that fails out for 2 s, 4 s and so on, up to 30 s.")
    private boolean backoff;

    @Option(
            names = "--retry",
            paramLabel = "TIME",
            description = "Send what fails again for so long, with the same numbers (30s with --ledger, otherwise 0s).")
    private @Nullable String retry;

    @Option(
            names = "--ledger",
            paramLabel = "FILE",
            description = "Number the events, and note in this new file what becomes of each, for millrace verify.")
    private @Nullable Path ledger;

    /** @param search whether a rate is searched, in many runs */
    void check(boolean search) {
        retry(); // before a ledger is made
        if (search && ledger != null) {
            throw new OptionException("--ledger", ledger + " (expected: without --find-rate, which makes many runs)");
        }
    }

    /** A new one, if it is wanted. */
    @Nullable
    LedgerWriter ledger(List<RelayAddress> hosts) throws IOException {
        return ledger == null
                ? null
                : LedgerWriter.create(
                        ledger,
                        UUID.randomUUID(),
                        hosts.stream().map(RelayAddress::toString).toList(),
                        Instant.now());
    }

    /** Plain connections where nothing asks for more. */
    Line.Dialer dialer(
            List<RelayAddress> hosts,
            ConnectionSettings connection,
            LoadPlan plan,
            EventLoops loops,
            Hops hops,
            @Nullable LedgerWriter writer) {
        Duration retry = retry();
        if (hosts.size() == 1 && retry.isZero() && writer == null) {
            return Line.Dialer.to(hosts.get(0), connection, loops);
        }
        Executor later = HostRules.afterPause(loops.executors().get(0));
        return new HostRules(hosts, failover, retry, later, System::nanoTime, hops, writer)
                .dialer(
                        new ClientSettings(
                                hosts,
                                policy(hosts.size()),
                                connection,
                                plan.batchEvents(),
                                plan.inFlight(),
                                Long.MAX_VALUE),
                        loops);
    }

    /** @param targets the command line's */
    List<RelayAddress> hosts(List<String> targets) {
        List<RelayAddress> hosts = new ArrayList<>();
        for (String target : targets) {
            RelayAddress host = OptionException.parse("HOST:PORT", () -> RelayAddress.parse(target));
            if (hosts.contains(host)) {
                throw new OptionException("HOST:PORT", target + " twice (expected: once)");
            }
            hosts.add(host);
        }
        checkMode(hosts.size());
        return hosts;
    }

    private void checkMode(int hosts) {
        if (failover && balance) {
            throw new OptionException("--balance", "with --failover (expected: one of them)");
        }
        if (hosts >= LEAST_SEVERAL && !failover && !balance) {
            throw new OptionException("HOST:PORT", hosts + " hosts (expected: --failover or --balance with them)");
        }
        if (hosts < LEAST_SEVERAL && (failover || balance)) {
            throw new OptionException(failover ? "--failover" : "--balance", "one host (expected: two or more)");
        }
        if (!balance && (random || backoff)) {
            throw new OptionException(random ? "--random" : "--backoff", "without --balance (expected: with it)");
        }
    }

    /** How several hosts are used, to stand behind their names; empty with one. */
    String describe() {
        if (failover) {
            return ", with failover";
        }
        return balance ? ", " + (random ? "at random" : "in turn") + (backoff ? ", with backoff" : "") : "";
    }

    private Duration retry() {
        String text = retry == null ? (ledger == null ? "0s" : "30s") : retry;
        return OptionException.parse("--retry", () -> Units.parseTime(text));
    }

    private HostPolicy policy(int hosts) {
        if (failover) {
            return new HostPolicy.Failover(hosts);
        }
        if (balance) {
            return new HostPolicy.LoadBalance(
                    random ? Selector.RANDOM : Selector.ROUND_ROBIN,
                    backoff ? Optional.of(HostPolicy.DEFAULT_MAX_BACKOFF) : Optional.empty());
        }
        return new HostPolicy.FirstOnly();
    }
}
