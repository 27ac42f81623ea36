package org.millrace.testkit.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.millrace.testkit.channel.Events.LONG;
import static org.millrace.testkit.channel.Events.drain;
import static org.millrace.testkit.channel.Events.range;
import static org.millrace.testkit.channel.Events.refusal;
import static org.millrace.testkit.channel.Events.submit;
import static org.millrace.testkit.channel.Events.takeAll;
import static org.millrace.testkit.channel.Events.takeUpTo;

import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.millrace.api.Channel;
import org.millrace.api.ChannelFullException;
import org.millrace.api.Transaction;
import org.millrace.codec.EventBatch;
import org.millrace.testkit.Batches;

/** A transaction that gives some of its events to another: who commits what, and in which order it comes back. */
@SuppressWarnings("try") // a transaction is often opened only to be closed
interface HandOverContract extends ChannelUnderTest {
    @Test
    default void whatIsHandedOverIsTheOthersToCommit() throws Exception {
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
    default void whatIsHandedOverComesBackWithTheOtherAlone() throws Exception {
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
    default void thePartsMayEndInAnyOrderAndComeBackInThatOfTheChannel() throws Exception {
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
    default void whatIsAttachedStaysWhereItWasAttached() throws Exception {
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
    default void aLentBatchMayBeReadUntilTheLastPartIsClosed() throws Exception {
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
    default void whatIsKeptHoldOfMayBeCondensedAndReadAndRolledBack() throws Exception {
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
    default void whatIsHandedOverTakesUpRoomUntilItIsCommitted() throws Exception {
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
    default void onlyEventsThatAreThereAreHandedOverAndOnlyToAnotherOpenTransactionOfTheReader() throws Exception {
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
    default void partsThatAreOpenWhenTheChannelIsClosedGiveEverythingBack() throws Exception {
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
}
