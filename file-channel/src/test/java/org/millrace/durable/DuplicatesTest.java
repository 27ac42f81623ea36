package org.millrace.durable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.millrace.api.ChannelException;
import org.millrace.api.ChannelFullException;
import org.millrace.api.StartException;
import org.millrace.api.support.Put;
import org.millrace.codec.EventBatch;
import org.millrace.codec.Origin;
import org.millrace.durable.format.SeenEvents;

/** Events that their sender has numbered, and sends again. Their own numbers and the sender's are the same here. */
class DuplicatesTest {
    private static final UUID SENDER = new UUID(5, 6);

    private final ChannelUnderTest test;

    DuplicatesTest() throws StartException {
        test = new ChannelUnderTest();
    }

    @AfterEach
    void close() {
        test.close();
    }

    @Test
    void whatIsSentAgainIsAnsweredAndNotStored() throws Exception {
        assertThat(submit(0, 10)).isCompleted();
        assertThat(submit(0, 10)).isCompleted();
        assertThat(test.counter("duplicateEvents")).isEqualTo(10);
        assertThat(test.gauge("knownSenders")).isEqualTo(1L);
        assertThat(test.drain()).isEqualTo(numbers(0, 10));
        assertThat(submit(3, 4))
                .as("also when it has been delivered, and is cut otherwise")
                .isCompleted();
        assertThat(test.drain()).isEmpty();
    }

    @Test
    void ofABatchOnlyWhatIsNewIsStored() throws Exception {
        submit(0, 10);
        submit(20, 10);
        assertThat(submit(5, 30)).isCompleted();
        assertThat(test.drain()).hasSize(35).containsExactlyInAnyOrderElementsOf(numbers(0, 35));
        assertThat(test.counter("duplicateEvents")).isEqualTo(15);
    }

    @Test
    void aDuplicateOfWhatIsOnItsWayWaitsForTheSameOutcome() throws Exception {
        test.log.hold();
        CompletableFuture<Void> first = submit(0, 10);
        CompletableFuture<Void> again = submit(0, 10);
        CompletableFuture<Void> more = submit(5, 10);
        assertThat(List.of(first, again, more)).noneMatch(CompletableFuture::isDone);
        test.log.letGo();
        assertThat(List.of(first, again, more))
                .allSatisfy(each -> assertThat(each).isCompleted());
        assertThat(test.drain()).isEqualTo(numbers(0, 15));
    }

    @Test
    void whatFailsFailsItsDuplicatesTooAndIsStoredWhenItComesAgain() throws Exception {
        test.log.hold();
        CompletableFuture<Void> first = submit(0, 10);
        CompletableFuture<Void> again = submit(0, 10);
        ChannelException why = new ChannelException("the disk");
        test.log.failAll(why);
        assertThat(List.of(first, again)).allSatisfy(each -> assertThat(each).isCompletedExceptionally());
        assertThat(failureOf(again)).isSameAs(why);
        assertThat(submit(0, 10)).isCompleted();
        assertThat(test.drain()).isEqualTo(numbers(0, 10));
    }

    @Test
    void whatFindsNoRoomFailsWithItsDuplicatesAndIsStoredWhenItComesAgain() throws Exception {
        test.channel().submit(test.numbered(1000, 95)).join();
        CompletableFuture<Void> first = submit(0, 10);
        CompletableFuture<Void> again = submit(0, 10);
        assertThat(again).isNotDone();
        test.timer.advance(ChannelUnderTest.KEEP_ALIVE);
        assertThat(failureOf(first)).isInstanceOf(ChannelFullException.class);
        assertThat(failureOf(again)).isInstanceOf(ChannelFullException.class);
        assertThat(test.drain()).hasSize(95);
        assertThat(submit(0, 10)).isCompleted();
        assertThat(test.drain()).isEqualTo(numbers(0, 10));
    }

    @Test
    void whatNeverFitsFailsWithNothingLeftBehind() throws Exception {
        assertThat(submit(0, 101)).isCompletedExceptionally();
        assertThat(submit(0, 10)).isCompleted();
        assertThat(test.drain()).isEqualTo(numbers(0, 10));
    }

    @Test
    void anotherSendersNumbersAndEventsWithoutNumbersAreNew() throws Exception {
        submit(0, 2);
        submit(0, 2, new UUID(5, 7));
        test.channel().submit(test.numbered(0, 2)).join();
        assertThat(test.drain()).containsExactly(0, 1, 0, 1, 0, 1);
    }

    @Test
    void numbersBeyondTheHighestAreRefusedWithNothingLeftBehind() throws Exception {
        Origin nearTheEnd = new Origin(SENDER, (1L << 62) - 5);
        assertThat(failureOf(test.channel().submitUnflushed(test.numbered(0, 10), nearTheEnd)))
                .isInstanceOf(ChannelException.class)
                .hasMessageContaining("channel c1: 10 events")
                .hasMessageContaining("expected: none beyond 4611686018427387904");
        assertThat(test.channel().submitUnflushed(test.numbered(0, 5), nearTheEnd))
                .as("waits for nothing that is on its way for ever")
                .isCompleted();
        assertThat(test.drain()).isEqualTo(numbers(0, 5));
    }

    @Test
    void aPlanThatCannotBeMadeTakesNothing() {
        Duplicates duplicates = new Duplicates(test.clock, new SeenEvents());
        Origin nearTheEnd = new Origin(SENDER, (1L << 62) - 5);
        EventBatch batch = test.numbered(0, 10);
        assertThatThrownBy(() -> duplicates.plan(batch, nearTheEnd)).isInstanceOf(IllegalArgumentException.class);
        Duplicates.Plan plan = duplicates.plan(test.numbered(0, 5), nearTheEnd);
        assertThat(plan.awaited()).isEmpty();
        plan.fresh().forEach(Put::release);
    }

    private CompletableFuture<Void> submit(int first, int events) {
        return submit(first, events, SENDER);
    }

    private CompletableFuture<Void> submit(int first, int events, UUID sender) {
        CompletableFuture<Void> stored =
                test.channel().submitUnflushed(test.numbered(first, events), new Origin(sender, first));
        test.channel().flush();
        return stored;
    }

    private static Throwable failureOf(CompletableFuture<Void> put) {
        assertThat(put).isCompletedExceptionally();
        return put.handle((stored, failure) -> failure).join();
    }

    private static List<Integer> numbers(int from, int to) {
        return IntStream.range(from, to).boxed().toList();
    }
}
