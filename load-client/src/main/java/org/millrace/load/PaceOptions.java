package org.millrace.load;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How fast events are sent, and for how long. */
final class PaceOptions {
    private static final int FIRST_TRY_BATCHES = 200;
    private static final int MOST_STEPS = 1000;
    private static final long MOST_BURST = 1_000_000;

    @Option(
            names = "--rate",
            paramLabel = "EVENTS/S",
            description = "Events a second, such as 1500, 20k or 1M; without it, as fast as the acks allow.")
    private @Nullable String rate;

    @Option(
            names = "--ramp",
            paramLabel = "FROM..TO[/STEPS]",
            description = "From one rate to another over the duration: evenly, or in steps, such as 1k..50k/10.")
    private @Nullable String ramp;

    @Option(
            names = "--burst",
            paramLabel = "BATCHES/TIME",
            description = "So many batches at once, again and again, such as 200/5s.")
    private @Nullable String burst;

    @Option(
            names = "--duration",
            paramLabel = "TIME",
            description = "How long to measure, such as 500ms, 10s, 5m (10s unless --events ends the run).")
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

    @Option(
            names = "--find-rate",
            description =
                    "Find the highest rate whose p99 stays under --p99: begins at --rate (one of 200 batches a try), doubles, bisects, confirms;"
                            + " --duration is that of each try (5s).")
    private boolean findRate;

    @Option(names = "--p99", paramLabel = "TIME", description = "The limit for --find-rate, such as 500us or 10ms.")
    private @Nullable String p99;

    /** The limit of a search for the highest rate, in nanoseconds; empty if none is asked for. */
    OptionalLong searchLimitNanos() {
        if (!findRate && p99 == null) {
            return OptionalLong.empty();
        }
        if (!findRate || p99 == null) {
            throw new OptionException("--find-rate, --p99", "only one of them was given (expected: both)");
        }
        if (ramp != null || burst != null || maxEvents != null) {
            throw new OptionException("--find-rate", "with --ramp, --burst or --events (expected: without)");
        }
        String text = p99;
        return OptionalLong.of(OptionException.parse("--p99", () -> Units.parsePositiveTime(text))
                .toNanos());
    }

    /** The rate at which a search begins, in events a second: unless it is given, one that makes enough batches for a p99. */
    double firstRate(int batchEvents) {
        return rate != null
                ? (double) count("--rate", rate)
                : Math.ceil(
                        FIRST_TRY_BATCHES * (double) batchEvents / measured().toNanos() * TimeUnit.SECONDS.toNanos(1));
    }

    /** Empty for a closed loop. */
    Optional<Pace> pace(int batchEvents) {
        if (Stream.of(rate, ramp, burst).filter(text -> text != null).count() > 1) {
            throw new OptionException(
                    "--rate, --ramp, --burst", "more than one was given (expected: one of them, or none)");
        }
        if (rate != null) {
            return Optional.of(new SteadyPace((double) count("--rate", rate), batchEvents));
        }
        if (ramp != null) {
            String text = ramp;
            return Optional.of(OptionException.parse("--ramp", () -> ramp(text, batchEvents)));
        }
        if (burst != null) {
            String text = burst;
            return Optional.of(OptionException.parse("--burst", () -> burst(text)));
        }
        return Optional.empty();
    }

    private Pace ramp(String text, int batchEvents) {
        int points = text.indexOf("..");
        int slash = text.indexOf('/');
        if (points < 0) {
            throw new IllegalArgumentException(text + " (expected: such as 1k..50k or 1k..50k/10)");
        }
        String to = text.substring(points + 2, slash < 0 ? text.length() : Math.max(points + 2, slash));
        long steps = slash < 0 ? 0 : Units.parsePositiveCount(text.substring(slash + 1));
        if (steps == 1 || steps > MOST_STEPS) {
            throw new IllegalArgumentException(text + ": " + steps + " steps (expected: 2 to " + MOST_STEPS + ")");
        }
        return new RampPace(
                Units.parsePositiveCount(text.substring(0, points)),
                Units.parsePositiveCount(to),
                (int) steps,
                warmUp(),
                measured(),
                batchEvents);
    }

    private static Pace burst(String text) {
        int slash = text.indexOf('/');
        if (slash < 0) {
            throw new IllegalArgumentException(text + " (expected: batches and a time, such as 200/5s)");
        }
        long batches = Units.parsePositiveCount(text.substring(0, slash));
        if (batches > MOST_BURST) {
            throw new IllegalArgumentException(text + " (expected: at most " + MOST_BURST + " batches)");
        }
        return new BurstPace(batches, Units.parsePositiveTime(text.substring(slash + 1)));
    }

    Duration warmUp() {
        String text = warmUp != null ? warmUp : isEndedByEventsAlone() ? "0s" : findRate ? "1s" : "2s";
        return OptionException.parse("--warm-up", () -> Units.parseTime(text));
    }

    /** Empty if the number of events ends the run alone. */
    OptionalLong durationNanos() {
        return isEndedByEventsAlone()
                ? OptionalLong.empty()
                : OptionalLong.of(measured().toNanos());
    }

    /** How long is measured, if not a number of events ends the run. */
    Duration measured() {
        String text = duration != null ? duration : findRate ? "5s" : "10s";
        return OptionException.parse("--duration", () -> Units.parsePositiveTime(text));
    }

    /** For people. */
    String describe(LoadPlan plan) {
        String what = findRate
                ? "open, in search of the highest rate"
                : plan.pace().map(pace -> "open, " + pace + " asked for").orElse("closed, as fast as the acks allow");
        String end = plan.durationNanos().isPresent()
                ? ", for " + Units.time(plan.durationNanos().getAsLong())
                : ", for " + plan.maxEvents().orElseThrow() + " events";
        return what + end + ", after a warm-up of " + Units.time(plan.warmUp().toNanos());
    }

    OptionalLong maxEvents() {
        return maxEvents == null ? OptionalLong.empty() : OptionalLong.of(count("--events", maxEvents));
    }

    private boolean isEndedByEventsAlone() {
        return maxEvents != null && duration == null && ramp == null;
    }

    private static long count(String option, String text) {
        return OptionException.parse(option, () -> Units.parsePositiveCount(text));
    }
}
