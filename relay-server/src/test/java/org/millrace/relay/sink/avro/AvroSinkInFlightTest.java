package org.millrace.relay.sink.avro;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.millrace.api.DeliveryException;
import org.millrace.api.Sink;
import org.millrace.testkit.FakeRelay;

/** Several requests on their way at a time, and who waits for their answers. */
class AvroSinkInFlightTest extends AvroSinkFixture {
    @Test
    void severalRequestsAreOnTheirWayAndCommittedInOrder() throws Exception {
        openWithFirstAnswered(2, 3);
        FakeRelay.Request second = relay.readRequest();
        FakeRelay.Request third = relay.readRequest();

        relay.answerOk(third.serial());
        relay.answerOk(second.serial());
        drainUntilIdle();

        assertThat(metrics.drainSuccesses.getCount()).isEqualTo(6);
        assertThat(metrics.drainAttempts.getCount()).isEqualTo(6);
        assertThat(metrics.batchesComplete.getCount()).isEqualTo(3);
        assertThat(metrics.connectionsCreated.getCount()).isEqualTo(1);
        assertThat(left()).isEmpty();
    }

    @Test
    void noMoreIsOnItsWayThanWasSet() throws Exception {
        open(1, 2, LONG);
        put(1, 1);
        put(2, 1);
        put(3, 1);
        sink.drain();
        sink.drain();
        assertThat(registry.getGauges().get("sink.k1.requestsInFlight").getValue())
                .isEqualTo(2);
        CompletableFuture<Sink.Drain> third = inSinkThread();
        relay.accept().answerFirstOk(relay.readRequest().serial());
        assertThat(third.get(60, TimeUnit.SECONDS)).isEqualTo(Sink.Drain.DELIVERED);
        relay.answerOk(relay.readRequest().serial());
        CompletableFuture<Void> rest = CompletableFuture.runAsync(this::drainUntilIdle);
        relay.answerOk(relay.readRequest().serial());
        rest.get(60, TimeUnit.SECONDS);
        assertThat(metrics.drainSuccesses.getCount()).isEqualTo(3);
    }

    @Test
    void smallBatchesTravelTogetherUpToTheBatchSize() throws Exception {
        open(4, 1, LONG);
        for (int number = 1; number <= 6; number++) {
            put(number, 1);
        }
        sink.drain();
        FakeRelay.Request first = relay.accept().readRequest();
        assertThat(first.parameters()).startsWith("08"); // four events
        relay.answerFirstOk(first.serial());
        CompletableFuture<Void> rest = CompletableFuture.runAsync(this::drainUntilIdle);
        FakeRelay.Request second = relay.readRequest();
        assertThat(second.parameters()).startsWith("04");
        relay.answerOk(second.serial());
        rest.get(60, TimeUnit.SECONDS);
        assertThat(metrics.batchesComplete.getCount()).isEqualTo(1);
        assertThat(metrics.batchesUnderflow.getCount()).isEqualTo(1);
        assertThat(metrics.batchesEmpty.getCount()).isEqualTo(1);
    }

    @Test
    void settlingWaitsForAnswersAndTakesNothing() throws Exception {
        open(1, 3, LONG);
        put(1, 1);
        put(2, 1);
        put(3, 1);
        sink.drain();
        relay.accept().answerFirstOk(relay.readRequest().serial());
        sink.drain();
        int second = relay.readRequest().serial();
        CompletableFuture<Void> settling = CompletableFuture.runAsync(this::settle);
        assertThat(settling).isNotDone();
        relay.answerOk(second);
        settling.get(60, TimeUnit.SECONDS);

        assertThat(metrics.drainSuccesses.getCount()).isEqualTo(2);
        assertThat(left()).containsExactly(3);
        assertThat(sink.isConnected()).isTrue();
    }

    @Test
    void whatCannotBeSettledIsBackInTheChannel() throws Exception {
        open(1, 3, LONG);
        put(1, 1);
        put(2, 1);
        sink.drain();
        relay.accept().answerFirstOk(relay.readRequest().serial());
        sink.drain();
        relay.answerFailed(relay.readRequest().serial());

        assertThatThrownBy(sink::settle)
                .isInstanceOf(DeliveryException.class)
                .hasMessageContaining("1 events are back in the channel");
        assertThat(left()).containsExactly(2);
    }

    @Test
    void closeTakesAlongTheAnswersThatComeAndLeavesTheRestInTheChannel() throws Exception {
        openWithFirstAnswered(1, 2);
        FakeRelay.Request second = relay.readRequest();
        CompletableFuture<Void> closing = CompletableFuture.runAsync(sink::close);
        assertThat(closing).isNotDone();
        relay.closeConnection();
        closing.get(60, TimeUnit.SECONDS);
        assertThat(second.serial()).isEqualTo(2);
        assertThat(metrics.drainSuccesses.getCount()).isEqualTo(1);
        assertThat(left()).containsExactly(2);
        sink.close();
        assertThat(metrics.connectionsClosed.getCount()).isEqualTo(1);
    }

    private CompletableFuture<Sink.Drain> inSinkThread() {
        return CompletableFuture.supplyAsync(() -> {
            try {
                return sink.drain();
            } catch (DeliveryException | InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    private void settle() {
        try {
            sink.settle();
        } catch (DeliveryException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
