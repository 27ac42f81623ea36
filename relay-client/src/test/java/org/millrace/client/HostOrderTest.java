package org.millrace.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.millrace.client.HostPolicy.LoadBalance;
import org.millrace.client.HostPolicy.Selector;
import org.millrace.testkit.FakeClock;

class HostOrderTest {
    private static final Duration MILLI = Duration.ofMillis(1);

    private final FakeClock clock = new FakeClock();

    @Test
    void roundRobinBeginsOneFurtherEachTime() {
        HostOrder order = order(3, Selector.ROUND_ROBIN, Optional.empty());
        assertThat(order.next()).containsExactly(0, 1, 2);
        assertThat(order.next()).containsExactly(1, 2, 0);
        assertThat(order.next()).containsExactly(2, 0, 1);
        assertThat(order.next()).containsExactly(0, 1, 2);
    }

    @Test
    void roundRobinGoesOverTheHostsThatAreLeft() {
        HostOrder order = order(3, Selector.ROUND_ROBIN, Optional.of(Duration.ofSeconds(30)));
        order.next();
        order.next(); // the next one would begin with the third
        order.failed(1);
        assertThat(order.next())
                .as("the head is behind the end of the shorter list")
                .containsExactly(0, 2);
        assertThat(order.next()).containsExactly(2, 0);
    }

    @Test
    void randomDrawsEveryOrderAndEachHostOnce() {
        HostOrder order = order(3, Selector.RANDOM, Optional.empty());
        List<List<Integer>> drawn =
                IntStream.range(0, 600).mapToObj(i -> order.next()).toList();
        assertThat(drawn).allSatisfy(each -> assertThat(each).containsExactlyInAnyOrder(0, 1, 2));
        assertThat(drawn.stream().distinct()).hasSize(6);
    }

    @Test
    void withoutBackOffAHostThatFailedIsTriedAgainAtItsNextTurn() {
        HostOrder order = order(2, Selector.ROUND_ROBIN, Optional.empty());
        order.failed(0);
        assertThat(order.next()).containsExactly(0, 1);
    }

    @ParameterizedTest
    @EnumSource(Selector.class)
    void whenAllAreLeftOutThereIsNone(Selector selector) {
        HostOrder order = order(2, selector, Optional.of(Duration.ofSeconds(30)));
        order.failed(0);
        order.failed(1);
        assertThat(order.next()).isEmpty();
        clock.advance(Duration.ofSeconds(2));
        assertThat(order.next()).containsExactlyInAnyOrder(0, 1);
    }

    @ParameterizedTest(name = "failure {0} in a row: {1} s, at most {2} s")
    @CsvSource({
        "1, 2, 30",
        "2, 4, 30",
        "3, 8, 30",
        "4, 16, 30",
        "5, 30, 30",
        "6, 30, 30",
        "40, 30, 30",
        "1, 1, 1",
        "17, 65536, 1000000",
        "60, 65536, 1000000",
        "60, 2147483, 2147483"
    })
    void aHostIsLeftOutTwiceAsLongEachTime(int failures, long expectedSeconds, long mostSeconds) {
        HostOrder order = order(2, Selector.ROUND_ROBIN, Optional.of(Duration.ofSeconds(mostSeconds)));
        for (int i = 0; i < failures; i++) {
            order.failed(0);
        }
        Duration expected = Duration.ofSeconds(Math.min(expectedSeconds, 65_536));
        clock.advance(expected.minus(MILLI));
        assertThat(order.next()).containsExactly(1);
        clock.advance(MILLI);
        assertThat(order.next()).hasSize(2);
    }

    @Test
    void aFailureWithinAnHourAfterTheBackOffCountsOn() {
        HostOrder order =
                failedOnceThenAgainAfter(Duration.ofSeconds(2).plusHours(1).minus(MILLI));
        clock.advance(Duration.ofSeconds(4).minus(MILLI));
        assertThat(order.next()).containsExactly(1);
    }

    @Test
    void anHourWithoutFailureIsANewBeginning() {
        HostOrder order = failedOnceThenAgainAfter(Duration.ofSeconds(2).plusHours(1));
        clock.advance(Duration.ofSeconds(2));
        assertThat(order.next()).hasSize(2);
    }

    private HostOrder failedOnceThenAgainAfter(Duration time) {
        HostOrder order = order(2, Selector.ROUND_ROBIN, Optional.of(Duration.ofSeconds(30)));
        order.failed(0);
        clock.advance(time);
        order.failed(0);
        return order;
    }

    private HostOrder order(int hosts, Selector selector, Optional<Duration> maxBackoff) {
        return new HostOrder(hosts, new LoadBalance(selector, maxBackoff), clock, new Random(7));
    }
}
