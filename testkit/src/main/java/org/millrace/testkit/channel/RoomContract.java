package org.millrace.testkit.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.millrace.testkit.channel.Events.LONG;
import static org.millrace.testkit.channel.Events.drain;
import static org.millrace.testkit.channel.Events.range;
import static org.millrace.testkit.channel.Events.refusal;
import static org.millrace.testkit.channel.Events.submit;
import static org.millrace.testkit.channel.Events.takeAll;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.millrace.api.Channel;
import org.millrace.api.ChannelFullException;
import org.millrace.api.Transaction;

/** A full channel: who waits for how long, in which order, and who is told of room. */
@SuppressWarnings("try") // a transaction is often opened only to be closed
interface RoomContract extends ChannelUnderTest {
    @Test
    default void aFullChannelWithoutKeepAliveRefusesAtOnceAndTakesNothingOfTheBatch() throws Exception {
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
    default void aPutThatFindsNoRoomIsRefusedOnceItsKeepAliveIsOver() {
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
    default void putsThatFindNoRoomWaitInOrderUntilATakeIsCommitted() throws Exception {
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
    default void whatWaitsForRoomAndIsFlushedMeanwhileComesInWithoutAnotherFlush() throws Exception {
        Channel channel = started(10, 10, LONG);
        submit(channel, numbered(0, 10));
        CompletableFuture<Void> waiting = channel.submitUnflushed(numbered(10, 2));
        channel.flush();
        assertThat(drain(channel)).containsExactlyElementsOf(range(0, 10));
        waiting.get();

        assertThat(drain(channel)).containsExactly(10, 11);
    }

    @Test
    default void aSmallBatchDoesNotOvertakeALargeOneThatWaits() throws Exception {
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
    default void aCommitWaitsForRoom() throws Exception {
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
    default void aFullChannelSaysSoAndTellsWhenThereIsRoomAgain() throws Exception {
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
}
