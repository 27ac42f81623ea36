package org.millrace.relay.sink.avro;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.millrace.api.DeliveryException;
import org.millrace.api.Sink;

/** When the sink connects, and when it leaves a connection. */
class AvroSinkConnectionTest extends AvroSinkFixture {
    @Test
    void aPeerThatHangsUpWhileNothingIsOnItsWayCostsNothing() throws Exception {
        open(1, 2, LONG);
        put(1, 1);
        sink.drain();
        relay.accept().answerFirstOk(relay.readRequest().serial());
        drainUntilIdle();
        relay.closeConnection();
        await().until(() -> !sink.isConnected());

        put(2, 1);
        sink.drain();
        relay.accept().answerFirstOk(relay.readRequest().serial());
        drainUntilIdle();
        assertThat(metrics.drainSuccesses.getCount()).isEqualTo(2);
        assertThat(metrics.eventWriteFails.getCount()).isZero();
        assertThat(metrics.connectionsCreated.getCount()).isEqualTo(2);
        assertThat(metrics.connectionsClosed.getCount()).isEqualTo(1);
    }

    @Test
    void aPeerThatIsNotThereKeepsNobodyFromStarting() throws Exception {
        relay.close();
        open(10, 2, LONG);
        assertThat(sink.drain()).isEqualTo(Sink.Drain.IDLE);
        put(1, 3);
        assertThatThrownBy(sink::drain)
                .isInstanceOf(DeliveryException.class)
                .cause()
                .hasMessageContaining("127.0.0.1:" + relay.port() + ": cannot connect");
        assertThat(metrics.connectionsFailed.getCount()).isEqualTo(2);
        assertThat(metrics.eventWriteFails.getCount()).isZero();
        assertThat(left()).containsExactly(1, 2, 3);
    }

    @Test
    void anOldConnectionMakesWayForANewOneOnceItsRequestsAreAnswered() throws Exception {
        open(1, 2, LONG);
        put(1, 1);
        sink.drain();
        nanoTime.addAndGet(Duration.ofSeconds(60).toNanos());
        put(2, 1);
        relay.accept().answerFirstOk(relay.readRequest().serial());
        CompletableFuture<Void> rest = CompletableFuture.runAsync(this::drainUntilIdle);
        assertThat(relay.readByte()).as("nothing more on the old connection").isEqualTo(-1);
        relay.accept().answerFirstOk(relay.readRequest().serial());
        rest.get(60, TimeUnit.SECONDS);
        assertThat(metrics.drainSuccesses.getCount()).isEqualTo(2);
        assertThat(metrics.connectionsClosed.getCount()).isEqualTo(1);
    }

    @Test
    void theWallClockMakesNoConnectionOld() throws Exception {
        open(1, 2, LONG);
        put(1, 1);
        sink.drain();
        relay.accept().answerFirstOk(relay.readRequest().serial());
        clock.advance(Duration.ofDays(1));
        drainUntilIdle();
        assertThat(sink.isConnected()).isTrue();
        assertThat(metrics.connectionsClosed.getCount()).isZero();
    }

    @Test
    void aConnectionThatComesAfterTheSinkHasBeenInterruptedIsClosed() throws Exception {
        CompletableFuture<Void> accept = new CompletableFuture<>();
        lateAccept = accept;
        open(1, 2, LONG);
        Thread.currentThread().interrupt();
        assertThatThrownBy(sink::drain).isInstanceOf(InterruptedException.class);

        accept.complete(null);
        assertThat(relay.accept().readByte()).as("the end of the connection").isEqualTo(-1);
        assertThat(sink.isConnected()).isFalse();
    }
}
