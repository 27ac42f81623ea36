package org.millrace.relay.sink.group;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.millrace.api.ChannelException;
import org.millrace.api.DeliveryException;
import org.millrace.api.Sink.Drain;
import org.millrace.api.SinkProcessor;
import org.millrace.api.StartException;

class FailoverProcessorTest {
    private static final Duration TICK = Duration.ofMillis(1);

    private final GroupUnderTest sut = new GroupUnderTest(3);
    private final ScriptedSink k1 = sut.sink(1);
    private final ScriptedSink k2 = sut.sink(2);
    private final ScriptedSink k3 = sut.sink(3);
    private final SinkProcessor group = sut.failover("priority.k1", "5", "priority.k2", "10", "priority.k3", "-1")
            .get(0);

    @BeforeEach
    void start() throws StartException {
        group.start();
    }

    @AfterEach
    void everythingIsSettled() throws Exception {
        k1.fault = null;
        k2.fault = null;
        group.close();
        sut.channel.close();
    }

    @Test
    void theSinkWithTheLargestNumberHasAllTheTurns() throws Exception {
        sut.put(3);
        sut.drainUntilIdle(group);

        assertThat(k2.delivered).containsExactly("1", "2", "3");
        assertThat(k1.turns + k3.turns).isZero();
        assertThat(sut.gauge("sinkgroup.g.active")).isEqualTo("k2");
    }

    @Test
    void whereItFailsTheNextTakesTheSameEventsInTheSameTurn() throws Exception {
        k2.down = true;
        sut.put(2);
        sut.drainUntilIdle(group);

        assertThat(k1.delivered).containsExactly("1", "2");
        assertThat(k2.turns).as("left alone after its failure").isEqualTo(1);
        assertThat(sut.gauge("sinkgroup.g.active")).isEqualTo("k1");
        assertThat(sut.gauge("sinkgroup.g.failing")).isEqualTo(1L);
        assertThat(sut.counter("sinkgroup.g.switches")).isEqualTo(1);
        assertThat(sut.counter("sink.k2.deliveryFailures")).isEqualTo(1);
    }

    @Test
    void requestsThatAreOnTheirWayAreGivenBackInOrderBeforeAnotherSinkTakesThem() throws Exception {
        k2.pipelines = true;
        sut.put(3);
        group.drain(); // 1 is on its way
        k2.down = true;
        group.drain();

        assertThat(k2.onItsWay()).isZero();
        sut.drainUntilIdle(group);
        assertThat(k1.delivered).containsExactly("1", "2", "3");
    }

    @Test
    void aSinkThatBreaksOffWithRequestsOnTheirWayIsSettledBeforeAnotherTakesOver() throws Exception {
        k2.pipelines = true;
        sut.put(2);
        group.drain();
        k2.fault = new IllegalStateException("unforeseen");
        group.drain();

        assertThat(k2.delivered).as("what had arrived all the same").containsExactly("1");
        assertThat(k1.delivered).containsExactly("2");
    }

    /** The reference's table; every penalty ends a moment after its time. */
    @Test
    void penaltiesDoubleFromTwoSecondsToThirty() throws Exception {
        k2.down = true;
        sut.put();
        group.drain();
        int turns = 1;
        for (int seconds : new int[] {2, 4, 8, 16, 30, 30, 30}) {
            assertThat(sut.gauge("sink.k2.penaltyMillis")).isEqualTo(seconds * 1000L);
            sut.clock.advance(Duration.ofSeconds(seconds));
            sut.put();
            group.drain();
            assertThat(k2.turns).as("at the end of %s s", seconds).isEqualTo(turns);
            sut.clock.advance(TICK);
            sut.put();
            group.drain();
            assertThat(k2.turns).as("after %s s", seconds).isEqualTo(++turns);
        }
        assertThat(k1.delivered).hasSize(15);
        assertThat(sut.counter("sinkgroup.g.switches"))
                .as("one switch, whatever else fails")
                .isEqualTo(1);
    }

    @Test
    void manyFailuresInARowDoNotMakeItShort() throws Exception {
        k2.down = true;
        for (int failures = 1; failures <= 70; failures++) {
            sut.put();
            group.drain();
            assertThat(k2.turns).isEqualTo(failures);
            assertThat(sut.gauge("sink.k2.failuresInARow")).isEqualTo(failures);
            assertThat((long) sut.gauge("sink.k2.penaltyMillis")).isBetween(2000L, 30_000L);
            sut.clock.advance(Duration.ofSeconds(30).plus(TICK));
        }
        assertThat(k1.delivered).hasSize(70);
    }

    @Test
    void aSinkThatDeliversAgainHasTheTurnsAgainAndItsNextFailureIsAFirstOne() throws Exception {
        failTwice();
        k2.down = false;
        sut.clock.advance(Duration.ofSeconds(4).plus(TICK));
        sut.put(2);
        sut.drainUntilIdle(group);

        assertThat(k2.delivered).containsExactly("3", "4");
        assertThat(sut.gauge("sinkgroup.g.active")).isEqualTo("k2");
        assertThat(sut.counter("sinkgroup.g.switches")).isEqualTo(2);
        k2.down = true;
        sut.put();
        group.drain();
        assertThat(sut.gauge("sink.k2.penaltyMillis")).isEqualTo(2000L);
    }

    @Test
    void withNothingToDeliverASinkStaysAmongTheFailedWithoutAFurtherPenalty() throws Exception {
        failTwice();
        k2.down = false;
        sut.clock.advance(Duration.ofSeconds(4).plus(TICK));

        assertThat(group.drain()).isEqualTo(Drain.IDLE);
        assertThat(sut.gauge("sinkgroup.g.active")).isEqualTo("k1");
        assertThat(sut.gauge("sink.k2.failuresInARow")).isEqualTo(2);
        sut.put();
        group.drain();
        assertThat(k2.delivered).as("tried first, as its time is over").containsExactly("3");
    }

    @Test
    void toHaveSentIsNotToHaveDelivered() throws Exception {
        k2.pipelines = true;
        failTwice();
        sut.clock.advance(Duration.ofSeconds(4).plus(TICK)); // and its peer is still down
        sut.put();
        group.drain();

        assertThat(k2.onItsWay()).isZero();
        assertThat(sut.gauge("sink.k2.failuresInARow")).isEqualTo(3);
        assertThat(k1.delivered).containsExactly("1", "2", "3");
    }

    @Test
    void beforeAnOlderOneIsTriedAgainTheActiveOneHasDelivered() throws Exception {
        failTwice();
        k1.pipelines = true;
        sut.put(2);
        group.drain(); // 3 is on its way
        sut.clock.advance(Duration.ofSeconds(4).plus(TICK));
        k2.down = false;
        k1.down = true;
        sut.drainUntilIdle(group);

        assertThat(k2.delivered).as("in order, though 3 had been with k1").containsExactly("3", "4");
    }

    @Test
    void aSinkOfLowerPriorityThatDeliversAgainStandsBy() throws Exception {
        k2.down = true;
        k1.down = true;
        sut.put();
        group.drain();
        assertThat(k3.delivered).containsExactly("1");
        k2.down = false;
        sut.clock.advance(Duration.ofSeconds(2).plus(TICK));
        sut.put();
        group.drain();
        assertThat(k2.delivered).containsExactly("2");
        k1.down = false;
        sut.put(2);
        group.drain(); // its time is over too
        group.drain();

        assertThat(k1.delivered).containsExactly("3");
        assertThat(k2.delivered).containsExactly("2", "4");
        assertThat(sut.gauge("sinkgroup.g.active")).isEqualTo("k2");
        assertThat(sut.gauge("sinkgroup.g.failing")).isEqualTo(0L);
    }

    @Test
    void whereNobodyIsLeftTheRunnerHearsOfItAndTheEventsAreInTheChannel() throws Exception {
        sut.sinks.forEach(sink -> sink.down = true);
        sut.put();

        assertThatThrownBy(group::drain)
                .isInstanceOf(DeliveryException.class)
                .hasMessageContaining("k1 in 2000 ms")
                .hasRootCauseMessage("k3's peer is down");
        assertThatThrownBy(group::drain).isInstanceOf(DeliveryException.class).hasNoCause();
        assertThat(k1.turns + k2.turns + k3.turns).as("nobody is tried in vain").isEqualTo(3);
        assertThat(sut.channel.bodies()).containsExactly("1");
        assertThat(sut.gauge("sinkgroup.g.active")).isEqualTo("");
        sut.clock.advance(Duration.ofSeconds(2).plus(TICK));
        k3.down = false;
        group.drain();
        assertThat(k3.delivered).containsExactly("1");
    }

    @Test
    void aChannelOutOfOrderIsNoSinksFault() {
        k2.fault = new ChannelException("disk is gone");

        assertThatThrownBy(group::drain).isSameAs(k2.fault);
        assertThat(sut.gauge("sinkgroup.g.active")).isEqualTo("k2");
        assertThat(k1.turns).isZero();
    }

    @Test
    void aSinkThatLacksThreadsOrNativeMemoryHasFailedLikeAnother() throws Exception {
        k2.breakdown = new OutOfMemoryError("unable to create native thread");
        sut.put();
        group.drain();

        assertThat(k1.delivered.size() + k3.delivered.size()).isEqualTo(1);
        assertThat(sut.gauge("sinkgroup.g.failing")).isEqualTo(1L);
        k2.breakdown = new OutOfMemoryError("Java heap space");
        sut.clock.advance(Duration.ofSeconds(2).plus(TICK));
        assertThatThrownBy(group::drain).isSameAs(k2.breakdown);
        k2.breakdown = null;
        k2.settle();
    }

    @Test
    void aSinkThatStandsByGetsWhatIsDueByTheClock() throws Exception {
        k1.idleLimit = Duration.ofSeconds(10);
        group.drain();
        assertThat(group.idleLimit()).isEqualTo(Duration.ofSeconds(10));
        sut.clock.advance(Duration.ofSeconds(9));
        group.drain();
        assertThat(k1.settled).isZero();
        sut.clock.advance(Duration.ofSeconds(1));
        group.drain();

        assertThat(k1.settled).isEqualTo(1);
        assertThat(k1.turns).isZero();
        assertThat(group.idleLimit()).isEqualTo(Duration.ofSeconds(10));
    }

    @Test
    void allSinksStartAndCloseWithTheGroup() throws Exception {
        assertThat(sut.sinks).allMatch(sink -> sink.open);
        group.close();
        assertThat(sut.sinks).noneMatch(sink -> sink.open);
        k3.refusesToStart = true;
        assertThatThrownBy(group::start).isInstanceOf(StartException.class);
        assertThat(sut.sinks).noneMatch(sink -> sink.open);
    }

    @Test
    void theLongestPenaltyCanBeSet() throws Exception {
        GroupUnderTest other = new GroupUnderTest(2);
        SinkProcessor shorter = other.failover("priority.k1", "1", "priority.k2", "2", "maxpenalty", "3000")
                .get(0);
        shorter.start();
        other.sink(2).down = true;
        other.put(2);
        shorter.drain();
        assertThat(other.gauge("sink.k2.penaltyMillis")).isEqualTo(2000L);
        other.clock.advance(Duration.ofSeconds(2).plus(TICK));
        shorter.drain();
        assertThat(other.gauge("sink.k2.penaltyMillis")).isEqualTo(3000L);
        other.channel.close();
    }

    @Test
    void everySinkHasANumberOfItsOwn() {
        sut.failover("priority.k1", "5", "priority.k2", "5", "maxpenalty", "-1");

        assertThat(sut.problems.problems())
                .anyMatch(problem -> problem.startsWith("priority.k2: 5, which k1 has already (expected: each sink"))
                .anyMatch(
                        problem -> problem.startsWith("maxpenalty: -1 (expected: a number of milliseconds, at least 0"))
                .hasSize(2);
    }

    @Test
    void withoutPrioritiesTheOrderOfTheListCountsBehindThoseThatHaveOne() {
        sut.failover("priority.k2", "0");

        assertThat(sut.problems.problems()).isEmpty();
        assertThat(sut.problems.notes())
                .containsExactly(
                        "priority.k1: not set: -1, by its place in the list (Flume gives these out by chance)",
                        "priority.k3: not set: -2, by its place in the list (Flume gives these out by chance)");
    }

    /** k1 has the turns, k2 is left alone for four seconds, 1 and 2 are delivered. */
    private void failTwice() throws Exception {
        k2.down = true;
        sut.put();
        sut.drainUntilIdle(group);
        sut.clock.advance(Duration.ofSeconds(2).plus(TICK));
        sut.put();
        sut.drainUntilIdle(group);
        assertThat(sut.gauge("sink.k2.penaltyMillis")).isEqualTo(4000L);
        assertThat(k1.delivered).containsExactly("1", "2");
    }
}
