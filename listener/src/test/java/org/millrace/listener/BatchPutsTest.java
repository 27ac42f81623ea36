package org.millrace.listener;

import static org.assertj.core.api.Assertions.assertThat;

import com.codahale.metrics.MetricRegistry;
import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.millrace.api.BatchTooLargeException;
import org.millrace.api.ChannelException;
import org.millrace.api.ChannelFullException;
import org.millrace.api.SourceMetrics;
import org.millrace.codec.EventBatch;
import org.millrace.codec.EventBatchBuilder;
import org.millrace.listener.BatchPuts.Outcome;
import org.millrace.testkit.Batches;
import org.millrace.testkit.FakeClock;
import org.millrace.testkit.RecordingInlet;
import org.slf4j.LoggerFactory;

class BatchPutsTest {
    private final ChannelException full = new ChannelFullException("full");

    private final EmbeddedChannel connection = new EmbeddedChannel();
    private final RecordingInlet inlet = new RecordingInlet();
    private final MetricRegistry registry = new MetricRegistry();
    private final PendingBytes pending = new PendingBytes(1 << 20);
    private final SourceMetrics metrics = new SourceMetrics("r1", registry);
    private final BatchFigures figures = new BatchFigures(metrics, pending);
    private final PeerLog log = new PeerLog(LoggerFactory.getLogger(BatchPutsTest.class), "r1", new FakeClock());
    private final SourceBatches source = new SourceBatches(inlet, pending, figures, log);
    private final List<String> told = new ArrayList<>();
    private final Outcome outcome = new Outcome() {
        @Override
        public void stored(int events) {
            told.add("stored " + events);
        }

        @Override
        public void refused(int events, Throwable why) {
            told.add("refused " + events + " " + why.getMessage());
        }
    };

    @AfterEach
    void close() {
        source.abandon();
        connection.finishAndReleaseAll();
        assertThat(pending.held()).isZero();
    }

    @Test
    void whatAFullChannelRefusesIsPutAgainInItsOrderUntilItIsTaken() {
        BatchPuts puts = source.open(connection, 4, true, outcome);
        inlet.refuseWith(full);
        puts.put(batch("a", "b"));
        puts.put(batch("c"));
        pass(10_000);
        assertThat(puts.isSettled()).isFalse();
        assertThat(told).isEmpty();

        inlet.refuseWith(null);
        pass(10_000);

        assertThat(inlet.bodies()).containsExactly("a", "b", "c");
        assertThat(puts.isSettled()).isTrue();
        assertThat(told).containsExactly("stored 2", "stored 1");
        assertThat(registry.counter("source.r1.batchesPutAgain").getCount()).isGreaterThan(2);
        assertThat(metrics.eventsAccepted.getCount()).isEqualTo(3);
    }

    @Test
    void ofSeveralInFlightThoseThatAreRefusedGoFirstAgain() {
        BatchPuts puts = source.open(connection, 2, true, outcome);
        inlet.hold();
        puts.put(batch("a"));
        puts.put(batch("b"));
        puts.put(batch("c"));
        assertThat(inlet.heldBatches()).isEqualTo(2);

        inlet.refuseHeld(1, full);
        inlet.refuseHeld(0, full);
        assertThat(inlet.heldBatches()).isZero();
        inlet.release();
        pass(1_000);

        assertThat(inlet.bodies()).containsExactly("a", "b", "c");
    }

    @Test
    void whatIsNotToBeKeptIsToldOf() {
        BatchPuts puts = source.open(connection, 1, false, outcome);
        inlet.refuseWith(full);
        puts.put(batch("a", "b"));
        inlet.refuseWith(null);
        puts.put(batch("c"));

        assertThat(told).containsExactly("refused 2 full", "stored 1");
        assertThat(metrics.channelWriteFails.getCount()).isEqualTo(1);
    }

    /** Flume puts each event by itself, and so does not care for the channel's transactionCapacity. */
    @Test
    void aBatchThatIsTooLargeForItsChannelGoesInParts() {
        SmallInlet small = new SmallInlet(3);
        SourceBatches ofSmall = new SourceBatches(small, pending, figures, log);
        BatchPuts puts = ofSmall.open(connection, 1, false, outcome);
        puts.put(batch("1", "2", "3", "4", "5", "6", "7", "8", "9", "10"));

        assertThat(small.bodies).containsExactly("1", "2", "3", "4", "5", "6", "7", "8", "9", "10");
        assertThat(told).allMatch(line -> line.startsWith("stored"));
        assertThat(puts.isSettled()).isTrue();
    }

    /** Else a replicating source would store its events in the other channels once for each halving. */
    @Test
    void aBatchStaysWholeWhileAChannelIsInTrouble() {
        BatchPuts puts = source.open(connection, 1, true, outcome);
        inlet.refuseWith(new ChannelException("the disk fails"));
        puts.put(batch("1", "2", "3", "4"));
        pass(10_000);
        inlet.refuseWith(null);
        pass(10_000);

        assertThat(told).containsExactly("stored 4");
    }

    @Test
    void anEventThatNoChannelCanEverTakeIsDroppedAloneAndCounted() {
        inlet.refuseWith(new BatchTooLargeException("10 bytes at once"));
        BatchPuts puts = source.open(connection, 1, true, outcome);
        puts.put(batch("large"));
        inlet.refuseWith(null);
        puts.put(batch("1"));

        assertThat(inlet.bodies()).containsExactly("1");
        assertThat(told).containsExactly("refused 1 10 bytes at once", "stored 1");
        assertThat(registry.counter("source.r1.eventsDropped").getCount()).isEqualTo(1);
        assertThat(puts.isSettled()).isTrue();
    }

    @Test
    void anEventThatCannotBeHandledIsDroppedAloneAndCounted() {
        SmallInlet poisoned = new SmallInlet(100);
        poisoned.poison = "bad";
        SourceBatches ofPoisoned = new SourceBatches(poisoned, pending, figures, log);
        BatchPuts puts = ofPoisoned.open(connection, 1, true, outcome);
        puts.put(batch("1", "2", "bad", "4", "5"));

        assertThat(poisoned.bodies).containsExactly("1", "2", "4", "5");
        assertThat(registry.counter("source.r1.eventsDropped").getCount()).isEqualTo(1);
        assertThat(metrics.genericFails.getCount()).isEqualTo(1);
    }

    @Test
    void whatIsLeftWhenTheSourceEndsIsCounted() {
        BatchPuts puts = source.open(connection, 1, true, outcome);
        inlet.refuseWith(full);
        puts.put(batch("a", "b"));
        puts.put(batch("c"));

        source.abandon();

        assertThat(registry.counter("source.r1.eventsDropped").getCount()).isEqualTo(3);
        assertThat(pending.held()).isZero();
    }

    @Test
    void manySmallBatchesCountForMoreThanTheirBytes() {
        BatchPuts puts = source.open(connection, 100, true, outcome);
        inlet.hold();
        for (int i = 0; i < 10; i++) {
            puts.put(batch("x"));
        }

        assertThat(pending.held()).isGreaterThan(10 * 256);
        inlet.release();
    }

    @Test
    void whatBecomesOfABatchAfterTheEventLoopHasEndedIsCounted() throws Exception {
        EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        Channel other = new NioSocketChannel();
        loops.register(other).sync();
        BatchPuts puts = source.open(other, 2, true, outcome);
        inlet.hold();
        other.eventLoop()
                .submit(() -> {
                    puts.put(batch("a", "b"));
                    puts.put(batch("c"));
                })
                .sync();
        other.close().sync();
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
        source.abandon();

        inlet.refuseHeld(0, full);
        inlet.acceptHeld(0);

        assertThat(registry.counter("source.r1.eventsDropped").getCount()).isEqualTo(2);
        assertThat(metrics.channelWriteFails.getCount()).isEqualTo(1);
        assertThat(metrics.eventsAccepted.getCount()).isEqualTo(1);
        assertThat(pending.held()).isZero();
    }

    private void pass(long millis) {
        for (long left = millis; left > 0; left -= 50) {
            connection.advanceTimeBy(50, TimeUnit.MILLISECONDS);
            connection.runPendingTasks();
        }
    }

    private static EventBatch batch(String... bodies) {
        EventBatchBuilder builder = new EventBatchBuilder();
        for (String body : bodies) {
            builder.add(Map.of(), body.getBytes(StandardCharsets.UTF_8));
        }
        return builder.build();
    }

    /** Takes batches of so many events, and not those with a certain event. */
    private static final class SmallInlet implements org.millrace.api.Inlet {
        private final int mostEvents;
        private final List<String> bodies = new ArrayList<>();
        private String poison = "";

        SmallInlet(int mostEvents) {
            this.mostEvents = mostEvents;
        }

        @Override
        public CompletableFuture<Void> submit(EventBatch batch) {
            List<String> all = Batches.bodies(batch);
            batch.release();
            if (all.size() > mostEvents) {
                return CompletableFuture.failedFuture(new BatchTooLargeException("too many events at once"));
            }
            if (all.contains(poison)) {
                return CompletableFuture.failedFuture(new IllegalStateException("an interceptor failed"));
            }
            bodies.addAll(all);
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public void put(EventBatch batch) {
            throw new UnsupportedOperationException();
        }

        @Override
        public boolean hasRoom() {
            return true;
        }

        @Override
        public void onRoom(Runnable action) {
            action.run();
        }
    }
}
