package org.millrace.relay.sink.group;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.millrace.api.ChannelException;
import org.millrace.api.DeliveryException;
import org.millrace.api.Sink.Drain;
import org.millrace.api.SinkProcessor;

class LoadBalanceProcessorTest {
    private static final Duration TICK = Duration.ofMillis(1);

    private final GroupUnderTest sut = new GroupUnderTest(3);
    private final ScriptedSink k1 = sut.sink(1);
    private final ScriptedSink k2 = sut.sink(2);
    private final ScriptedSink k3 = sut.sink(3);

    @AfterEach
    void close() {
        sut.channel.close();
    }

    @Test
    void sinksTakeTurnsInTheOrderOfTheFile() throws Exception {
        SinkProcessor group = sut.loadBalance().get(0);
        sut.put(7);
        sut.drainUntilIdle(group);

        assertThat(k1.delivered).containsExactly("1", "4", "7");
        assertThat(k2.delivered).containsExactly("2", "5");
        assertThat(k3.delivered).containsExactly("3", "6");
    }

    @Test
    void whereOneFailsTheNextTakesItsEventsAndWithoutBackoffItIsTriedInEachOfItsTurns() throws Exception {
        SinkProcessor group = sut.loadBalance().get(0);
        k1.down = true;
        sut.put(6);
        sut.drainUntilIdle(group);

        assertThat(k2.delivered).containsExactly("1", "2", "4", "5");
        assertThat(k3.delivered).containsExactly("3", "6");
        assertThat(k1.turns).isGreaterThanOrEqualTo(2);
        assertThat(sut.gauge("sinkgroup.g.failing")).isEqualTo(1L);
        assertThat(sut.gauge("sinkgroup.g.active")).isEqualTo("k2 k3");
    }

    /** The reference's table. */
    @Test
    void withBackoffPenaltiesDoubleFromTwoSecondsToThirty() throws Exception {
        SinkProcessor group = sut.loadBalance("backoff", "true").get(0);
        group.start();
        k1.down = true;
        round(group);
        int failures = 1;
        for (int seconds : new int[] {2, 4, 8, 16, 30, 30}) {
            assertThat(sut.gauge("sink.k1.penaltyMillis")).isEqualTo(seconds * 1000L);
            sut.clock.advance(Duration.ofSeconds(seconds));
            round(group);
            assertThat(k1.turns).as("at the end of %s s", seconds).isEqualTo(failures);
            sut.clock.advance(TICK);
            round(group);
            assertThat(k1.turns).as("after %s s", seconds).isEqualTo(++failures);
        }
    }

    @Test
    void aSuccessForgivesNothingButAnHourDoes() throws Exception {
        SinkProcessor group = sut.loadBalance("backoff", "true").get(0);
        group.start();
        k1.down = true;
        round(group);
        sut.clock.advance(Duration.ofSeconds(2).plus(TICK));
        k1.down = false;
        round(group);
        assertThat(k1.delivered).isNotEmpty();
        k1.down = true;
        round(group);
        assertThat(sut.gauge("sink.k1.penaltyMillis")).isEqualTo(4000L);

        sut.clock.advance(Duration.ofHours(1).plusSeconds(4).minus(TICK));
        round(group);
        assertThat(sut.gauge("sink.k1.penaltyMillis"))
                .as("not quite an hour after it")
                .isEqualTo(8000L);
        sut.clock.advance(Duration.ofHours(1).plusSeconds(8));
        round(group);
        assertThat(sut.gauge("sink.k1.penaltyMillis")).as("an hour after it").isEqualTo(2000L);
    }

    @Test
    void theLongestPenaltyCanBeSet() throws Exception {
        SinkProcessor group = sut.loadBalance("backoff", "true", "selector.maxTimeOut", "1500")
                .get(0);
        group.start();
        k1.down = true;
        round(group);

        assertThat(sut.gauge("sink.k1.penaltyMillis")).isEqualTo(1500L);
    }

    @Test
    void allPeersHaveRequestsOnTheirWayAtOnce() throws Exception {
        SinkProcessor group = sut.loadBalance().get(0);
        sut.sinks.forEach(sink -> sink.pipelines = true);
        sut.put(3);
        for (int turn = 1; turn <= 3; turn++) {
            assertThat(group.drain()).isEqualTo(Drain.DELIVERED);
        }

        assertThat(sut.sinks).allMatch(sink -> sink.onItsWay() == 1);
        sut.drainUntilIdle(group);
        assertThat(sut.sinks).allMatch(sink -> sink.onItsWay() == 0).allMatch(sink -> sink.delivered.size() == 1);
    }

    @Test
    void theGroupIsNotIdleWhileOneOfItsSinksMayStillFail() throws Exception {
        SinkProcessor group = sut.loadBalance().get(0);
        k1.pipelines = true;
        sut.put();
        group.drain(); // on its way to k1's peer
        k1.down = true;

        assertThat(group.drain()).as("k2 has nothing to take; k1 gives back").isEqualTo(Drain.DELIVERED);
        sut.drainUntilIdle(group);
        assertThat(sut.channel.bodies()).isEmpty();
        assertThat(k2.delivered.size() + k3.delivered.size()).isEqualTo(1);
    }

    @Test
    void whereAllFailTheRunnerHearsOfItAndTheEventsAreInTheChannel() throws Exception {
        SinkProcessor group = sut.loadBalance("backoff", "true").get(0);
        sut.sinks.forEach(sink -> sink.down = true);
        sut.put();

        assertThatThrownBy(group::drain)
                .isInstanceOf(DeliveryException.class)
                .hasMessageContaining("k2 in 2000 ms")
                .hasCauseInstanceOf(DeliveryException.class);
        assertThatThrownBy(group::drain).hasNoCause();
        assertThat(k1.turns + k2.turns + k3.turns).isEqualTo(3);
        assertThat(sut.channel.bodies()).containsExactly("1");
    }

    @Test
    void aChannelOutOfOrderIsNoSinksFault() {
        SinkProcessor group = sut.loadBalance("backoff", "true").get(0);
        k1.fault = new ChannelException("disk is gone");

        assertThatThrownBy(group::drain).isSameAs(k1.fault);
        assertThat(sut.gauge("sinkgroup.g.failing")).isEqualTo(0L);
    }

    @Test
    void aSinkThatLacksThreadsOrNativeMemoryHasFailedLikeAnother() throws Exception {
        SinkProcessor group = sut.loadBalance("backoff", "true").get(0);
        group.start();
        k1.breakdown = new OutOfMemoryError("Cannot reserve 65536 bytes of direct buffer memory");
        sut.put();
        group.drain();

        assertThat(sut.channel.bodies()).isEmpty();
        assertThat(sut.gauge("sink.k1.failuresInARow")).isEqualTo(1);
    }

    @Test
    void severalThreadsShareTheSinksAndTheChannel() throws Exception {
        List<SinkProcessor> groups = sut.loadBalance("threads", "2");
        assertThat(groups).hasSize(2);
        assertThat(groups.get(0).members())
                .extracting(SinkProcessor.Member::name)
                .containsExactly("k1", "k3");
        assertThat(groups.get(1).members())
                .extracting(SinkProcessor.Member::name)
                .containsExactly("k2");
        k2.down = true;
        sut.put(4);
        assertThatThrownBy(groups.get(1)::drain).isInstanceOf(DeliveryException.class);
        sut.drainUntilIdle(groups.get(0));

        assertThat(k1.delivered)
                .as("nothing waits for the thread that cannot deliver")
                .containsExactly("1", "3");
        assertThat(k3.delivered).containsExactly("2", "4");
        assertThat(sut.gauge("sinkgroup.g.active")).isEqualTo("k1 k3");
    }

    @Test
    void randomTurnsGoToAllAndFailuresToTheOthers() throws Exception {
        SinkProcessor group = new LoadBalanceProcessor(
                "g",
                sut.sinks.stream()
                        .map(sink -> new GroupedSink(sink.member(), () -> 0))
                        .toList(),
                TurnOrder.random(new SplittableRandom(7)),
                null,
                () -> 0);
        k3.down = true;
        sut.put(100);
        sut.drainUntilIdle(group);

        assertThat(k1.delivered).hasSizeGreaterThan(20);
        assertThat(k2.delivered).hasSizeGreaterThan(20);
        assertThat(k1.delivered.size() + k2.delivered.size()).isEqualTo(100);
        assertThat(k3.turns).isGreaterThan(20);
    }

    @Test
    void mistakesAreNamed() {
        sut.loadBalance("selector", "fastest", "backoff", "yes", "selector.maxTimeOut", "0", "threads", "4");

        assertThat(sut.problems.problems())
                .anyMatch(problem -> problem.startsWith("selector: fastest (expected: one of: round_robin, random"))
                .anyMatch(problem -> problem.startsWith("backoff: yes (expected: true or false"))
                .anyMatch(problem -> problem.startsWith("selector.maxTimeOut: 0 (expected:"))
                .anyMatch(problem -> problem.startsWith("threads: 4 (expected: a whole number, 1 to 3"))
                .hasSize(4);
    }

    @Test
    void oneSinkIsNoLoadToBalance() {
        GroupUnderTest one = new GroupUnderTest(1);
        one.loadBalance();

        assertThat(one.problems.problems())
                .singleElement()
                .asString()
                .startsWith("type: load_balance (expected: default");
    }

    /** Turns until each sink that may has had one. */
    private void round(SinkProcessor group) throws Exception {
        for (int turn = 1; turn <= 3; turn++) {
            sut.put();
            group.drain();
        }
    }
}
