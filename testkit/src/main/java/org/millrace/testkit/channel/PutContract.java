package org.millrace.testkit.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.millrace.testkit.channel.Events.LONG;
import static org.millrace.testkit.channel.Events.drain;
import static org.millrace.testkit.channel.Events.range;
import static org.millrace.testkit.channel.Events.refusal;

import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.millrace.api.BatchTooLargeException;
import org.millrace.api.Channel;
import org.millrace.api.ChannelException;
import org.millrace.api.Transaction;
import org.millrace.codec.EventBatch;

/** How events come in: submits and transactions, whole or not at all. */
@SuppressWarnings("try") // a transaction is often opened only to be closed
interface PutContract extends ChannelUnderTest {
    @Test
    default void whatIsSubmittedWithMoreToComeIsInOnceItIsFlushed() throws Exception {
        Channel channel = started(100, 100, LONG);
        CompletableFuture<Void> first = channel.submitUnflushed(numbered(0, 3));
        CompletableFuture<Void> second = channel.submitUnflushed(numbered(3, 2));
        channel.flush();
        first.get();
        second.get();

        assertThat(drain(channel)).containsExactlyElementsOf(range(0, 5));
    }

    @Test
    default void aPutTransactionIsSeenOnlyOnceItIsCommitted() throws Exception {
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
    default void aPutTransactionLeftWithoutACommitPutsNothing() throws Exception {
        Channel channel = started(100, 100, LONG);
        try (Transaction transaction = channel.begin()) {
            transaction.put(numbered(0, 2));
        }

        assertThat(drain(channel)).isEmpty();
    }

    @Test
    default void aTransactionHoldsNoMoreThanTheTransactionCapacity() {
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
    default void aBatchLargerThanTheTransactionCapacityIsRefusedAtOnce() {
        Channel channel = started(100, 10, LONG);

        assertThat(refusal(channel.submit(numbered(0, 11))))
                .isInstanceOf(ChannelException.class)
                .hasMessageContaining(channel.name())
                .hasMessageContaining("11")
                .hasMessageContaining("transactionCapacity");
    }

    @Test
    default void whatNeverFitsIsKnownBeforeItIsPutAndIsRefusedForThatReason() {
        Channel channel = started(100, 10, LONG);
        EventBatch fits = numbered(0, 10);
        EventBatch tooLarge = numbered(10, 11);
        assertThat(channel.neverFits(fits)).isNull();
        fits.release();

        assertThat(refusal(channel.submit(tooLarge.retain())))
                .isInstanceOf(BatchTooLargeException.class)
                .hasMessage(channel.neverFits(tooLarge));
        tooLarge.release();
    }

    @Test
    default void whatAChannelSaysBeforehandOfManyBytesComesTrue() throws Exception {
        Channel channel = started(100, 10, LONG);
        EventBatch large = sized(1, 2 << 20);
        String never = channel.neverFits(large);
        CompletableFuture<Void> put = channel.submit(large.retain());
        if (never == null) {
            put.get();
        } else {
            assertThat(refusal(put)).isInstanceOf(BatchTooLargeException.class).hasMessage(never);
        }
        large.release();
    }
}
