package org.millrace.testkit.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.millrace.testkit.channel.Events.LONG;
import static org.millrace.testkit.channel.Events.drain;
import static org.millrace.testkit.channel.Events.range;
import static org.millrace.testkit.channel.Events.submit;
import static org.millrace.testkit.channel.Events.takeAll;
import static org.millrace.testkit.channel.Events.takeUpTo;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.millrace.api.Channel;
import org.millrace.api.Transaction;
import org.millrace.codec.EventBatch;
import org.millrace.testkit.Batches;

/** What comes out of a channel: order, limits, commits and rollbacks of what was taken. */
@SuppressWarnings("try") // a transaction is often opened only to be closed
interface TakeContract extends ChannelUnderTest {
    @Test
    default void eventsComeOutInTheOrderTheyWentIn() throws Exception {
        Channel channel = started(100, 100, LONG);
        submit(channel, numbered(0, 3));
        submit(channel, numbered(3, 1));
        submit(channel, numbered(4, 5));

        assertThat(drain(channel)).containsExactlyElementsOf(range(0, 9));
    }

    @Test
    default void anEmptyChannelGivesNothing() throws Exception {
        Channel channel = started(100, 100, LONG);

        assertThat(drain(channel)).isEmpty();
        assertThat(channel.awaitEvents(Duration.ZERO)).isFalse();
    }

    @Test
    default void aBatchOfNothingIsAcceptedAndNeverTaken() throws Exception {
        Channel channel = started(100, 100, LONG);
        submit(channel, numbered(0, 0));
        assertThat(channel.awaitEvents(Duration.ZERO)).isFalse();
        submit(channel, numbered(0, 1));

        assertThat(drain(channel)).containsExactly(0);
    }

    @Test
    default void aTakeIsCutWhereTheBatchOrTheLimitEnds() throws Exception {
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
    default void whatIsTakenIsOutForOthersAndBackAfterARollback() throws Exception {
        Channel channel = started(100, 100, LONG);
        submit(channel, numbered(0, 4));
        try (Transaction transaction = channel.begin()) {
            assertThat(takeAll(transaction)).containsExactlyElementsOf(range(0, 4));
            assertThat(drain(channel)).isEmpty();
        }

        assertThat(drain(channel)).containsExactlyElementsOf(range(0, 4));
    }

    @Test
    default void aRollbackPutsPartsOfABatchBackInOrder() throws Exception {
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
    default void severalOpenTransactionsClosedNewestFirstRestoreTheOrder() throws Exception {
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
    default void transactionsClosedOldestFirstRestoreTheOrderToo() throws Exception {
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
    default void aCommittedTransactionStaysOutWhileAnOlderOneRollsBack() throws Exception {
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
    default void aLentBatchMayBeReadAfterTheCommitUntilTheTransactionIsClosed() throws Exception {
        Channel channel = started(100, 100, LONG);
        submit(channel, numbered(0, 3));
        try (Transaction transaction = channel.begin()) {
            EventBatch batch = Objects.requireNonNull(transaction.take(100));
            transaction.commit();
            assertThat(Batches.numbers(batch)).containsExactly(0, 1, 2);
        }
    }

    @Test
    default void aDurableCommitIsACommit() throws Exception {
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
}
