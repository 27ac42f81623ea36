package org.millrace.load;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.millrace.client.ConnectionSettings;
import org.millrace.client.EventLoops;
import org.millrace.client.RelayAddress;
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

    @Parameters(paramLabel = "HOST:PORT", description = "Where the Avro source listens; an IPv6 address in brackets.")
    private String target = "";

    @ArgGroup(validate = false, order = 1, heading = "%nHow fast, and for how long:%n")
    private PaceOptions paceOptions = new PaceOptions();

    @ArgGroup(validate = false, order = 2, heading = "%nThe events:%n")
    private EventOptions eventOptions = new EventOptions();

    @ArgGroup(validate = false, order = 3, heading = "%nThe connections:%n")
    private TargetOptions targetOptions = new TargetOptions();

    @ArgGroup(validate = false, order = 4, heading = "%nThe result:%n")
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
        RelayAddress peer = OptionException.parse("HOST:PORT", () -> RelayAddress.parse(target));
        ConnectionSettings settings = targetOptions.settings();
        LoadPlan plan = plan();
        OptionalLong limitNanos = paceOptions.searchLimitNanos();
        resultOptions.check(limitNanos.isPresent());
        try (EventLoops loops = EventLoops.ofThreads(targetOptions.threads());
                Events events = eventOptions.events()) {
            LoadTester tester = new LoadTester(Line.Dialer.to(peer, settings, loops), loops, events);
            return limitNanos.isPresent() ? search(tester, plan, limitNanos.getAsLong()) : measure(tester, plan);
        }
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
                List.of("target", target),
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
