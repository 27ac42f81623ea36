package org.millrace.relay.channel.spill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.millrace.api.Channel;
import org.millrace.api.ChannelException;
import org.millrace.api.Transaction;
import org.millrace.codec.EventBatch;
import org.millrace.testkit.Batches;
import org.millrace.testkit.FakeChannel;

/** A disk that is slow, refuses, fails or has lost something costs no other events, and no room. */
class OverflowFaultTest extends SpillFixture {
    @Test
    void whatTheDiskRefusesIsRefusedAndTakesUpNoRoom() throws Exception {
        try (Channel channel = started(1, 2, Duration.ZERO)) {
            submit(channel, 0, 1);
            disk.refuseWith(new ChannelException("disk full"));
            assertThatThrownBy(() -> submit(channel, 1, 2))
                    .isInstanceOf(ExecutionException.class)
                    .hasRootCauseMessage("disk full");
            disk.refuseWith(null);
            submit(channel, 1, 2);
            assertThat(take(channel, 10)).containsExactlyElementsOf(range(0, 3));
        }
    }

    /** Such as for want of memory. */
    @Test
    void aPutThatTheDiskThrowsAtKeepsNothingBehindIt() throws Exception {
        AtomicBoolean hasMemory = new AtomicBoolean();
        Channel failing = (Channel) Proxy.newProxyInstance(
                OverflowFaultTest.class.getClassLoader(), new Class<?>[] {Channel.class}, (proxy, method, args) -> {
                    if (method.getName().startsWith("submit") && !hasMemory.getAndSet(true)) {
                        ((EventBatch) args[0]).release();
                        throw new OutOfMemoryError("none left for a put");
                    }
                    return method.invoke(disk, args);
                });
        try (Channel channel =
                new SpillableChannel(context, settings(2, 10, Duration.ZERO), overflow(failing), timer)) {
            channel.start();
            submit(channel, 0, 2);
            CompletableFuture<Void> thrownAt = channel.submit(releases.watch(Batches.numbered(2, 10)));
            assertThat(thrownAt)
                    .failsWithin(Duration.ZERO)
                    .withThrowableThat()
                    .havingCause()
                    .isInstanceOf(ChannelException.class)
                    .withMessageContaining("channel c1: the overflow did not take a put")
                    .withMessageContaining("none left for a put");
            assertThat(figure("overflowEvents")).as("its room is given back").isEqualTo(0L);
            submit(channel, 12, 10);

            assertThat(take(channel, 2)).containsExactlyElementsOf(range(0, 2));
            assertThat(take(channel, 100)).containsExactlyElementsOf(range(12, 22));
        }
    }

    @Test
    void aCommitThatTheDiskFailsDeliversNothingAndLosesNothing() throws Exception {
        try (Channel channel = started(2, 100, Duration.ZERO)) {
            submit(channel, 0, 2);
            submit(channel, 2, 4);
            disk.failCommitsWith(new ChannelException("disk broken"));
            try (Transaction transaction = channel.begin()) {
                takeFrom(transaction, 4);
                takeFrom(transaction, 2);
                assertThatThrownBy(transaction::commit).hasMessage("disk broken");
            }
            disk.failCommitsWith(null);
            assertThat(figure("memoryEvents")).isEqualTo(2L);
            assertThat(figure("overflowEvents")).isEqualTo(4L);
            assertThat(take(channel, 10)).containsExactlyElementsOf(range(0, 6));
            assertThat(figure("overflowEvents")).isEqualTo(0L);
            assertThat(disk.openTransactions()).isZero();
        }
    }

    @Test
    void whatTheDiskHasLostHoldsUpNothingBehindIt() throws Exception {
        try (Channel channel = started(1, 100, Duration.ZERO)) {
            submit(channel, 0, 1);
            submit(channel, 1, 3);
            assertThat(take(channel, 1)).containsExactly(0);
            submit(channel, 4, 1);
            assertThat(take(disk, 10)).hasSize(3); // as if they were damaged
            assertThat(take(channel, 10)).containsExactly(4);
            assertThat(figure("overflowEvents")).isEqualTo(0L);
        }
    }

    @Test
    void whatStillWaitsForTheDiskIsNotOvertaken() throws Exception {
        SlowDisk slow = new SlowDisk();
        SpillSettings settings = settings(1, 100, Duration.ZERO);
        try (Channel channel = new SpillableChannel(context, settings, overflow(slow.channel()), timer)) {
            channel.start();
            submit(channel, 0, 1);
            CompletableFuture<Void> onItsWay = channel.submit(Batches.numbered(1, 2));
            assertThat(take(channel, 10)).containsExactly(0);
            submit(channel, 3, 1);
            assertThat(take(channel, 10)).isEmpty();
            assertThat(channel.awaitEvents(Duration.ZERO)).isFalse();
            slow.finish();
            assertThat(onItsWay).isCompleted();
            assertThat(channel.awaitEvents(Duration.ZERO)).isTrue();
            assertThat(take(channel, 10)).containsExactlyElementsOf(range(1, 4));
        }
        slow.channel().close();
    }

    /** A disk that is done with a put when the test says so. */
    private static final class SlowDisk {
        private final FakeChannel channel = new FakeChannel("slow");
        private final List<Runnable> finishing = new ArrayList<>();

        Channel channel() {
            return (Channel) Proxy.newProxyInstance(
                    OverflowFaultTest.class.getClassLoader(), new Class<?>[] {Channel.class}, (proxy, method, args) -> {
                        if (!method.getName().startsWith("submit")) {
                            return method.invoke(channel, args);
                        }
                        CompletableFuture<Void> settled = new CompletableFuture<>();
                        finishing.add(() -> {
                            channel.submit((EventBatch) args[0]);
                            settled.complete(null);
                        });
                        return settled;
                    });
        }

        void finish() {
            finishing.forEach(Runnable::run);
        }
    }
}
