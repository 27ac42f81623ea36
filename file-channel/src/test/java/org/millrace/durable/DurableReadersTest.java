package org.millrace.durable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.millrace.durable.ChannelUnderTest.MANY;
import static org.millrace.durable.ChannelUnderTest.limits;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.millrace.api.ChannelException;
import org.millrace.api.ChannelReader;
import org.millrace.api.StartException;
import org.millrace.api.Transaction;
import org.millrace.codec.EventBatch;
import org.millrace.durable.format.EventRange;
import org.millrace.testkit.Batches;

/** The way out: positions and states over restarts, cache and disk, several readers, losses. */
class DurableReadersTest {
    private static final String ONLY = DurableChannel.ONLY_READER;

    private ChannelUnderTest test;

    @BeforeEach
    void start() throws StartException {
        test = new ChannelUnderTest();
    }

    @AfterEach
    void everythingIsGivenBack() {
        test.close();
        assertThat(test.log.openReaders()).as("open readers of the log").isZero();
    }

    @Test
    void aRestartGoesOnWhereTheLastCommitWas() throws Exception {
        submit(0, 5);
        submit(5, 5);
        assertThat(take(3)).containsExactly(0, 1, 2);
        test.restart();

        assertThat(test.attribute("ChannelSize")).isEqualTo(7L);
        assertThat(test.drain()).containsExactlyElementsOf(numbers(3, 10));
        test.restart();
        assertThat(test.drain()).isEmpty();
    }

    @Test
    void whatWasKeptBackFromACommitComesAgainAfterARestartAndTheRestDoesNot() throws Exception {
        submit(0, 10);
        submit(10, 10);
        try (Transaction kept = test.channel().begin();
                Transaction delivered = test.channel().begin()) {
            delivered.take(100);
            delivered.take(100);
            delivered.handOver(3, 2, kept);
            delivered.handOver(9, 4, kept);
            delivered.commit();
            test.restart();
        }

        assertThat(test.attribute("ChannelSize")).isEqualTo(6L);
        assertThat(test.drain()).containsExactly(3, 4, 9, 10, 11, 12);
        assertThat(test.log.state().watermark(ONLY)).isEqualTo(20);
    }

    @Test
    void aDurableCommitWaitsForItsPositionThoughOthersDoNot() throws Exception {
        submit(0, 2);
        take(1);
        assertThat(test.log.positionWaits()).isZero();
        try (Transaction transaction = test.channel().begin()) {
            transaction.take(1);
            transaction.commitDurably();
        }
        try (Transaction transaction = test.channel().begin()) {
            transaction.attach("k1", new byte[] {1});
            transaction.commitDurably();
        }

        assertThat(test.log.positionWaits()).isEqualTo(2);
    }

    @Test
    void aDurableCommitThatFailsIsARollback() throws Exception {
        submit(0, 2);
        try (Transaction transaction = test.channel().begin()) {
            transaction.take(1);
            transaction.attach("k1", new byte[] {1});
            test.log.refuse(new ChannelException("the disk is gone"));
            assertThatThrownBy(transaction::commitDurably).hasMessageContaining("the disk is gone");
            test.log.refuse(null);
        }

        assertThat(test.channel().attached("k1")).isNull();
        assertThat(test.drain()).containsExactly(0, 1);
    }

    @Test
    void whatWasCommittedOutOfOrderIsLeftOutAfterARestart() throws Exception {
        submit(0, 10);
        submit(10, 10);
        Transaction first = test.channel().begin();
        Transaction second = test.channel().begin();
        Transaction third = test.channel().begin();
        Transaction fourth = test.channel().begin();
        first.take(3);
        second.take(4);
        third.take(2);
        fourth.take(4); // the one that is left of the first batch
        fourth.take(4);
        second.commit();
        fourth.commit();
        List.of(first, second, third, fourth).forEach(Transaction::close);
        assertThat(test.log.above(ONLY)).containsExactly(new EventRange(3, 7), new EventRange(9, 14));
        test.restart();

        assertThat(test.attribute("ChannelSize")).isEqualTo(11L);
        assertThat(take(100)).containsExactly(0, 1, 2);
        assertThat(take(100)).containsExactly(7, 8);
        submit(20, 1);
        assertThat(test.drain()).containsExactlyElementsOf(numbers(14, 21));
        assertThat(test.attribute("ChannelSize")).isEqualTo(0L);
        assertThat(test.log.state().watermark(ONLY)).isEqualTo(21);
    }

    @Test
    void nothingIsThereToTakeWhenAllThatIsLeftWasCommittedBeforeTheRestart() throws Exception {
        submit(0, 2);
        submit(2, 2);
        try (Transaction older = test.channel().begin();
                Transaction newer = test.channel().begin()) {
            older.take(2);
            newer.take(2);
            newer.commit();
        }
        test.restart();

        assertThat(take(10)).containsExactly(0, 1);
        assertThat(test.channel().awaitEvents(Duration.ZERO)).isFalse();
        assertThat(test.drain()).isEmpty();
    }

    @Test
    void aPositionThatWasLostDeliversAgain() throws Exception {
        submit(0, 4);
        take(2);
        test.log.losePositions();
        take(2);
        test.restart();
        test.log.keepPositions();

        assertThat(test.drain()).containsExactly(2, 3);
    }

    @Test
    void whatAnOwnerAttachedIsAsOldAsThePosition() throws Exception {
        submit(0, 4);
        commitWith("k1", (byte) 1);
        test.log.losePositions();
        commitWith("k1", (byte) 2);
        assertThat(test.channel().attached("k1")).containsExactly(2);
        test.restart();
        test.log.keepPositions();

        assertThat(test.channel().attached("k1")).containsExactly(1);
        assertThat(take(1)).containsExactly(1);
    }

    @Test
    void aCommitWaitsForItsPositionWhereThatIsAskedFor() throws Exception {
        test.waitForPositions();
        submit(0, 2);
        take(1);
        assertThat(test.log.positionWaits()).isEqualTo(1);

        test.log.refuse(new ChannelException("the disk is gone"));
        try (Transaction transaction = test.channel().begin()) {
            transaction.take(1);
            assertThatThrownBy(transaction::commit).isInstanceOf(ChannelException.class);
        }
        test.log.refuse(null);
        assertThat(test.drain()).as("rolled back").containsExactly(1);
    }

    @Test
    void aReaderThatKeepsUpNeverReadsTheDisk() throws Exception {
        for (int i = 0; i < 50; i++) {
            submit(i * 10, 10);
            assertThat(take(4)).hasSize(4);
            assertThat(take(100)).hasSize(6);
        }

        assertThat(test.log.reads()).isZero();
        assertThat(test.gauge("cacheBytes")).isEqualTo(0L);
    }

    @Test
    void theCacheIsBoundedAndWhatIsNotInItComesFromTheDisk() throws Exception {
        EventBatch sample = test.numbered(10, 10);
        long cacheBytes = 3L * sample.memoryBytes();
        sample.release();
        test.limits(limits(1000, MANY, MANY, cacheBytes));
        for (int i = 0; i < 20; i++) {
            submit(10 + i * 10, 10);
            assertThat((long) test.gauge("cacheBytes")).isLessThanOrEqualTo(cacheBytes);
        }
        assertThat(take(100)).isEqualTo(numbers(10, 20));
        submit(210, 10); // cached again: a piece behind a hole
        assertThat(test.log.reads()).isZero();

        assertThat(test.drain()).containsExactlyElementsOf(numbers(20, 220));
        assertThat(test.log.reads()).isPositive();
        assertThat(test.gauge("cacheBytes")).isEqualTo(0L);
    }

    @Test
    void aDiskThatDoesNotAnswerIsAskedAgain() throws Exception {
        submit(0, 5);
        test.restart();
        test.log.failReads(new IOException("input/output error"));
        try (Transaction transaction = test.channel().begin()) {
            assertThatThrownBy(() -> transaction.take(10))
                    .isInstanceOf(ChannelException.class)
                    .hasMessageContaining("c1")
                    .hasRootCauseMessage("input/output error");
        }
        assertThat(test.attribute("EventTakeErrorCount")).isEqualTo(1L);

        test.log.failReads(null);
        assertThat(test.drain()).containsExactlyElementsOf(numbers(0, 5));
    }

    @Test
    void aChannelStartsWhileItsDiskDoesNotAnswerToReads() throws Exception {
        submit(0, 5);
        test.log.failReads(new IOException("input/output error"));
        test.restart();
        test.log.failReads(null);

        assertThat(test.attribute("ChannelSize")).isEqualTo(5L);
        assertThat(test.drain()).hasSize(5);
    }

    @Test
    void aReaderGoesOnBehindWhatIsLostAndItsRoomIsFree() throws Exception {
        submit(0, 30);
        submit(30, 30);
        submit(60, 30);
        test.restart();
        CompletableFuture<Void> waiting = submit(90, 20);
        assertThat(waiting).isNotDone();
        test.log.lose(30, 60);
        assertThat(take(100)).hasSize(30);

        assertThat(waiting).isCompleted();
        assertThat(test.drain()).containsExactlyElementsOf(numbers(60, 110));
        assertThat(test.counter("skippedEvents")).isEqualTo(30);
        assertThat(test.attribute("ChannelSize")).isEqualTo(0L);
        assertThat(test.gauge("encodedBytes")).isEqualTo(0L);
        test.restart();
        assertThat(test.log.state().watermark(ONLY)).isEqualTo(110);
    }

    @Test
    void whatWasCommittedBeforeTheRestartIsNoLossOfAGap() throws Exception {
        submit(0, 30);
        submit(30, 30);
        submit(60, 30);
        commitOnly(40, 50);
        test.restart();
        test.log.lose(30, 60);

        assertThat(take(100)).containsExactlyElementsOf(numbers(0, 30));
        assertThat(take(100)).containsExactlyElementsOf(numbers(60, 90));
        assertThat(test.counter("skippedEvents")).isEqualTo(20);
        assertThat(test.attribute("ChannelSize")).isEqualTo(0L);
        assertThat(test.log.state().watermark(ONLY)).isEqualTo(90);
    }

    @Test
    void aGapMayEndInTheMidstOfWhatWasCommittedBeforeTheRestart() throws Exception {
        submit(0, 30);
        submit(30, 30);
        submit(60, 30);
        commitOnly(50, 70);
        test.restart();
        test.log.lose(30, 60);
        assertThat(take(30)).containsExactlyElementsOf(numbers(0, 30));
        try (Transaction transaction = test.channel().begin()) {
            transaction.take(100);
            assertThat(test.attribute("ChannelSize")).as("not yet committed").isEqualTo(20L);
        }

        assertThat(test.drain()).containsExactlyElementsOf(numbers(70, 90));
        assertThat(test.counter("skippedEvents")).isEqualTo(20);
        assertThat(test.attribute("ChannelSize")).isEqualTo(0L);
    }

    @Test
    void whatIsLostOfPutsSinceTheStartLeavesNoBytesBehindWhenTheRestIsCommitted() throws Exception {
        test.limits(limits(100, MANY, MANY, 0));
        submit(0, 10);
        submit(1_000_000, 10);
        test.log.lose(0, 10);

        assertThat(take(4)).hasSize(4);
        assertThat((long) test.gauge("encodedBytes")).isPositive();
        assertThat(take(100)).hasSize(6);
        assertThat(test.attribute("ChannelSize")).isEqualTo(0L);
        assertThat(test.gauge("encodedBytes")).isEqualTo(0L);
        assertThat(test.gauge("bodyBytes")).isEqualTo(0L);
    }

    @Test
    void eachReaderSeesEveryEventAndTheLastOneFreesTheRoom() throws Exception {
        test.readers("a", "b");
        ChannelReader a = test.channel().reader("a");
        ChannelReader b = test.channel().reader("b");
        submit(0, 100);
        assertThat(test.drain(a, 30)).containsExactlyElementsOf(numbers(0, 100));
        CompletableFuture<Void> waiting = submit(100, 70);
        assertThat(waiting).as("b has not seen any").isNotDone();
        assertThat(test.gauge("reader.a.backlogEvents")).isEqualTo(0L);
        assertThat(test.gauge("reader.b.backlogEvents")).isEqualTo(100L);

        assertThat(test.take(b, 40)).hasSize(40);
        assertThat(waiting).isNotDone();
        assertThat(test.take(b, 30)).hasSize(30);
        assertThat(waiting).isCompleted();
        assertThat(test.drain(b, 7)).containsExactlyElementsOf(numbers(70, 170));
        assertThat(test.drain(a, 1000)).containsExactlyElementsOf(numbers(100, 170));
        assertThat(test.attribute("ChannelSize")).isEqualTo(0L);
        assertThat(test.gauge("encodedBytes")).isEqualTo(0L);
        assertThat(test.gauge("bodyBytes")).isEqualTo(0L);
        assertThat(test.gauge("cacheBytes")).isEqualTo(0L);
    }

    @Test
    void readersHavePositionsAndStatesOfTheirOwnOverARestart() throws Exception {
        test.readers("a", "b");
        submit(0, 10);
        test.take(test.channel().reader("a"), 6);
        try (Transaction transaction = test.channel().reader("b").begin()) {
            transaction.take(2);
            transaction.attach("k", new byte[] {7});
            transaction.commit();
        }
        test.readers("a", "b", "late");

        assertThat(test.attribute("ChannelSize")).isEqualTo(8L);
        assertThat(test.channel().reader("a").attached("k")).isNull();
        assertThat(test.channel().reader("b").attached("k")).containsExactly(7);
        assertThat(test.drain(test.channel().reader("a"), 100)).containsExactlyElementsOf(numbers(6, 10));
        assertThat(test.drain(test.channel().reader("b"), 100)).containsExactlyElementsOf(numbers(2, 10));
        assertThat(test.drain(test.channel().reader("late"), 100)).containsExactlyElementsOf(numbers(2, 10));
        assertThat(test.attribute("ChannelSize")).isEqualTo(0L);
    }

    @Test
    void partsThatReadersCutInDifferentPlacesAndCommitOutOfOrderFreeTheirRoomOnce() throws Exception {
        test.readers("a", "b");
        submit(0, 10);
        ChannelReader a = test.channel().reader("a");
        try (Transaction older = a.begin();
                Transaction newer = a.begin()) {
            older.take(3);
            newer.take(4);
            newer.commit();
            try (Transaction b = test.channel().reader("b").begin()) {
                b.take(5);
                b.commit(); // 3 and 4 are done by both
                assertThat(test.attribute("ChannelSize")).isEqualTo(8L);
                assertThat(test.gauge("bodyBytes")).isEqualTo(8L * "event 0".length());
            }
        }
        test.drain(a, 100);
        assertThat(test.attribute("ChannelSize")).isEqualTo(5L);
        test.drain(test.channel().reader("b"), 100);
        assertThat(test.attribute("ChannelSize")).isEqualTo(0L);
        assertThat(test.gauge("bodyBytes")).isEqualTo(0L);
    }

    @Test
    void aReaderThatIsFarBehindDoesNotKeepTheOneAheadFromTheCache() throws Exception {
        EventBatch sample = test.numbered(10, 10);
        test.limits(limits(1000, MANY, MANY, 2L * sample.memoryBytes()));
        sample.release();
        test.readers("ahead", "behind");
        for (int i = 0; i < 20; i++) {
            submit(10 + i * 10, 10);
            assertThat(test.take(test.channel().reader("ahead"), 10)).hasSize(10);
        }

        assertThat(test.log.reads()).isZero();
        assertThat(test.drain(test.channel().reader("behind"), 25)).containsExactlyElementsOf(numbers(10, 210));
    }

    @Test
    void aChannelWithReadersIsTakenFromThroughTheseAlone() throws Exception {
        test.readers("a", "b");
        try (Transaction transaction = test.channel().begin()) {
            transaction.put(test.numbered(0, 1));
            transaction.commit();
        }
        try (Transaction transaction = test.channel().begin()) {
            assertThatThrownBy(() -> transaction.take(1))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("readers");
        }
        assertThat(test.channel().readerNames()).containsExactly("a", "b");
        assertThat(test.channel().reader("a").name()).isEqualTo("c1/a");
        assertThatThrownBy(() -> test.channel().reader("c")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aChannelWithoutReadersHasNoneToName() {
        assertThat(test.channel().readerNames()).isEmpty();
        assertThatThrownBy(() -> test.channel().reader(ONLY)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aRollbackIsTakenBeforeAllElseInItsOldOrder() throws Exception {
        submit(0, 4);
        submit(4, 4);
        Transaction first = test.channel().begin();
        Transaction second = test.channel().begin();
        first.take(2);
        second.take(3);
        second.take(3);
        first.close(); // oldest first: the order does not depend on it
        second.close();

        assertThat(test.drain()).containsExactlyElementsOf(numbers(0, 8));
    }

    /** Takes all up to the end, and commits some of it: what stands before is rolled back. */
    private void commitOnly(int from, int to) throws InterruptedException {
        try (Transaction before = test.channel().begin();
                Transaction committed = test.channel().begin()) {
            takeUpTo(before, 0, from);
            takeUpTo(committed, from, to);
            committed.commit();
        }
    }

    private static void takeUpTo(Transaction transaction, int from, int to) throws InterruptedException {
        for (int taken = from; taken < to; ) {
            taken += Objects.requireNonNull(transaction.take(to - taken)).events();
        }
    }

    private CompletableFuture<Void> submit(int first, int events) {
        return test.channel().submit(test.numbered(first, events));
    }

    private List<Integer> take(int maxEvents) throws InterruptedException {
        return test.take(test.channel(), maxEvents);
    }

    private void commitWith(String owner, byte state) throws InterruptedException {
        try (Transaction transaction = test.channel().begin()) {
            Batches.numbers(Objects.requireNonNull(transaction.take(1)));
            transaction.attach(owner, new byte[] {state});
            transaction.commit();
        }
    }

    private static List<Integer> numbers(int from, int to) {
        return IntStream.range(from, to).boxed().toList();
    }
}
