package org.millrace.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** All of it in a time that is made up, so that it says exactly how long what took. */
@Timeout(300)
class LoadRunTest {
    private static final long MILLISECOND = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final long SERVICE = TimeUnit.MICROSECONDS.toNanos(100);
    private static final Optional<Pace> THOUSAND = Optional.of(new SteadyPace(1000, 1));

    private final FakeTime time = new FakeTime();
    private final FakeTarget target = new FakeTarget(time, SERVICE);
    private final List<LoadListener.Second> seconds = new ArrayList<>();
    private final List<LoadListener.Fate> fates = new ArrayList<>();

    @Test
    void theOpenLoopsLatenciesContainAPauseOfTheTargetForEveryBatchThatWasDueMeanwhile() throws Exception {
        target.pause(2 * SECOND, 3 * SECOND);
        LoadResult result = run(plan(THOUSAND, Duration.ZERO, 5 * SECOND));

        // One is due each millisecond. The one due k ms into the pause is answered 1000 - k ms later, and then some:
        // there are
        // four places, each of which takes 0.1 ms a batch to work off what has gathered.
        assertThat(slowerThan(result, 500 * MILLISECOND)).isBetween(505L, 520L);
        assertThat(slowerThan(result, 100 * MILLISECOND)).isBetween(910L, 930L);
        assertThat(result.figures().latencyNanos.getMaxValue()).isBetween(999 * MILLISECOND, 1001 * MILLISECOND);
        assertThat(result.figures().ackedEvents).isEqualTo(5000);
        assertThat(result.bottlenecks()).as("the target was slow, not we").isEmpty();
    }

    @Test
    void aClosedLoopFeelsAPauseOnlyOncePerPlaceWhichIsWhyThereIsAnOpenOne() throws Exception {
        target.pause(2 * SECOND, 3 * SECOND);
        LoadResult result = run(plan(Optional.empty(), Duration.ZERO, 5 * SECOND));
        assertThat(slowerThan(result, 500 * MILLISECOND)).isEqualTo(4);
    }

    @Test
    void aSenderThatStallsSaysThatItWasTheBottleneckAndItsLatenciesContainTheStall() throws Exception {
        time.stallSender(2 * SECOND, SECOND);
        LoadResult result = run(plan(THOUSAND, Duration.ZERO, 5 * SECOND));

        assertThat(slowerThan(result, 500 * MILLISECOND)).isBetween(495L, 520L);
        assertThat(result.figures().ownDelayNanos.getMaxValue()).isGreaterThan(990 * MILLISECOND);
        assertThat(result.bottlenecks()).singleElement().asString().startsWith("it sent late by its own doing: p99 ");
    }

    @Test
    void whatATargetDoesNotTakeInTimeIsCountedAndItsWaitMeasured() throws Exception {
        FakeTarget slow = new FakeTarget(time, 40 * MILLISECOND); // four places: 100 a second
        LoadResult result = run(plan(THOUSAND, Duration.ZERO, 5 * SECOND), slow);

        Figures figures = result.figures();
        assertThat(figures.sentEvents).isBetween(495L, 505L);
        assertThat(figures.sentEvents + figures.unsentEvents).isEqualTo(5000);
        assertThat(figures.latencyNanos.getTotalCount()).isEqualTo(5000);
        assertThat(figures.latencyNanos.getMaxValue()).isGreaterThan(4 * SECOND);
        assertThat(result.bottlenecks()).isEmpty();
    }

    @Test
    void aRampSendsMoreEachSecondAndLatencyStillCountsFromTheIntendedTime() throws Exception {
        target.pause(3 * SECOND, 3 * SECOND + 500 * MILLISECOND);
        LoadResult result = run(plan(
                Optional.of(new RampPace(100, 900, 0, Duration.ZERO, Duration.ofSeconds(4), 1)),
                Duration.ZERO,
                4 * SECOND));
        assertThat(seconds).extracting(second -> second.figures().sentEvents).satisfies(sent -> {
            assertThat(sent.get(0)).isBetween(195L, 205L);
            assertThat(sent.get(1)).isBetween(395L, 405L);
        });
        assertThat(result.figures().ackedEvents).isEqualTo(2000);
        // Due in the pause: 700 to 800 a second for half of one.
        assertThat(slowerThan(result, 10 * MILLISECOND)).isBetween(350L, 400L);
    }

    @Test
    void aBurstOverItsPlacesWaitsAndTheWaitIsMeasured() throws Exception {
        FakeTarget slow = new FakeTarget(time, 10 * MILLISECOND); // four places
        LoadResult result =
                run(plan(Optional.of(new BurstPace(8, Duration.ofSeconds(1))), Duration.ZERO, 3 * SECOND), slow);
        assertThat(result.figures().ackedEvents).isEqualTo(24);
        assertThat(slowerThan(result, 15 * MILLISECOND))
                .as("the second four of each burst")
                .isEqualTo(12);
        assertThat(result.figures().latencyNanos.getMaxValue()).isBetween(20 * MILLISECOND, 21 * MILLISECOND);
        assertThat(result.bottlenecks()).isEmpty();
    }

    @Test
    void noMoreThanItsPlacesAreOnTheirWay() throws Exception {
        run(plan(Optional.empty(), Duration.ZERO, SECOND));
        assertThat(target.mostInFlight).isEqualTo(4);
        assertThat(target.dialed).isEqualTo(2);
    }

    @Test
    void aNumberOfEventsEndsTheRunWithASmallerBatch() throws Exception {
        LoadResult result = run(new LoadPlan(
                2,
                2,
                10,
                Optional.empty(),
                Duration.ZERO,
                OptionalLong.empty(),
                OptionalLong.of(25),
                Duration.ofSeconds(5)));
        assertThat(target.batches).containsExactly(10, 10, 5);
        assertThat(result.figures().ackedEvents).isEqualTo(25);
        assertThat(result.measuredNanos()).isEqualTo(SERVICE);
    }

    @Test
    void theWarmUpIsSentAndNotMeasured() throws Exception {
        LoadResult result = run(plan(THOUSAND, Duration.ofSeconds(2), SECOND));
        assertThat(target.batches).hasSize(3000);
        assertThat(result.figures().sentEvents).isEqualTo(1000);
        assertThat(result.figures().ackedEvents).isEqualTo(1000);
        assertThat(result.ackedPerSecond()).isBetween(999.0, 1001.0);
        assertThat(seconds).extracting(LoadListener.Second::measured).startsWith(false, false, true);
    }

    @Test
    void aTargetThatGoesAndComesBackIsSentToAgainAndWhatWasOnItsWayIsUnknown() throws Exception {
        FakeTarget slow = new FakeTarget(time, 10 * MILLISECOND);
        time.at(SECOND + MILLISECOND, slow::goAway);
        time.at(2 * SECOND, slow::comeBack);
        LoadResult result = run(plan(Optional.of(new SteadyPace(100, 1)), Duration.ZERO, 5 * SECOND), slow);

        assertThat(result.figures().unknownEvents).isEqualTo(1);
        assertThat(result.figures().ackedEvents).isEqualTo(499);
        assertThat(result.figures().reconnects).isEqualTo(2);
        assertThat(result.figures().latencyNanos.getMaxValue())
                .as("the wait for it")
                .isGreaterThan(900 * MILLISECOND);
        assertThat(result.failures())
                .containsExactlyInAnyOrder(
                        "target:4141: the peer closed the connection", "target:4141: cannot connect");
        assertThat(result.isGood()).isFalse();
        assertThat(fates).hasSize(500).contains(LoadListener.Fate.UNKNOWN);
    }

    @Test
    void aTargetThatStaysAwayIsGivenUp() throws Exception {
        time.at(SECOND, target::goAway);
        LoadResult result = run(plan(THOUSAND, Duration.ZERO, 60 * SECOND));
        assertThat(result.gaveUp()).isEqualTo("no connection for 5 s");
        assertThat(result.measuredNanos()).isLessThan(61 * SECOND);
        assertThat(result.isGood()).isFalse();
    }

    @Test
    void aTargetThatCannotBeReachedAtTheStartFailsTheRun() {
        target.goAway();
        assertThatThrownBy(() -> run(plan(THOUSAND, Duration.ZERO, SECOND)))
                .isInstanceOf(IOException.class)
                .hasMessage("target:4141: cannot connect");
    }

    private LoadResult run(LoadPlan plan) throws Exception {
        return run(plan, target);
    }

    private LoadResult run(LoadPlan plan, FakeTarget target) throws Exception {
        LoadListener listener = new LoadListener() {
            @Override
            public void batch(long first, int events, Fate fate) {
                fates.add(fate);
            }

            @Override
            public void second(Second second) {
                seconds.add(second);
            }
        };
        try (Events events = PreparedEvents.of(
                new DrawnBodies(BodySizes.parse("16"), new SplittableRandom(1)), List.of(), plan.batchEvents())) {
            return new LoadRun(plan, target, events, List.of(), time, new NoEffort(), List.of(listener), new Hops())
                    .run();
        }
    }

    private static LoadPlan plan(Optional<Pace> pace, Duration warmUp, long durationNanos) {
        return new LoadPlan(
                2, 2, 1, pace, warmUp, OptionalLong.of(durationNanos), OptionalLong.empty(), Duration.ofSeconds(5));
    }

    private static long slowerThan(LoadResult result, long nanos) {
        Histogram latency = result.figures().latencyNanos;
        return latency.getCountBetweenValues(nanos, latency.getHighestTrackableValue());
    }

    /** The test's own processor time would be no figure. */
    private record NoEffort() implements OwnEffort {
        @Override
        public void begin() {}

        @Override
        public Share end() {
            return Share.UNKNOWN;
        }
    }
}
