package org.millrace.load;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How fast events are sent, and for how long. */
final class PaceOptions {
    @Option(
            names = "--rate",
            paramLabel = "EVENTS/S",
            description = "Events a second, such as 1500, 20k or 1M; without it, as fast as the acks allow.")
    private @Nullable String rate;

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

    /** Empty for a closed loop. */
    Optional<Pace> pace(int batchEvents) {
        return Optional.ofNullable(rate).map(text -> Pace.steady((double) count("--rate", text), batchEvents));
    }

    Duration warmUp() {
        String text = warmUp != null ? warmUp : isEndedByEventsAlone() ? "0s" : "2s";
        return OptionException.parse("--warm-up", () -> Units.parseTime(text));
    }

    OptionalLong durationNanos() {
        if (isEndedByEventsAlone()) {
            return OptionalLong.empty();
        }
        String text = duration == null ? "10s" : duration;
        return OptionalLong.of(OptionException.parse("--duration", () -> Units.parsePositiveTime(text))
                .toNanos());
    }

    OptionalLong maxEvents() {
        return maxEvents == null ? OptionalLong.empty() : OptionalLong.of(count("--events", maxEvents));
    }

    private boolean isEndedByEventsAlone() {
        return maxEvents != null && duration == null;
    }

    private static long count(String option, String text) {
        return OptionException.parse(option, () -> Units.parsePositiveCount(text));
    }
}
