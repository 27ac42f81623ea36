package org.millrace.relay.sink.avro;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.millrace.testkit.FakeRelay;

/** Events that the peer refuses, does not answer, or that cannot be sent: they are back in the channel, and no others. */
class AvroSinkRefusalTest extends AvroSinkFixture {
    @Test
    void whatIsRefusedIsBackInOrderAndGoesOverANewConnection() throws Exception {
        openWithFirstAnswered(2, 3);
        relay.answerFailed(relay.readRequest().serial());
        relay.answerFailed(relay.readRequest().serial());

        assertThatThrownBy(this::drainUntilIdle)
                .hasRootCauseMessage("127.0.0.1:" + relay.port() + ": refused the events: FAILED");
        assertThat(relay.readByte()).isEqualTo(-1);
        assertThat(metrics.eventWriteFails.getCount()).isEqualTo(1);
        assertThat(metrics.connectionsClosed.getCount()).isEqualTo(1);
        assertThat(metrics.drainSuccesses.getCount()).isEqualTo(2);

        sink.drain();
        FakeRelay.Request again = relay.accept().readRequest();
        assertThat(again.parameters()).startsWith("04020c6e756d6265720233"); // two events; number=3 first
        relay.answerFirstOk(again.serial());
        sink.drain();
        relay.answerOk(relay.readRequest().serial());
        drainUntilIdle();
        assertThat(metrics.drainSuccesses.getCount()).isEqualTo(6);
    }

    @Test
    void aRequestThatThePeerWillNotHaveBecomesSmallerUntilItIsTaken() throws Exception {
        open(4, 1, LONG);
        put(1, 4);
        for (int attempt = 1; attempt <= 2; attempt++) {
            sink.drain();
            FakeRelay.Request tooLarge = relay.accept().readRequest();
            assertThat(tooLarge.parameters()).startsWith("08"); // four events
            relay.closeConnection();
            assertThatThrownBy(this::drainUntilIdle).hasMessageContaining("4 events are back in the channel");
        }

        sink.drain();
        FakeRelay.Request smaller = relay.accept().readRequest();
        assertThat(smaller.parameters()).startsWith("04"); // two
        relay.answerFirstOk(smaller.serial());
        CompletableFuture<Void> rest = CompletableFuture.runAsync(this::drainUntilIdle);
        relay.answerOk(relay.readRequest().serial());
        rest.get(60, TimeUnit.SECONDS);
        assertThat(metrics.drainSuccesses.getCount()).isEqualTo(4);
    }

    @Test
    void whatThePeerStoredBehindARefusalIsNotSentTwice() throws Exception {
        openWithFirstAnswered(1, 3);
        FakeRelay.Request second = relay.readRequest();
        relay.answerOk(relay.readRequest().serial());
        relay.answerFailed(second.serial());
        assertThatThrownBy(this::drainUntilIdle).hasMessageContaining("1 events are back in the channel");
        assertThat(left()).containsExactly(2);
    }

    @Test
    void aPeerThatDoesNotAnswerInTimeGetsTheEventsAgain() throws Exception {
        open(2, 2, Duration.ofMillis(100));
        put(1, 2);
        put(3, 1);
        sink.drain();
        sink.drain();
        assertThatThrownBy(this::drainUntilIdle)
                .hasMessageContaining("3 events are back in the channel")
                .rootCause()
                .hasMessageContaining("within 100 ms");
        assertThat(left()).containsExactly(1, 2, 3);
    }

    @Test
    void aPeerThatHangsUpWithRequestsOnTheirWayGetsThemAgain() throws Exception {
        openWithFirstAnswered(1, 2);
        relay.readRequest();
        relay.closeConnection();
        assertThatThrownBy(this::drainUntilIdle).rootCause().hasMessageContaining("the peer closed the connection");
        assertThat(left()).containsExactly(2);
    }

    @Test
    void whatCannotBeSentForWantOfDirectMemoryIsSentLaterAndTheRestStaysOnItsWay() throws Exception {
        open(2, 3, LONG);
        put(1, 2);
        put(3, 2);
        sink.drain();
        memory.runOutOnce();
        assertThatThrownBy(sink::drain).isInstanceOf(OutOfMemoryError.class);
        assertThat(registry.getGauges().get("sink.k1.requestsInFlight").getValue())
                .isEqualTo(1);

        relay.accept().answerFirstOk(relay.readRequest().serial());
        sink.drain();
        FakeRelay.Request second = relay.readRequest();
        assertThat(second.parameters()).startsWith("04020c6e756d6265720233"); // two events; number=3 first
        relay.answerOk(second.serial());
        drainUntilIdle();
        assertThat(metrics.drainSuccesses.getCount()).isEqualTo(4);
        assertThat(left()).isEmpty();
    }
}
