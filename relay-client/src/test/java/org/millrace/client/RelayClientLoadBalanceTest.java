package org.millrace.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.millrace.client.FakeHosts.Answer;
import org.millrace.client.HostPolicy.LoadBalance;
import org.millrace.client.HostPolicy.Selector;

/** Calls that go round among hosts, and hosts that are left out. */
class RelayClientLoadBalanceTest extends RelayClientFixture {
    @Test
    void callsGoRoundAndConnectionsAreKept() {
        open(balanced(Optional.empty()));
        Stream.of("1", "2", "3", "4").forEach(this::append);
        assertThat(hosts.seen()).containsExactly("+a", "a:1", "+b", "b:2", "a:3", "b:4");
    }

    @Test
    void aCallThatFailsGoesToTheNextHost() {
        open(balanced(Optional.empty()));
        hosts.host("a").answers(Answer.REFUSED);
        assertThat(append("1")).isCompleted();
        assertThat(append("2")).isCompleted();
        assertThat(append("3")).isCompleted();
        assertThat(hosts.seen())
                .as("without back-off it is tried at each of its turns, over a connection of its own")
                .containsExactly("+a", "a:1", "+b", "b:1", "b:2", "+a", "a:3", "b:3");
    }

    @Test
    void aHostThatFailedIsLeftOutForAWhile() {
        open(balanced(Optional.of(Duration.ofSeconds(30))));
        hosts.host("a").isDown();
        append("1");
        append("2");
        append("3");
        assertThat(hosts.seen()).containsExactly("-a", "+b", "b:1", "b:2", "b:3");
        hosts.host("a").isUp();
        clock.advance(Duration.ofSeconds(2));
        append("4");
        append("5");
        assertThat(hosts.seen()).containsExactlyInAnyOrder("+a", "a:4", "b:5");
    }

    @Test
    void callsThatFailTogetherCountAsOneFailure() {
        open(balanced(Optional.of(Duration.ofSeconds(30))));
        hosts.host("b").isDown();
        append("0");
        append("1"); // b is left out for 2 s
        hosts.host("a").answers(Answer.NONE);
        List<CompletableFuture<Void>> batches = List.of(append("2"), append("3"), append("4"));
        hosts.host("a").cut();
        assertThat(batches).allSatisfy(batch -> assertThat(batch).isCompletedExceptionally());
        hosts.host("a").answers(Answer.STORED);
        clock.advance(Duration.ofSeconds(2)); // and not 8 s, as after three failures
        assertThat(append("5")).isCompleted();
        assertThat(hosts.seen()).endsWith("+a", "a:5");
    }

    @Test
    void whenAllHostsAreLeftOutTheCallFailsAtOnce() {
        open(balanced(Optional.of(Duration.ofSeconds(30))));
        hosts.host("a").isDown();
        hosts.host("b").isDown();
        assertThat(failureOf(append("1"))).hasMessageContaining("a:1: cannot connect; then b:1: cannot connect");
        CompletableFuture<Void> second = append("2");
        clock.advance(Duration.ofMillis(100));
        delayed.remove().run();
        assertThat(failureOf(second)).hasMessageContaining("every host is left out for now");
    }

    @Test
    void aLongBatchStaysWithOneHost() {
        open(balanced(Optional.empty()).batchEvents(1));
        append("1", "2", "3");
        append("4", "5");
        assertThat(hosts.seen()).containsExactly("+a", "a:1", "a:2", "a:3", "+b", "b:4", "b:5");
    }

    private static ClientSettings.Builder balanced(Optional<Duration> maxBackoff) {
        return ClientSettings.builder("a:1", "b:1").policy(new LoadBalance(Selector.ROUND_ROBIN, maxBackoff));
    }
}
