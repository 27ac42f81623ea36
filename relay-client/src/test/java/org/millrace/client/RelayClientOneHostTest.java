package org.millrace.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.millrace.client.FakeHosts.Answer;
import org.millrace.codec.EventBatch;
import org.millrace.codec.Origin;
import org.millrace.testkit.Batches;

/** Calls to one host, and what an application hears of them. */
class RelayClientOneHostTest extends RelayClientFixture {
    @Test
    void aBatchIsSentInCallsOfTheBatchSize() throws Exception {
        open(ClientSettings.builder("a:1").batchEvents(2));
        client.appendBatch(events("1", "2", "3", "4", "5"));
        assertThat(hosts.seen()).containsExactly("+a", "a:1,2", "a:3,4", "a:5");
    }

    @Test
    void noEventsAreNoCall() throws Exception {
        open(ClientSettings.builder("a:1"));
        client.appendBatch(List.of());
        assertThat(client.tryAppend(List.of()))
                .hasValueSatisfying(done -> assertThat(done).isCompleted());
        assertThat(hosts.seen()).isEmpty();
    }

    @Test
    void aBatchThatFailsPartWaySaysHowFarItGot() {
        open(ClientSettings.builder("a:1").batchEvents(2));
        hosts.host("a").answers(Answer.NONE);
        CompletableFuture<Void> batch = append("1", "2", "3", "4", "5");
        hosts.host("a").storeOpen();
        hosts.host("a").cut();
        AppendException failure = failureOf(batch);
        assertThat(failure.acknowledgedEvents()).isEqualTo(2);
        assertThat(failure.events()).isEqualTo(5);
        assertThat(failure.isRefusal()).isFalse();
        assertThat(failure)
                .hasMessage("2 of 5 events are acknowledged: a:1: cut")
                .cause()
                .isInstanceOf(RelayException.class);
    }

    @Test
    void aRefusalIsToldAndTheConnectionIsKept() {
        open(ClientSettings.builder("a:1"));
        hosts.host("a").answers(Answer.REFUSED);
        assertThat(failureOf(append("1")).isRefusal()).isTrue();
        hosts.host("a").answers(Answer.STORED);
        assertThat(append("2")).isCompleted();
        assertThat(hosts.seen()).containsExactly("+a", "a:1", "a:2");
    }

    @Test
    void aConnectionThatWasLostIsMadeAnew() {
        open(ClientSettings.builder("a:1"));
        append("1");
        hosts.host("a").cut();
        assertThat(append("2")).isCompleted();
        assertThat(hosts.seen()).containsExactly("+a", "a:1", "+a", "a:2");
    }

    @Test
    void afterAFailureTheNextCallsWaitAndGoInOrder() {
        open(ClientSettings.builder("a:1"));
        hosts.host("a").isDown();
        assertThat(failureOf(append("1"))).hasMessageContaining("cannot connect");
        hosts.host("a").isUp();
        CompletableFuture<Void> second = append("2");
        CompletableFuture<Void> third = append("3");
        assertThat(hosts.seen()).containsExactly("-a");
        clock.advance(PauseGate.MOST);
        delayed.remove().run();
        assertThat(second).isCompleted();
        assertThat(third).isCompleted();
        assertThat(hosts.seen()).containsExactly("+a", "a:2", "a:3");
    }

    @Test
    void aConnectionThatCannotEvenBeBegunFailsItsCallAndTheNextOneIsTried() {
        open(ClientSettings.builder("a:1"));
        hosts.host("a").throwsOnce();
        assertThat(failureOf(append("1"))).hasMessageContaining("unable to create native thread");
        CompletableFuture<Void> second = append("2");
        clock.advance(PauseGate.MOST);
        delayed.remove().run();
        assertThat(second).isCompleted();
    }

    @Test
    void whatIsHandedOverWhileItConnectsIsSentInOrder() {
        open(ClientSettings.builder("a:1"));
        hosts.host("a").isSlow();
        Stream.of("1", "2", "3").forEach(this::append);
        hosts.host("a").acceptNow();
        assertThat(hosts.seen()).containsExactly("+a", "a:1", "a:2", "a:3");
    }

    @Test
    void onlyTheFirstHostOfTheDefaultClientIsUsed() {
        open(ClientSettings.builder("a:1", "b:1"));
        hosts.host("a").isDown();
        assertThat(append("1")).isCompletedExceptionally();
        assertThat(hosts.seen()).containsExactly("-a");
    }

    @Test
    void aListenerThatThrowsEndsItsOwnDelivery() {
        open(ClientSettings.builder("a:1"));
        TryListener broken = (host, failure) -> {
            throw new IllegalStateException("no more room to note it");
        };
        EventBatch batch = Batches.of("x");
        CompletableFuture<Void> outcome =
                client.tryAppend(batch, new Origin(ID, 0), broken).orElseThrow();
        batch.release();
        AppendException failure = failureOf(outcome);
        assertThat(failure).hasMessageContaining("the client failed").hasMessageContaining("no more room to note it");
        assertThat(failure.acknowledgedEvents()).isEqualTo(1);
    }

    @Test
    void aDeliveryThatCannotBeStartedEndsAlsoAfterAPause() {
        Route broken = new Route() {
            @Override
            public Tries tries() {
                throw new InternalError("no memory");
            }

            @Override
            public void close() {
                // nothing is open
            }
        };
        open(ClientSettings.builder("a:1"), broken);
        assertThat(failureOf(append("1"))).hasMessageContaining("no memory");
        CompletableFuture<Void> held = append("2");
        assertThat(held).isNotDone();
        clock.advance(PauseGate.MOST);
        delayed.remove().run();
        assertThat(failureOf(held)).hasMessageContaining("no memory");
    }

    @Test
    void aHeaderWithoutAValueIsRefused() {
        open(ClientSettings.builder("a:1"));
        Map<String, String> headers = new HashMap<>();
        headers.put("host", null);
        assertThatThrownBy(() -> Event.of(headers, new byte[0]))
                .hasMessage("header host: null (expected: a name and a value)");
    }
}
