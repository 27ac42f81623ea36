package org.millrace.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.millrace.testkit.FakeClock;

class PauseGateTest {
    private final FakeClock clock = new FakeClock();
    private final Deque<Long> delays = new ArrayDeque<>();
    private final Deque<Runnable> delayed = new ArrayDeque<>();
    private final List<String> started = new ArrayList<>();
    private final PauseGate gate = gate(Long.MAX_VALUE);

    @Test
    void nothingWaitsBeforeAFailure() {
        pass("a");
        assertThat(started).containsExactly("a");
    }

    @Test
    void pausesDoubleUpToTheLongest() {
        List<Long> millis = new ArrayList<>();
        for (int i = 0; i < 9; i++) {
            millis.add(pauseAfterFailure(gate).toMillis());
        }
        assertThat(millis).containsExactly(100L, 200L, 400L, 800L, 1600L, 3200L, 5000L, 5000L, 5000L);
    }

    @Test
    void chanceShortensThemToNoLessThanHalf() {
        PauseGate lucky = gate(0);
        assertThat(pauseAfterFailure(lucky)).isEqualTo(Duration.ofMillis(50));
        assertThat(pauseAfterFailure(lucky)).isEqualTo(Duration.ofMillis(100));
    }

    @Test
    void thoseThatFailTogetherMakeOnePause() {
        gate.failed();
        gate.failed();
        gate.failed();
        pass("a");
        assertThat(delays).containsExactly(Duration.ofMillis(100).toNanos());
    }

    @Test
    void anAnswerEndsThePauseAndTheNextOneIsShortAgain() {
        pauseAfterFailure(gate);
        pauseAfterFailure(gate);
        gate.failed();
        gate.succeeded();
        pass("a");
        assertThat(started).endsWith("a");
        assertThat(pauseAfterFailure(gate)).isEqualTo(Duration.ofMillis(100));
    }

    @Test
    void whoIsHeldStartsInOrderAlsoWithThoseWhoComeWhenThePauseIsOver() {
        gate.failed();
        pass("a");
        pass("b");
        clock.advance(Duration.ofMillis(100));
        pass("c");
        assertThat(started).isEmpty();
        delayed.remove().run();
        assertThat(started).containsExactly("a", "b", "c");
        pass("d");
        assertThat(started).endsWith("d");
    }

    @Test
    void whoThrowsWhenItStartsHoldsNobodyElse() {
        gate.failed();
        gate.pass(() -> {
            throw new InternalError("unable to create native thread");
        });
        pass("b");
        clock.advance(Duration.ofMillis(100));
        delayed.remove().run();
        assertThat(started).containsExactly("b");
        pass("c");
        assertThat(started).containsExactly("b", "c");
    }

    @Test
    void aPauseThatCannotBeTimedIsNone() {
        PauseGate timeless = new PauseGate(clock, new Random(7), (nanos, task) -> {
            throw new InternalError("unable to create native thread");
        });
        timeless.failed();
        timeless.pass(() -> started.add("a"));
        timeless.pass(() -> started.add("b"));
        assertThat(started).containsExactly("a", "b");
    }

    private void pass(String name) {
        gate.pass(() -> started.add(name));
    }

    private Duration pauseAfterFailure(PauseGate gate) {
        gate.failed();
        gate.pass(() -> {});
        Duration pause = Duration.ofNanos(delays.remove());
        clock.advance(pause);
        delayed.remove().run();
        return pause;
    }

    /** @param chance what is drawn: the smallest or the largest */
    private PauseGate gate(long chance) {
        RandomGenerator random = new RandomGenerator() {
            @Override
            public long nextLong() {
                return chance;
            }

            @Override
            public long nextLong(long bound) {
                return Math.min(chance, bound - 1);
            }
        };
        return new PauseGate(clock, random, (nanos, task) -> {
            delays.add(nanos);
            delayed.add(task);
        });
    }
}
