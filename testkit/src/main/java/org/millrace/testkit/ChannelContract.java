package org.millrace.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.millrace.api.Channel;
import org.millrace.api.ChannelException;
import org.millrace.api.ChannelFullException;
import org.millrace.api.StartException;
import org.millrace.api.Transaction;
import org.millrace.codec.EventBatch;

/**
 * What every channel does. A channel's own test extends this and says how to make one.
 *
 * <p>Time is real here, since it is a channel's own affair how it waits; no test asserts how long something took.
 */
@SuppressWarnings("try") // a transaction is often opened only to be closed
public abstract class ChannelContract {
    private static final Duration LONG = Duration.ofSeconds(60);

    private final ReleaseCheck releases = new ReleaseCheck();
    private @Nullable Channel channel;

    /** A channel that is not started yet. */
    protected abstract Channel create(int capacity, int transactionCapacity, Duration keepAlive);

    /** False where what {@link #create} makes has nothing to do with what it made before, though it owns a place to keep events. */
    protected boolean isCreatedInTheSamePlace() {
        return true;
    }

    @AfterEach
    void closedChannelHasGivenEverythingBack() {
        if (channel != null) {
            channel.close();
            channel.close();
        }
        releases.assertAllReleased();
    }

    @Test
    void eventsComeOutInTheOrderTheyWentIn() throws Exception {
        Channel channel = started(100, 100, LONG);
        submit(channel, numbered(0, 3));
        submit(channel, numbered(3, 1));
        submit(channel, numbered(4, 5));

        assertThat(drain(channel)).containsExactlyElementsOf(range(0, 9));
    }

    @Test
    void whatIsSubmittedWithMoreToComeIsInOnceItIsFlushed() throws Exception {
        Channel channel = started(100, 100, LONG);
        CompletableFuture<Void> first = channel.submitUnflushed(numbered(0, 3));
        CompletableFuture<Void> second = channel.submitUnflushed(numbered(3, 2));
        channel.flush();
        first.get();
        second.get();

        assertThat(drain(channel)).containsExactlyElementsOf(range(0, 5));
    }

    @Test
    void whatWaitsForRoomAndIsFlushedMeanwhileComesInWithoutAnotherFlush() throws Exception {
        Channel channel = started(10, 10, LONG);
        submit(channel, numbered(0, 10));
        CompletableFuture<Void> waiting = channel.submitUnflushed(numbered(10, 2));
        channel.flush();
        assertThat(drain(channel)).containsExactlyElementsOf(range(0, 10));
        waiting.get();

        assertThat(drain(channel)).containsExactly(10, 11);
    }

    @Test
    void anEmptyChannelGivesNothing() throws Exception {
        Channel channel = started(100, 100, LONG);

        assertThat(drain(channel)).isEmpty();
        assertThat(channel.awaitEvents(Duration.ZERO)).isFalse();
    }

    @Test
    void aBatchOfNothingIsAcceptedAndNeverTaken() throws Exception {
        Channel channel = started(100, 100, LONG);
        submit(channel, numbered(0, 0));
        assertThat(channel.awaitEvents(Duration.ZERO)).isFalse();
        submit(channel, numbered(0, 1));

        assertThat(drain(channel)).containsExactly(0);
    }

    @Test
    void aTakeIsCutWhereTheBatchOrTheLimitEnds() throws Exception {
        Channel channel = started(100, 100, LONG);
        submit(channel, numbered(0, 5));
        submit(channel, numbered(5, 2));

        try (Transaction transaction = channel.begin()) {
            assertThat(takeUpTo(transaction, 2)).containsExactly(0, 1);
            assertThat(takeUpTo(transaction, 10)).containsSubsequence(2, 3, 4);
            List<Integer> rest = takeAll(transaction);
            assertThat(rest).doesNotContain(0, 1, 2, 3, 4);
            transaction.commit();
        }
        assertThat(drain(channel)).isEmpty();
    }

    @Test
    void whatIsTakenIsOutForOthersAndBackAfterARollback() throws Exception {
        Channel channel = started(100, 100, LONG);
        submit(channel, numbered(0, 4));
        try (Transaction transaction = channel.begin()) {
            assertThat(takeAll(transaction)).containsExactlyElementsOf(range(0, 4));
            assertThat(drain(channel)).isEmpty();
        }

        assertThat(drain(channel)).containsExactlyElementsOf(range(0, 4));
    }

    @Test
    void aRollbackPutsPartsOfABatchBackInOrder() throws Exception {
        Channel channel = started(100, 100, LONG);
        submit(channel, numbered(0, 6));
        submit(channel, numbered(6, 2));
        try (Transaction transaction = channel.begin()) {
            takeUpTo(transaction, 1);
            takeUpTo(transaction, 3);
            takeUpTo(transaction, 100);
        }

        assertThat(drain(channel)).containsExactlyElementsOf(range(0, 8));
    }

    @Test
    void severalOpenTransactionsClosedNewestFirstRestoreTheOrder() throws Exception {
        Channel channel = started(100, 100, LONG);
        submit(channel, numbered(0, 3));
        submit(channel, numbered(3, 3));
        submit(channel, numbered(6, 3));
        Transaction first = channel.begin();
        Transaction second = channel.begin();
        Transaction third = channel.begin();
        takeUpTo(first, 3);
        takeUpTo(second, 3);
        takeUpTo(third, 3);
        third.close();
        second.close();
        first.close();

        assertThat(drain(channel)).containsExactlyElementsOf(range(0, 9));
    }

    @Test
    void aCommittedTransactionStaysOutWhileAnOlderOneRollsBack() throws Exception {
        Channel channel = started(100, 100, LONG);
        submit(channel, numbered(0, 2));
        submit(channel, numbered(2, 2));
        try (Transaction older = channel.begin();
                Transaction newer = channel.begin()) {
            takeUpTo(older, 2);
            takeUpTo(newer, 2);
            newer.commit();
        }

        assertThat(drain(channel)).containsExactly(0, 1);
    }

    @Test
    void aLentBatchMayBeReadAfterTheCommitUntilTheTransactionIsClosed() throws Exception {
        Channel channel = started(100, 100, LONG);
        submit(channel, numbered(0, 3));
        try (Transaction transaction = channel.begin()) {
            EventBatch batch = Objects.requireNonNull(transaction.take(100));
            transaction.commit();
            assertThat(Batches.numbers(batch)).containsExactly(0, 1, 2);
        }
    }

    @Test
    void whatAnOwnerAttachesIsKeptWithTheCommitAndReplacesWhatItAttachedBefore() throws Exception {
        Channel channel = started(100, 100, LONG);
        submit(channel, numbered(0, 2));
        assertThat(channel.attached("k1")).as("before any commit").isNull();
        for (byte state = 1; state <= 2; state++) {
            try (Transaction transaction = channel.begin()) {
                takeUpTo(transaction, 1);
                transaction.attach("k1", new byte[] {state});
                transaction.commit();
            }
            assertThat(channel.attached("k1")).containsExactly(state);
        }
        assertThat(channel.attached("k2")).as("another owner's").isNull();
    }

    @Test
    void whatIsAttachedIsLostWithTheRollback() throws Exception {
        Channel channel = started(100, 100, LONG);
        submit(channel, numbered(0, 1));
        attachAndCommit(channel, "k1", 1);
        try (Transaction transaction = channel.begin()) {
            takeUpTo(transaction, 1);
            transaction.attach("k1", new byte[] {2});
            transaction.attach("k2", new byte[] {3});
        }

        assertThat(channel.attached("k1")).containsExactly(1);
        assertThat(channel.attached("k2")).isNull();
    }

    @Test
    void anOwnerMayAttachWithoutTakingAndToTheEventsOfAnother() throws Exception {
        Channel channel = started(100, 100, LONG);
        attachAndCommit(channel, "k1", 1);
        try (Transaction transaction = channel.begin()) {
            transaction.attach("k1", new byte[] {2});
            transaction.attach("k2", new byte[] {3});
            transaction.attach("k2", new byte[] {4});
            transaction.commit();
        }

        assertThat(channel.attached("k1")).containsExactly(2);
        assertThat(channel.attached("k2")).as("the last of a transaction").containsExactly(4);
    }

    @Test
    void whatIsAttachedIsACopyOnTheWayInAndOut() throws Exception {
        Channel channel = started(100, 100, LONG);
        byte[] lent = {1};
        try (Transaction transaction = channel.begin()) {
            transaction.attach("k1", lent);
            lent[0] = 9;
            transaction.commit();
        }
        byte[] given = Objects.requireNonNull(channel.attached("k1"));
        given[0] = 8;

        assertThat(channel.attached("k1")).containsExactly(1);
    }

    @Test
    void moreThanTheMostThatMayBeAttachedIsRefused() {
        Channel channel = started(100, 100, LONG);
        try (Transaction transaction = channel.begin()) {
            assertThatThrownBy(() -> transaction.attach("k1", new byte[Transaction.MAX_ATTACHED_BYTES + 1]))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("k1");
        }
    }

    @Test
    void aDurableCommitIsACommit() throws Exception {
        Channel channel = started(100, 100, LONG);
        try (Transaction transaction = channel.begin()) {
            transaction.put(numbered(0, 4));
            transaction.commitDurably();
        }
        try (Transaction transaction = channel.begin()) {
            assertThat(takeUpTo(transaction, 3)).containsExactly(0, 1, 2);
            transaction.attach("k1", new byte[] {1});
            transaction.commitDurably();
            assertThatThrownBy(transaction::commitDurably).isInstanceOf(IllegalStateException.class);
        }
        assertThat(channel.attached("k1")).containsExactly(1);
        assertThat(drain(channel)).containsExactly(3);
    }

    @Test
    void anOwnerMayAttachDurablyWithoutTaking() throws Exception {
        Channel channel = started(100, 100, LONG);
        submit(channel, numbered(0, 1));
        try (Transaction transaction = channel.begin()) {
            transaction.attach("k1", new byte[] {2});
            transaction.commitDurably();
        }

        assertThat(channel.attached("k1")).containsExactly(2);
        assertThat(drain(channel)).containsExactly(0);
    }

    @Test
    void whatIsHandedOverIsTheOthersToCommit() throws Exception {
        Channel channel = started(100, 100, LONG);
        submit(channel, numbered(0, 6));
        submit(channel, numbered(6, 4));
        try (Transaction delivered = channel.begin();
                Transaction kept = channel.begin()) {
            takeAll(delivered);
            delivered.handOver(1, 2, kept);
            delivered.handOver(5, 3, kept); // over the end of a batch
            delivered.handOver(9, 1, kept);
            delivered.commit();
            assertThat(drain(channel)).as("while one part is open").isEmpty();
            kept.commit();
        }

        assertThat(drain(channel)).isEmpty();
    }

    @Test
    void whatIsHandedOverComesBackWithTheOtherAlone() throws Exception {
        Channel channel = started(100, 100, LONG);
        submit(channel, numbered(0, 6));
        submit(channel, numbered(6, 4));
        try (Transaction kept = channel.begin()) {
            try (Transaction delivered = channel.begin()) {
                takeAll(delivered);
                delivered.handOver(5, 3, kept);
                delivered.handOver(1, 2, kept);
                delivered.commit();
            }
            assertThat(drain(channel)).isEmpty();
        }

        assertThat(drain(channel)).containsExactly(1, 2, 5, 6, 7);
    }

    @Test
    void thePartsMayEndInAnyOrderAndComeBackInThatOfTheChannel() throws Exception {
        Channel channel = started(100, 100, LONG);
        submit(channel, numbered(0, 6));
        submit(channel, numbered(6, 3));
        Transaction first = channel.begin();
        Transaction second = channel.begin();
        Transaction third = channel.begin();
        takeUpTo(first, 6);
        first.handOver(0, 2, second);
        first.handOver(4, 1, third);
        takeUpTo(second, 2);
        second.handOver(3, 1, third); // a taken one, the second of two
        third.commit();
        second.close();
        first.close();
        third.close();

        assertThat(drain(channel)).containsExactly(0, 1, 2, 3, 5, 6, 8);
    }

    @Test
    void transactionsClosedOldestFirstRestoreTheOrderToo() throws Exception {
        Channel channel = started(100, 100, LONG);
        submit(channel, numbered(0, 3));
        submit(channel, numbered(3, 3));
        Transaction first = channel.begin();
        Transaction second = channel.begin();
        takeUpTo(first, 2);
        takeUpTo(second, 1);
        takeUpTo(second, 3);
        first.close();
        second.close();

        assertThat(drain(channel)).containsExactlyElementsOf(range(0, 6));
    }

    @Test
    void whatIsAttachedStaysWhereItWasAttached() throws Exception {
        Channel channel = started(100, 100, LONG);
        submit(channel, numbered(0, 2));
        try (Transaction kept = channel.begin();
                Transaction delivered = channel.begin()) {
            takeAll(delivered);
            delivered.attach("k1", new byte[] {1});
            delivered.handOver(1, 1, kept);
            delivered.commit();
            assertThat(channel.attached("k1")).containsExactly(1);
        }

        assertThat(channel.attached("k1")).containsExactly(1);
        assertThat(drain(channel)).containsExactly(1);
    }

    @Test
    void aLentBatchMayBeReadUntilTheLastPartIsClosed() throws Exception {
        Channel channel = started(100, 100, LONG);
        submit(channel, numbered(0, 5));
        try (Transaction kept = channel.begin()) {
            EventBatch lent;
            try (Transaction delivered = channel.begin()) {
                lent = Objects.requireNonNull(delivered.take(5));
                delivered.handOver(3, 2, kept);
                delivered.commit();
            }
            assertThat(Batches.numbers(lent)).containsExactlyElementsOf(range(0, 5));
        }
        assertThat(drain(channel)).containsExactly(3, 4);
    }

    @Test
    void whatIsKeptHoldOfMayBeCondensedAndReadAndRolledBack() throws Exception {
        Channel channel = started(100, 100, LONG);
        submit(channel, numbered(0, 50));
        submit(channel, numbered(50, 50));
        try (Transaction kept = channel.begin()) {
            try (Transaction delivered = channel.begin()) {
                takeAll(delivered);
                delivered.handOver(7, 1, kept);
                delivered.handOver(49, 2, kept);
                delivered.commit();
            }
            kept.condense();
            assertThat(kept.batches().stream().flatMap(batch -> Batches.numbers(batch).stream()))
                    .containsExactly(7, 49, 50);
            kept.condense();
        }
        assertThat(drain(channel)).containsExactly(7, 49, 50);
    }

    @Test
    void whatIsHandedOverTakesUpRoomUntilItIsCommitted() throws Exception {
        Channel channel = started(10, 10, Duration.ZERO);
        submit(channel, numbered(0, 10));
        try (Transaction kept = channel.begin()) {
            try (Transaction delivered = channel.begin()) {
                takeAll(delivered);
                delivered.handOver(2, 3, kept);
                delivered.commit();
            }
            assertThat(refusal(channel.submit(numbered(10, 8)))).isInstanceOf(ChannelFullException.class);
            submit(channel, numbered(10, 7));
            kept.commit();
        }

        submit(channel, numbered(17, 3));
        assertThat(drain(channel)).containsExactlyElementsOf(range(10, 20));
    }

    @Test
    void onlyEventsThatAreThereAreHandedOverAndOnlyToAnotherOpenTransactionOfTheReader() throws Exception {
        Channel channel = started(100, 100, LONG);
        submit(channel, numbered(0, 5));
        Transaction ended = channel.begin();
        ended.close();
        try (Transaction putting = channel.begin();
                Transaction kept = channel.begin();
                Transaction transaction = channel.begin()) {
            takeAll(transaction);
            transaction.handOver(2, 1, kept);
            for (int[] wrong :
                    new int[][] {{2, 1}, {1, 2}, {0, 5}, {4, 2}, {5, 1}, {-1, 1}, {0, 0}, {3, Integer.MAX_VALUE}}) {
                assertThatThrownBy(() -> transaction.handOver(wrong[0], wrong[1], kept))
                        .as("%d events from %d on", wrong[1], wrong[0])
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("out of 5");
            }
            assertThatThrownBy(() -> transaction.handOver(0, 1, transaction))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> transaction.handOver(0, 1, ended)).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> ended.handOver(0, 1, kept)).isInstanceOf(IllegalStateException.class);
            putting.put(numbered(5, 1));
            assertThatThrownBy(() -> transaction.handOver(0, 1, putting)).isInstanceOf(IllegalStateException.class);
        }

        assertThat(drain(channel)).as("refused, nothing has moved").containsExactlyElementsOf(range(0, 5));
    }

    @Test
    void partsThatAreOpenWhenTheChannelIsClosedGiveEverythingBack() throws Exception {
        Channel channel = started(100, 100, LONG);
        submit(channel, numbered(0, 5));
        Transaction kept = channel.begin();
        Transaction delivered = channel.begin();
        takeAll(delivered);
        delivered.handOver(1, 3, kept);
        channel.close();

        delivered.close();
        kept.close(); // and nothing is left over: looked into after the test
    }

    @Test
    void aPutTransactionIsSeenOnlyOnceItIsCommitted() throws Exception {
        Channel channel = started(100, 100, LONG);
        try (Transaction transaction = channel.begin()) {
            transaction.put(numbered(0, 2));
            transaction.put(numbered(2, 2));
            assertThat(drain(channel)).isEmpty();
            transaction.commit();
        }

        assertThat(drain(channel)).containsExactlyElementsOf(range(0, 4));
    }

    @Test
    void aPutTransactionLeftWithoutACommitPutsNothing() throws Exception {
        Channel channel = started(100, 100, LONG);
        try (Transaction transaction = channel.begin()) {
            transaction.put(numbered(0, 2));
        }

        assertThat(drain(channel)).isEmpty();
    }

    @Test
    void aTransactionHoldsNoMoreThanTheTransactionCapacity() {
        Channel channel = started(100, 10, LONG);
        try (Transaction transaction = channel.begin()) {
            transaction.put(numbered(0, 6));
            EventBatch tooMany = numbered(6, 5);
            assertThatThrownBy(() -> transaction.put(tooMany))
                    .isInstanceOf(ChannelException.class)
                    .hasMessageContaining(channel.name())
                    .hasMessageContaining("transactionCapacity")
                    .hasMessageContaining("10");
        }
    }

    @Test
    void aBatchLargerThanTheTransactionCapacityIsRefusedAtOnce() {
        Channel channel = started(100, 10, LONG);

        assertThat(refusal(channel.submit(numbered(0, 11))))
                .isInstanceOf(ChannelException.class)
                .hasMessageContaining(channel.name())
                .hasMessageContaining("11")
                .hasMessageContaining("transactionCapacity");
    }

    @Test
    void aFullChannelWithoutKeepAliveRefusesAtOnceAndTakesNothingOfTheBatch() throws Exception {
        Channel channel = started(10, 10, Duration.ZERO);
        submit(channel, numbered(0, 8));

        assertThat(refusal(channel.submit(numbered(8, 3))))
                .isInstanceOf(ChannelFullException.class)
                .hasMessageContaining(channel.name())
                .hasMessageContaining("capacity");
        submit(channel, numbered(8, 2));
        assertThat(drain(channel)).containsExactlyElementsOf(range(0, 10));
    }

    @Test
    void aPutThatFindsNoRoomIsRefusedOnceItsKeepAliveIsOver() {
        Channel channel = started(10, 10, Duration.ofMillis(50));
        submit(channel, numbered(0, 10));
        CompletableFuture<Void> submitted = channel.submit(numbered(10, 1));

        assertThat(refusal(submitted)).isInstanceOf(ChannelFullException.class);
        try (Transaction transaction = channel.begin()) {
            transaction.put(numbered(10, 1));
            assertThatThrownBy(transaction::commit).isInstanceOf(ChannelFullException.class);
        }
    }

    @Test
    void putsThatFindNoRoomWaitInOrderUntilATakeIsCommitted() throws Exception {
        Channel channel = started(10, 10, LONG);
        submit(channel, numbered(0, 10));
        CompletableFuture<Void> first = channel.submit(numbered(10, 6));
        CompletableFuture<Void> second = channel.submit(numbered(16, 2));
        try (Transaction transaction = channel.begin()) {
            assertThat(takeAll(transaction)).hasSize(10);
            assertThat(first).as("room before the commit").isNotDone();
            assertThat(second).isNotDone();
            transaction.commit();
        }

        await().untilAsserted(() -> {
            assertThat(first).isCompleted();
            assertThat(second).isCompleted();
        });
        assertThat(drain(channel)).containsExactlyElementsOf(range(10, 18));
    }

    @Test
    void aSmallBatchDoesNotOvertakeALargeOneThatWaits() throws Exception {
        Channel channel = started(10, 10, LONG);
        submit(channel, numbered(0, 8));
        CompletableFuture<Void> large = channel.submit(numbered(8, 9));
        CompletableFuture<Void> small = channel.submit(numbered(17, 1));
        assertThat(small).as("fits, but is behind").isNotDone();

        assertThat(drain(channel)).containsExactlyElementsOf(range(0, 8));
        await().until(() -> large.isDone() && small.isDone());
        assertThat(drain(channel)).containsExactlyElementsOf(range(8, 18));
    }

    @Test
    void aCommitWaitsForRoom() throws Exception {
        Channel channel = started(10, 10, LONG);
        submit(channel, numbered(0, 10));
        CompletableFuture<Void> committed = CompletableFuture.runAsync(() -> {
            try (Transaction transaction = channel.begin()) {
                transaction.put(numbered(10, 4));
                transaction.commit();
            } catch (InterruptedException e) {
                throw new CompletionException(e);
            }
        });
        assertThat(drain(channel)).containsSubsequence(range(0, 10));

        committed.get(LONG.toSeconds(), TimeUnit.SECONDS);
    }

    @Test
    void aFullChannelSaysSoAndTellsWhenThereIsRoomAgain() throws Exception {
        Channel channel = started(10, 10, LONG);
        assertThat(channel.hasRoom()).isTrue();
        AtomicInteger told = new AtomicInteger();
        channel.onRoom(told::incrementAndGet);
        assertThat(told).as("at once while there is room").hasValue(1);

        submit(channel, numbered(0, 10));
        assertThat(channel.hasRoom()).isFalse();
        channel.onRoom(told::incrementAndGet);
        assertThat(told).as("not while it is full").hasValue(1);

        drain(channel);
        await().untilAsserted(() -> assertThat(told).hasValue(2));
        assertThat(channel.hasRoom()).isTrue();
        submit(channel, numbered(10, 10));
        drain(channel);
        assertThat(told).as("once for each call").hasValue(2);
    }

    @Test
    void aPutWakesWhoeverWaitsForEvents() throws Exception {
        Channel channel = started(10, 10, LONG);
        CompletableFuture<Boolean> woken = awaitEvents(channel);
        submit(channel, numbered(0, 1));

        assertThat(woken.get(LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void aRollbackWakesWhoeverWaitsForEvents() throws Exception {
        Channel channel = started(10, 10, LONG);
        submit(channel, numbered(0, 1));
        Transaction transaction = channel.begin();
        takeUpTo(transaction, 1);
        CompletableFuture<Boolean> woken = awaitEvents(channel);
        transaction.close();

        assertThat(woken.get(LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void tellsHowManyEventsWouldBeLostIfItWereClosedAndTheOthersAreThereAgain() throws Exception {
        assumeTrue(isCreatedInTheSamePlace());
        Channel channel = started(100, 100, LONG);
        assertThat(channel.eventsInMemory()).isZero();
        submit(channel, numbered(0, 6));
        try (Transaction delivered = channel.begin()) {
            takeUpTo(delivered, 2);
            delivered.commitDurably();
        }
        long lost;
        try (Transaction open = channel.begin()) {
            takeUpTo(open, 1);
            lost = channel.eventsInMemory();
        }
        assertThat(lost).as("also what is taken and not committed").isEqualTo(channel.eventsInMemory());
        channel.close();

        assertThat(drain(started(100, 100, LONG))).hasSize((int) (4 - lost));
    }

    @Test
    void oneThatOwnsDirectoriesHasThemForItselfUntilItIsClosed() throws Exception {
        assumeTrue(isCreatedInTheSamePlace());
        Channel first = started(100, 100, LONG);
        Channel second = create(100, 100, LONG);
        try {
            if (first.ownsDirectories()) {
                assertThatThrownBy(second::start).isInstanceOf(StartException.class);
            } else {
                second.start();
            }
        } finally {
            second.close();
        }
        first.close();

        assertThat(drain(started(100, 100, LONG))).isEmpty();
    }

    @Test
    void aDurableOneHasNothingInMemoryAndOwnsWhereItKeepsItsEvents() {
        Channel channel = started(100, 100, LONG);
        assumeTrue(channel.isDurable());
        submit(channel, numbered(0, 6));

        assertThat(channel.eventsInMemory()).isZero();
        assertThat(channel.ownsDirectories()).isTrue();
    }

    @Test
    void manyPuttersAndTakersLoseNothingAndInventNothing() throws Exception {
        int putters = 3;
        int takers = 3;
        int batchesEach = 150;
        Channel channel = started(200, 50, LONG);
        ConcurrentLinkedQueue<Integer> seen = new ConcurrentLinkedQueue<>();
        AtomicInteger next = new AtomicInteger();
        List<CompletableFuture<Void>> workers = new ArrayList<>();
        for (int p = 0; p < putters; p++) {
            workers.add(onThread(() -> {
                Semaphore inFlight = new Semaphore(8);
                List<CompletableFuture<Void>> submitted = new ArrayList<>();
                for (int i = 0; i < batchesEach; i++) {
                    int events = 1 + i % 50;
                    inFlight.acquire();
                    submitted.add(channel.submit(numbered(next.getAndAdd(events), events))
                            .whenComplete((done, failure) -> inFlight.release()));
                }
                submitted.forEach(CompletableFuture::join);
            }));
        }
        int total =
                putters * IntStream.range(0, batchesEach).map(i -> 1 + i % 50).sum();
        AtomicInteger taken = new AtomicInteger();
        for (int t = 0; t < takers; t++) {
            workers.add(onThread(() -> {
                for (int turn = 0; taken.get() < total; turn++) {
                    channel.awaitEvents(Duration.ofMillis(10));
                    try (Transaction transaction = channel.begin()) {
                        List<Integer> numbers = takeUpTo(transaction, 1 + turn % 70);
                        if (turn % 5 != 0) { // else: roll back
                            transaction.commit();
                            seen.addAll(numbers);
                            taken.addAndGet(numbers.size());
                        }
                    }
                }
            }));
        }
        CompletableFuture.allOf(workers.toArray(CompletableFuture[]::new)).get(60, TimeUnit.SECONDS);

        assertThat(seen).containsExactlyInAnyOrderElementsOf(range(0, total));
        assertThat(drain(channel)).isEmpty();
    }

    /** The started channel; closed, and looked into for leaks, after the test. */
    protected final Channel started(int capacity, int transactionCapacity, Duration keepAlive) {
        Channel created = create(capacity, transactionCapacity, keepAlive);
        try {
            created.start();
        } catch (StartException e) {
            throw new AssertionError(e);
        }
        channel = created;
        return created;
    }

    /** Numbered events that have to be released in the end. */
    protected final EventBatch numbered(int first, int events) {
        return releases.watch(Batches.numbered(first, events));
    }

    private static void submit(Channel channel, EventBatch batch) {
        channel.submit(batch).orTimeout(LONG.toSeconds(), TimeUnit.SECONDS).join();
    }

    private static Throwable refusal(CompletableFuture<Void> submitted) {
        return submitted
                .handle((done, failure) -> failure)
                .orTimeout(LONG.toSeconds(), TimeUnit.SECONDS)
                .join();
    }

    private static CompletableFuture<Boolean> awaitEvents(Channel channel) {
        Semaphore begun = new Semaphore(0);
        CompletableFuture<Boolean> woken = CompletableFuture.supplyAsync(() -> {
            begun.release();
            try {
                return channel.awaitEvents(LONG);
            } catch (InterruptedException e) {
                throw new CompletionException(e);
            }
        });
        begun.acquireUninterruptibly();
        return woken;
    }

    private static void attachAndCommit(Channel channel, String owner, int state) throws InterruptedException {
        try (Transaction transaction = channel.begin()) {
            transaction.attach(owner, new byte[] {(byte) state});
            transaction.commit();
        }
    }

    private static List<Integer> drain(Channel channel) throws InterruptedException {
        try (Transaction transaction = channel.begin()) {
            List<Integer> numbers = takeAll(transaction);
            transaction.commit();
            return numbers;
        }
    }

    private static List<Integer> takeAll(Transaction transaction) {
        List<Integer> numbers = new ArrayList<>();
        EventBatch batch;
        while ((batch = transaction.take(1000)) != null) {
            numbers.addAll(Batches.numbers(batch));
        }
        return numbers;
    }

    private static List<Integer> takeUpTo(Transaction transaction, int events) {
        EventBatch batch = transaction.take(events);
        return batch == null ? List.of() : Batches.numbers(batch);
    }

    private static List<Integer> range(int from, int to) {
        return IntStream.range(from, to).boxed().toList();
    }

    private static CompletableFuture<Void> onThread(Work work) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        Thread thread = new Thread(() -> {
            try {
                work.run();
                done.complete(null);
            } catch (Throwable e) { // a thread's entry: the test waits for it
                done.completeExceptionally(e);
            }
        });
        thread.setDaemon(true);
        thread.start();
        return done;
    }

    private interface Work {
        void run() throws Exception;
    }
}
