package org.millrace.load;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.millrace.client.ConnectionSettings;
import org.millrace.client.EventLoops;
import org.millrace.client.RelayAddress;
import org.millrace.ledger.LedgerWriter;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code millrace load}: a load on an agent's Avro source, and how it bears it. */
@Command(
        sortOptions = false,
        description = {
            "Put a load on an agent's Avro source and measure how it bears it.",
            "Without --rate a closed loop: as fast as the acks allow. With it an open one: each batch has a moment at which it is"
                    + " meant to be sent, and its latency counts from then."
        })
public final class LoadCommand implements Callable<Integer> {
    private static final int DONE = 0;
    private static final int FAILED = 1;

    private final PrintWriter out;
    private final PrintWriter err;
    private final boolean terminal;

    @Spec
    private @Nullable CommandSpec spec;

    @Parameters(
            arity = "1..*",
            paramLabel = "HOST:PORT",
            description = "Where the Avro sources listen; an IPv6 address in brackets.")
    private List<String> targets = List.of();

    @ArgGroup(validate = false, order = 1, heading = "%nHow fast, and for how long:%n")
    private PaceOptions paceOptions = new PaceOptions();

    @ArgGroup(validate = false, order = 2, heading = "%nThe events:%n")
    private EventOptions eventOptions = new EventOptions();

    @ArgGroup(validate = false, order = 3, heading = "%nThe connections:%n")
    private TargetOptions targetOptions = new TargetOptions();

    @ArgGroup(validate = false, order = 4, heading = "%nSeveral hosts, and what fails:%n")
    private HostOptions hostOptions = new HostOptions();

    @ArgGroup(validate = false, order = 5, heading = "%nThe result:%n")
    private ResultOptions resultOptions = new ResultOptions();

    /** @param terminal whether somebody looks at {@code err} */
    public LoadCommand(PrintWriter out, PrintWriter err, boolean terminal) {
        this.out = out;
        this.err = err;
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws InterruptedException {
        try {
            return run() ? DONE : FAILED;
        } catch (OptionException e) {
            throw mistake(e);
        } catch (IOException e) {
            err.println("millrace load: " + e.getMessage());
            err.flush();
            return FAILED;
        }
    }

    /** True if the target has done what was asked of it. */
    private boolean run() throws IOException, InterruptedException {
        List<RelayAddress> hosts = hostOptions.hosts(targets);
        ConnectionSettings settings = targetOptions.settings();
        LoadPlan plan = plan();
        OptionalLong limitNanos = paceOptions.searchLimitNanos();
        resultOptions.check(limitNanos.isPresent());
        hostOptions.check(limitNanos.isPresent());
        Hops hops = new Hops();
        try (LedgerWriter ledger = hostOptions.ledger(hosts);
                EventLoops loops = EventLoops.ofThreads(targetOptions.threads());
                Events events = events(ledger)) {
            Line.Dialer dialer = hostOptions.dialer(hosts, settings, plan, loops, hops, ledger);
            LoadTester tester = new LoadTester(dialer, loops, events, hops);
            return limitNanos.isPresent() ? search(tester, plan, limitNanos.getAsLong()) : measure(tester, plan);
        } catch (UncheckedIOException e) { // of the ledger, from within the run
            throw new IOException(e.getMessage(), e);
        }
    }

    private Events events(@Nullable LedgerWriter ledger) {
        Events plain = eventOptions.events();
        return ledger == null ? plain : new MarkedEvents(plain, ledger);
    }

    private boolean measure(LoadTester tester, LoadPlan plan) throws IOException, InterruptedException {
        LoadResult result;
        History history = new History();
        try (ProgressLine progress = progress();
                HdrLog hdr = resultOptions.hdrLog()) {
            result = tester.run(plan, hdr == null ? List.of(progress, history) : List.of(progress, history, hdr));
        }
        resultOptions.tell(result, settings(plan), history, out);
        return result.isGood();
    }

    private boolean search(LoadTester tester, LoadPlan plan, long limitNanos) throws IOException, InterruptedException {
        RateSearch.Outcome outcome;
        History history = new History();
        try (ProgressLine progress = progress()) {
            outcome = tester.search(
                    plan,
                    limitNanos,
                    paceOptions.firstRate(plan.batchEvents()),
                    paceOptions.measured(),
                    List.of(progress, history));
        }
        resultOptions.tell(outcome, settings(plan), history, out);
        return outcome.confirmed() != null;
    }

    /** For a report. */
    private List<List<String>> settings(LoadPlan plan) {
        return List.of(
                List.of("target", String.join(", ", targets) + hostOptions.describe()),
                List.of("loop", paceOptions.describe(plan)),
                List.of("events", eventOptions.describe()),
                List.of("connections", plan.connections() + " with " + plan.inFlight() + " batches in flight on each"),
                List.of(
                        "command line",
                        "millrace load "
                                + String.join(
                                        " ", commandLine().getParseResult().expandedArgs())));
    }

    private ProgressLine progress() {
        return new ProgressLine(resultOptions.isQuiet() ? new PrintWriter(Writer.nullWriter()) : err, terminal);
    }

    private LoadPlan plan() {
        int batchEvents = eventOptions.batchEvents();
        return new LoadPlan(
                targetOptions.connections(),
                targetOptions.inFlight(),
                batchEvents,
                paceOptions.pace(batchEvents),
                paceOptions.warmUp(),
                paceOptions.durationNanos(),
                paceOptions.maxEvents(),
                targetOptions.patience());
    }

    private ParameterException mistake(OptionException e) {
        return new ParameterException(commandLine(), String.valueOf(e.getMessage()));
    }

    private CommandLine commandLine() {
        if (spec == null) {
            throw new IllegalStateException("picocli fills the options first");
        }
        return spec.commandLine();
    }
}
