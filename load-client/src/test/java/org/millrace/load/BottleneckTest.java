package org.millrace.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class BottleneckTest {
    private static final OwnEffort.Share IDLE = new OwnEffort.Share(0.2, 0.3, 0.5, 0.1);

    private final Figures figures = new Figures();

    @BeforeEach
    void measure() {
        for (int i = 0; i < 100; i++) {
            figures.latencyNanos.recordValue(millis(5));
        }
    }

    @Test
    void figuresOfATargetThatWasSlowerThanWeAreItsOwn() {
        assertThat(open(IDLE)).isEmpty();
        assertThat(open(OwnEffort.Share.UNKNOWN)).isEmpty();
    }

    @Test
    void aThreadThatIsNeverIdleIsNamed() {
        assertThat(open(new OwnEffort.Share(0.9, 0.3, 0.5, 0.1)))
                .containsExactly("the sending thread was busy 90 % of the time (expected: under 85 %)");
        assertThat(open(new OwnEffort.Share(0.2, 0.97, 0.5, 0.1)))
                .containsExactly("an event loop was busy 97 % of the time (expected: under 85 %)");
    }

    @Test
    void aMachineWithoutAnIdleProcessorIsNamedWithOurPartInIt() {
        assertThat(open(new OwnEffort.Share(0.2, 0.3, 1.0, 0.4)))
                .containsExactly("the machine's processors were 100 % busy, 40 % by the load tester");
    }

    @Test
    void aDelayOfOurOwnCountsFromATenthOfTheLatency() {
        figures.ownDelayNanos.recordValue(millis(5) / 11);
        figures.loopLagNanos.recordValue(millis(5) / 11);
        assertThat(open(IDLE)).isEmpty();
        figures.loopLagNanos.recordValue(millis(1));
        assertThat(open(IDLE)).singleElement().asString().startsWith("tasks waited on its event loops: p99 1.00 ms");
    }

    @Test
    void aClosedLoopMustNotSpendItsTurnsOnItself() {
        figures.ownDelayNanos.recordValue(millis(2));
        assertThat(bottlenecks(Optional.empty(), IDLE))
                .anySatisfy(reason -> assertThat(reason).startsWith("29 % of each turn passed"));
    }

    private List<String> open(OwnEffort.Share effort) {
        return bottlenecks(Optional.of(new SteadyPace(1000, 1)), effort);
    }

    private List<String> bottlenecks(Optional<Pace> pace, OwnEffort.Share effort) {
        LoadPlan plan = new LoadPlan(
                1,
                1,
                1,
                pace,
                Duration.ZERO,
                OptionalLong.of(millis(1000)),
                OptionalLong.empty(),
                Duration.ofSeconds(1));
        return new LoadResult(plan, figures, millis(1000), effort, List.of(), null).bottlenecks();
    }

    private static long millis(long millis) {
        return TimeUnit.MILLISECONDS.toNanos(millis);
    }
}
