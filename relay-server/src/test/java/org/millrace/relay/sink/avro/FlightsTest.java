package org.millrace.relay.sink.avro;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.codahale.metrics.MetricRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.millrace.api.ChannelException;
import org.millrace.api.SinkMetrics;
import org.millrace.api.Transaction;
import org.millrace.codec.EventBatch;

class FlightsTest {
    private final SinkMetrics metrics = new SinkMetrics("k1", new MetricRegistry());
    private final Flights flights = new Flights(4, metrics);
    private final List<String> log = new ArrayList<>();
    private final List<CompletableFuture<Void>> answers = new ArrayList<>();

    @Test
    void nothingIsCommittedBeforeWhatIsOlder() throws Exception {
        depart("a", "b", "c");
        answers.get(1).complete(null);
        assertThat(flights.commitArrived()).isNull();
        assertThat(log).isEmpty();

        answers.get(0).complete(null);
        assertThat(flights.commitArrived()).isNull();
        assertThat(log).containsExactly("commit a", "close a", "commit b", "close b");
        assertThat(flights.size()).isEqualTo(1);
        assertThat(metrics.drainSuccesses.getCount()).isEqualTo(20);
    }

    @Test
    void theFailureOfTheOldestIsTold() throws Exception {
        depart("a", "b");
        IOException refused = new IOException("refused");
        answers.get(1).completeExceptionally(refused);
        assertThat(flights.commitArrived()).isNull();
        answers.get(0).complete(null);
        assertThat(flights.commitArrived()).isSameAs(refused);
        assertThat(log).containsExactly("commit a", "close a");
    }

    @Test
    void anAnswerThatComesWhileOneLooksIsNoFailure() throws Exception {
        flights.add(new Flight(new RecordedTransaction("a"), 10, 100, new CompletableFuture<>() {
            @Override
            public boolean isDone() {
                boolean wasDone = super.isDone();
                complete(null);
                return wasDone;
            }
        }));
        assertThat(flights.commitArrived()).isNull();
        assertThat(flights.commitArrived()).isNull();
        assertThat(log).containsExactly("commit a", "close a");
    }

    @Test
    void whatIsLostGoesBackNewestFirst() throws Exception {
        depart("a", "b", "c");
        answers.forEach(answer -> answer.completeExceptionally(new IOException("cut")));
        assertThat(flights.settle()).isEqualTo(30);
        assertThat(log).containsExactly("close c", "close b", "close a");
        assertThat(flights.isEmpty()).isTrue();
        assertThat(flights.size()).isZero();
    }

    @Test
    void whatArrivedBehindAFailureIsCommittedAndNotSentTwice() throws Exception {
        depart("a", "b", "c");
        answers.get(0).completeExceptionally(new IOException("refused"));
        answers.get(1).complete(null);
        assertThat(flights.settle()).isEqualTo(20);
        assertThat(log).containsExactly("commit b", "close b", "close c", "close a");
    }

    @Test
    void aChannelThatCannotCommitDoesNotKeepTheOthersFromEnding() {
        depart("a", "broken", "c");
        answers.forEach(answer -> answer.complete(null));
        assertThatThrownBy(flights::settle).isInstanceOf(ChannelException.class).hasMessage("broken");
        assertThat(log).containsExactly("commit a", "close a", "close broken", "commit c", "close c");
        assertThat(flights.isEmpty()).isTrue();
    }

    @Test
    void whatWasNotEndedWhenACommitIsInterruptedIsEndedTheNextTime() throws Exception {
        depart("a", "b", "interrupted", "c");
        answers.get(2).complete(null);
        answers.get(3).complete(null);
        assertThatThrownBy(flights::settle).isInstanceOf(InterruptedException.class);
        assertThat(flights.size()).isEqualTo(3);
        log.clear();

        assertThat(flights.settle()).isEqualTo(20);
        assertThat(log).containsExactly("commit c", "close c", "close b", "close a");
    }

    @Test
    void aFullWindowWaitsForHalfOfItsAnswers() throws Exception {
        depart("a", "b", "c", "d");
        assertThat(flights.hasRoom()).isFalse();
        answers.get(1).complete(null);
        flights.awaitAnswers(); // returns although the others have no answer
        assertThat(flights.size()).isEqualTo(4);
    }

    @Test
    void fewLargeOnesAreEnoughUntilTheyHaveArrived() throws Exception {
        CompletableFuture<Void> answer = new CompletableFuture<>();
        flights.add(new Flight(new RecordedTransaction("large"), 10, Flights.ENOUGH_BYTES - 1, answer));
        assertThat(flights.hasRoom()).isTrue();
        depart("small");
        assertThat(flights.hasRoom()).isFalse();

        answer.complete(null);
        flights.commitArrived();
        assertThat(flights.hasRoom()).isTrue();
    }

    @Test
    void aWaitWithALimitEndsWithoutAnswers() throws Exception {
        depart("a");
        flights.awaitAll(Duration.ofMillis(1));
        assertThat(flights.isEmpty()).isFalse();
    }

    private void depart(String... names) {
        for (String name : names) {
            CompletableFuture<Void> answer = new CompletableFuture<>();
            answers.add(answer);
            flights.add(new Flight(new RecordedTransaction(name), 10, 100, answer));
        }
    }

    private final class RecordedTransaction implements Transaction {
        private final String name;

        RecordedTransaction(String name) {
            this.name = name;
        }

        @Override
        public void put(EventBatch batch) {
            throw new AssertionError("a sink puts nothing");
        }

        @Override
        public EventBatch take(int maxEvents) {
            throw new AssertionError("taken already");
        }

        @Override
        public void attach(String owner, byte[] state) {}

        @Override
        public void commit() throws InterruptedException {
            if (name.equals("interrupted")) {
                throw new InterruptedException();
            }
            if (name.equals("broken")) {
                throw new ChannelException(name);
            }
            log.add("commit " + name);
        }

        @Override
        public void commitDurably() {
            throw new AssertionError("this sink does nothing that must not be done again");
        }

        @Override
        public void handOver(int firstEvent, int events, Transaction to) {
            throw new AssertionError("a flight arrives whole or not at all");
        }

        @Override
        public List<EventBatch> batches() {
            throw new AssertionError("a flight has its own");
        }

        @Override
        public void condense() {
            throw new AssertionError("a flight is whole batches");
        }

        @Override
        public void close() {
            log.add("close " + name);
        }
    }
}
