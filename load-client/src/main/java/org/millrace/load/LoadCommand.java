package org.millrace.load;

import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.millrace.client.ConnectionSettings;
import org.millrace.client.EventLoops;
import org.millrace.client.RelayAddress;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
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
    private static final int MOST_CONNECTIONS = 10_000;
    private static final int MOST_IN_FLIGHT = 10_000;
    private static final int MOST_BATCH_EVENTS = 100_000;
    private static final int MOST_BATCH_BYTES = 64 << 20;
    private static final int MOST_THREADS = 4;

    private final PrintWriter out;
    private final PrintWriter err;
    private final boolean terminal;

    @Spec
    private @Nullable CommandSpec spec;

    @Parameters(paramLabel = "HOST:PORT", description = "Where the Avro source listens; an IPv6 address in brackets.")
    private String target = "";

    @Option(
            names = "--rate",
            paramLabel = "EVENTS/S",
            description = "Events a second, such as 1500, 20k or 1M; without it, as fast as the acks allow.")
    private @Nullable String rate;

    @Option(names = "--connections", paramLabel = "N", description = "Connections (${DEFAULT-VALUE}).")
    private int connections = 4;

    @Option(
            names = "--in-flight",
            paramLabel = "N",
            description = "Batches without an answer on each connection (${DEFAULT-VALUE}).")
    private int inFlight = 4;

    @Option(names = "--batch", paramLabel = "EVENTS", description = "Events in a batch (${DEFAULT-VALUE}).")
    private int batchEvents = 100;

    @Option(names = "--body", paramLabel = "BYTES", description = "Bytes of an event's body (${DEFAULT-VALUE}).")
    private int bodyBytes = 512;

    @Option(
            names = "--duration",
            paramLabel = "TIME",
            description = "How long to measure, such as 500ms, 10s, 5m (10s, unless --events ends the run).")
    private @Nullable String duration;

    @Option(
            names = "--events",
            paramLabel = "N",
            description = "End after so many events, those of the warm-up included, such as 1500, 20k or 1M.")
    private @Nullable String maxEvents;

    @Option(
            names = "--warm-up",
            paramLabel = "TIME",
            description = "Sent before, and not measured (2s, or none if --events ends the run alone).")
    private @Nullable String warmUp;

    @Option(names = "--timeout", paramLabel = "TIME", description = "For an answer, and for a connection (20s).")
    private String timeout = "20s";

    @Option(
            names = "--deflate",
            paramLabel = "LEVEL",
            description = "Compress, 0 to 9; the source's compression-type must be deflate.")
    private @Nullable Integer deflateLevel;

    @Option(names = "--json", description = "Print the result as JSON.")
    private boolean json;

    @Option(
            names = {"-q", "--quiet"},
            description = "No progress on standard error.")
    private boolean quiet;

    /** @param terminal whether somebody looks at {@code err} */
    public LoadCommand(PrintWriter out, PrintWriter err, boolean terminal) {
        this.out = out;
        this.err = err;
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws InterruptedException {
        RelayAddress peer = parse("HOST:PORT", () -> RelayAddress.parse(target));
        Duration patience = parse("--timeout", () -> positive(Units.parseTime(timeout)));
        LoadPlan plan = plan(patience);
        ConnectionSettings settings =
                parse("--deflate", () -> new ConnectionSettings(patience, patience, deflateLevel()));
        try {
            LoadResult result = run(plan, peer, settings);
            print(result);
            return result.isGood() ? DONE : FAILED;
        } catch (IOException e) {
            err.println("millrace load: " + e.getMessage());
            err.flush();
            return FAILED;
        }
    }

    private LoadResult run(LoadPlan plan, RelayAddress peer, ConnectionSettings settings)
            throws IOException, InterruptedException {
        ProgressLine progress = new ProgressLine(err, terminal);
        List<LoadListener> listeners = quiet ? List.of() : List.of(progress);
        try (EventLoops loops = EventLoops.ofThreads(threads());
                Events events = new EqualEvents(bodyBytes)) {
            List<Executor> executors = loops.executors();
            LoadRun run = new LoadRun(
                    plan,
                    Line.Dialer.to(peer, settings, loops),
                    events,
                    executors,
                    SenderClock.of(Thread.currentThread()),
                    new ProcessorTime(executors),
                    listeners);
            return run.run();
        } finally {
            if (!quiet) {
                progress.end();
            }
        }
    }

    private void print(LoadResult result) throws IOException {
        if (json) {
            out.println(ResultJson.of(result));
            out.flush();
        } else {
            new ResultTable(out).print(result);
        }
    }

    private int threads() {
        int half = Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
        return Math.min(connections, Math.min(MOST_THREADS, half));
    }

    // ---- the command line ----

    private LoadPlan plan(Duration patience) {
        requireBetween("--connections", connections, 1, MOST_CONNECTIONS);
        requireBetween("--in-flight", inFlight, 1, MOST_IN_FLIGHT);
        requireBetween("--batch", batchEvents, 1, MOST_BATCH_EVENTS);
        requireBetween("--body", bodyBytes, 0, MOST_BATCH_BYTES / batchEvents);
        boolean countAlone = maxEvents != null && duration == null;
        return new LoadPlan(
                connections,
                inFlight,
                batchEvents,
                rate == null ? OptionalDouble.empty() : OptionalDouble.of((double) count("--rate", rate)),
                warmUp(countAlone ? "0s" : "2s"),
                countAlone ? OptionalLong.empty() : OptionalLong.of(measured().toNanos()),
                maxEvents == null ? OptionalLong.empty() : OptionalLong.of(count("--events", maxEvents)),
                patience);
    }

    private Duration warmUp(String unlessGiven) {
        String text = warmUp == null ? unlessGiven : warmUp;
        return parse("--warm-up", () -> Units.parseTime(text));
    }

    private Duration measured() {
        String text = duration == null ? "10s" : duration;
        return parse("--duration", () -> positive(Units.parseTime(text)));
    }

    private OptionalInt deflateLevel() {
        return deflateLevel == null ? OptionalInt.empty() : OptionalInt.of(deflateLevel);
    }

    private long count(String option, String text) {
        return parse(option, () -> {
            long count = Units.parseCount(text);
            if (count < 1) {
                throw new IllegalArgumentException(text + " (expected: at least 1)");
            }
            return count;
        });
    }

    private static Duration positive(Duration time) {
        if (time.isZero()) {
            throw new IllegalArgumentException("0 (expected: more)");
        }
        return time;
    }

    private void requireBetween(String option, int value, int least, int most) {
        if (value < least || value > most) {
            throw mistake(option + ": " + value + " (expected: " + least + " to " + most + ")");
        }
    }

    private <T> T parse(String option, Supplier<T> parser) {
        try {
            return parser.get();
        } catch (IllegalArgumentException e) {
            throw mistake(option + ": " + e.getMessage());
        }
    }

    private ParameterException mistake(String message) {
        if (spec == null) {
            throw new IllegalStateException("picocli fills the options first");
        }
        return new ParameterException(spec.commandLine(), message);
    }
}
