package org.millrace.relay.sink.avro;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.api.DeliveryException;
import org.millrace.api.Sink;
import org.millrace.api.Transaction;
import org.millrace.testkit.Batches;
import org.millrace.testkit.FakeRelay;

/** Which events become dead letters: those that the peer refuses while it takes others. */
class AvroSinkDeadLettersTest extends AvroSinkFixture {
    @Test
    void anEventThatThePeerRefusesWhileItTakesOthersIsADeadLetterAfterItsTries(@TempDir Path letters) throws Exception {
        open(4, 2, LONG, "deadLetter.directory", letters.toString(), "deadLetter.maxTries", "2");
        put(1, 6);
        CompletableFuture<Void> peer = CompletableFuture.runAsync(() -> takeAllBut("event 2"));
        int failures = drainWithFailures(40);

        assertThat(failures).isGreaterThan(2);
        assertThat(left()).isEmpty();
        assertThat(metrics.counter("deadLetteredEvents").getCount()).isEqualTo(1);
        assertThat(metrics.drainSuccesses.getCount()).isEqualTo(5);
        assertThat(letters).isDirectoryContaining("glob:**/a1.k1.*");
        relay.close();
        peer.get(60, TimeUnit.SECONDS);
    }

    @Test
    void aPeerThatRefusesEverythingMakesNoDeadLetters(@TempDir Path letters) throws Exception {
        open(4, 2, LONG, "deadLetter.directory", letters.toString(), "deadLetter.maxTries", "1");
        put(1, 6);
        CompletableFuture<Void> peer = CompletableFuture.runAsync(() -> takeAllBut("event"));
        assertThat(drainWithFailures(20)).isGreaterThan(5);

        assertThat(metrics.counter("deadLetteredEvents").getCount()).isZero();
        sink.close();
        assertThat(left()).containsExactly(1, 2, 3, 4, 5, 6);
        relay.close();
        peer.get(60, TimeUnit.SECONDS);
    }

    @Test
    void aSuspectWithNothingToCompareItWithIsSentAndNoTurnSeemsToDeliver(@TempDir Path letters) throws Exception {
        open(1, 1, LONG, "deadLetter.directory", letters.toString(), "deadLetter.maxTries", "2");
        put(1, 1);
        for (int attempt = 1; attempt <= 3; attempt++) {
            sink.drain();
            assertThat(registry.getGauges().get("sink.k1.requestsInFlight").getValue())
                    .as("attempt %d", attempt)
                    .isEqualTo(1);
            relay.accept().readRequest();
            relay.closeConnection();
            assertThatThrownBy(this::drainUntilIdle).hasMessageContaining("1 events are back in the channel");
        }
        try (Transaction another = channel.begin()) {
            assertThat(Batches.numbers(another.take(1))).containsExactly(1);
            another.commit();
        }

        assertThat(sink.drain()).isEqualTo(Sink.Drain.IDLE);
    }

    /** A peer that closes the connection on a request with such a text in it, until it is closed itself. */
    private void takeAllBut(String refused) {
        String hex = HexFormat.of().formatHex(refused.getBytes(StandardCharsets.UTF_8));
        try {
            while (true) {
                relay.accept();
                serve(hex);
            }
        } catch (IOException e) {
            // the relay is closed
        }
    }

    private void serve(String refusedHex) {
        try {
            for (boolean isFirst = true; ; isFirst = false) {
                FakeRelay.Request request = relay.readRequest();
                if (request.parameters().contains(refusedHex)) {
                    relay.closeConnection();
                    return;
                }
                if (isFirst) {
                    relay.answerFirstOk(request.serial());
                } else {
                    relay.answerOk(request.serial());
                }
            }
        } catch (IOException e) {
            // the sink has closed the connection
        }
    }

    /** @return how many turns failed, until the channel was empty or the turns were over */
    private int drainWithFailures(int turns) throws Exception {
        int failures = 0;
        for (int i = 0; i < turns; i++) {
            try {
                if (sink.drain() == Sink.Drain.IDLE) {
                    return failures;
                }
            } catch (DeliveryException e) {
                failures++;
            }
        }
        return failures;
    }
}
