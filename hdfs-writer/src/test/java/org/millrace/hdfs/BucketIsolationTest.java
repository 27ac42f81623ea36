package org.millrace.hdfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.millrace.api.ChannelException;
import org.millrace.api.DeliveryException;
import org.millrace.hdfs.FaultyFileSystem.Fault;
import org.millrace.hdfs.FaultyFileSystem.Op;

/** What goes wrong with one bucket, or with one turn, stays there: the other buckets go on, and so does that one, later. */
class BucketIsolationTest {
    /** More than twice as long as a sink has patience with a call: with one thread, two calls take long at a time. */
    private static final Duration SLOW = Duration.ofMillis(1200);

    @RegisterExtension
    private final FaultyFiles files = FaultyFiles.create();

    private final Tree tree = files.tree();
    private final Hang hang = files.hang();

    @Test
    void heldEventsOutliveATurnWhoseCloseForRoomFails() throws Exception {
        try (SinkUnderTest sut = files.sinkByBucket("hdfs.maxOpenFiles", "2")) {
            holdOneEventOf(sut, "bad");
            FaultyFileSystem.fault = Fault.failing(Op.CLOSE.on("a"), 1);
            put(sut, "a", "b", "c");
            turn(sut);
            FaultyFileSystem.fault = Fault.NONE;
            drainToTheEnd(sut);
        }
        assertThat(tree.inUse()).isEmpty();
        assertThat(tree.lines()).containsExactlyInAnyOrder("bad", "good", "a", "b", "c");
    }

    @Test
    void heldEventsOutliveATurnWhoseNamesAreNotCommitted() throws Exception {
        try (SinkUnderTest sut = files.sinkByBucket()) {
            holdOneEventOf(sut, "bad");
            FaultyFileSystem.fault = Fault.NONE;
            sut.channel.failCommitsWith(new ChannelException("injected: commit"));
            put(sut, "a", "b", "c");
            assertThatThrownBy(sut.sink::drain)
                    .isInstanceOf(DeliveryException.class)
                    .hasMessageContaining("injected: commit");
            sut.channel.failCommitsWith(null);
            drainToTheEnd(sut);
        }
        assertThat(tree.inUse()).isEmpty();
        assertThat(tree.lines()).containsExactlyInAnyOrder("bad", "good", "a", "b", "c");
    }

    private static void holdOneEventOf(SinkUnderTest sut, String bucket) throws Exception {
        FaultyFileSystem.fault = Fault.failing(Op.CREATE.on(bucket), 1);
        put(sut, bucket, "good");
        sut.sink.drain();
        assertThat(sut.gauge("heldEvents")).isEqualTo(1);
        sut.clock.advance(Duration.ofSeconds(1));
    }

    @Test
    void aCloseForRoomThatFailsIsAFailureOfItsBucketAlone() throws Exception {
        FaultyFileSystem.fault = Fault.failing(Op.CLOSE.on("a"), 1);
        try (SinkUnderTest sut = files.sinkByBucket("hdfs.maxOpenFiles", "2")) {
            put(sut, "a", "b", "c", "d");
            sut.sink.drain();
            assertThat(sut.metrics.drainSuccesses.getCount()).isEqualTo(3);
            assertThat(sut.gauge("heldEvents")).isEqualTo(1);
            drainToTheEnd(sut);
        }
        assertThat(tree.inUse()).isEmpty();
        assertThat(tree.lines()).containsExactlyInAnyOrder("a", "b", "c", "d");
    }

    @Test
    void aRefusedBucketThatFillsATurnDoesNotHideTheOthersBehindIt() throws Exception {
        FaultyFileSystem.fault = Fault.failing(Op.CREATE.on("bad"), Integer.MAX_VALUE);
        try (SinkUnderTest sut = files.sinkByBucket("hdfs.batchSize", "4")) {
            put(sut, "bad", "bad", "bad", "bad", "good", "good", "good", "good");
            assertThatThrownBy(sut.sink::drain).isInstanceOf(DeliveryException.class);
            assertThat(sut.gauge("heldEvents")).as("it may be that all is down").isEqualTo(0);
            turns(sut, 8);
            assertThat(sut.metrics.drainSuccesses.getCount()).isEqualTo(4);
            assertThat(sut.gauge("heldEvents")).isEqualTo(4);

            FaultyFileSystem.fault = Fault.NONE;
            drainToTheEnd(sut);
        }
        assertThat(tree.inUse()).isEmpty();
        assertThat(tree.lines()).hasSize(8);
    }

    @Test
    void norDoSeveralSuchBuckets() throws Exception {
        FaultyFileSystem.fault = Fault.failing(Op.CREATE.on("bad"), Integer.MAX_VALUE);
        try (SinkUnderTest sut = files.sinkByBucket("hdfs.batchSize", "2")) {
            put(sut, "bad 1", "bad 1", "bad 2", "bad 2", "bad 3", "bad 3", "good", "good");
            turns(sut, 40);
            assertThat(sut.metrics.drainSuccesses.getCount()).isEqualTo(2);
            FaultyFileSystem.fault = Fault.NONE;
            drainToTheEnd(sut);
        }
        assertThat(tree.lines()).hasSize(8);
    }

    @Test
    void aFileSystemThatIsDownDoesNotFillUpWhatMayBeHeld() throws Exception {
        FaultyFileSystem.fault = Fault.failing((op, path) -> op == Op.CREATE, Integer.MAX_VALUE);
        try (SinkUnderTest sut = files.sinkByBucket("hdfs.batchSize", "2")) {
            for (int i = 0; i < 50; i++) {
                put(sut, "b" + i, "c" + i);
            }
            int failures = turns(sut, 100);
            assertThat(failures).isGreaterThan(90);
            assertThat((Integer) sut.gauge("heldEvents")).isLessThanOrEqualTo(10);

            FaultyFileSystem.fault = Fault.NONE;
            drainToTheEnd(sut);
        }
        assertThat(tree.inUse()).isEmpty();
        assertThat(tree.lines()).hasSize(100).doesNotHaveDuplicates();
    }

    @Test
    void aFileSystemThatIsSlowHasNoFileFinishedEarly() throws Exception {
        List<String> buckets = IntStream.range(0, 6).mapToObj(i -> "b" + i).toList();
        try (SinkUnderTest sut = files.sinkByBucket("hdfs.threadsPoolSize", "1")) {
            put(sut, buckets.toArray(String[]::new));
            sut.drainAll();
            FaultyFileSystem.fault = Fault.slow(Op.FLUSH, SLOW);
            put(sut, buckets.toArray(String[]::new));
            drainToTheEnd(sut);
            FaultyFileSystem.fault = Fault.NONE;

            assertThat(tree.names()).as("those that were open, and no others").hasSize(buckets.size());
            assertThat(tree.inUse()).hasSize(buckets.size());
        }
        assertThat(tree.inUse()).isEmpty();
        assertThat(tree.lines()).hasSize(2 * buckets.size());
    }

    @Test
    void whatIsNotBegunSinceOthersHangCostsNoFileAndNoTry() throws Exception {
        try (SinkUnderTest sut = files.sinkByBucket(
                "hdfs.threadsPoolSize", "1", "hdfs.closeTries", "1", "hdfs.idleTimeout", "60", "hdfs.rollCount", "3")) {
            put(sut, "idle");
            sut.drainAll();
            sut.clock.advance(Duration.ofSeconds(59));
            put(sut, "bad 0", "bad 1", "c", "d", "e", "full", "full", "full");
            sut.drainAll();
            FaultyFileSystem.fault = hang.all(Op.FLUSH.on("bad"));
            put(sut, "bad 0", "bad 1", "c", "d", "e", "full", "new");
            sut.sink.drain();
            assertThat(sut.gauge("hangingCalls")).isEqualTo(2);
            assertThat(sut.gauge("heldEvents")).isEqualTo(7);
            sut.clock.advance(Duration.ofSeconds(1));
            sut.sink.drain(); // the idle file is due, and cannot be closed
            assertThat(sut.counter("filesLeftInUse")).isZero();
            assertThat(tree.names()).as("no new one").hasSize(7);

            files.endHanging(sut);
            drainToTheEnd(sut);
            assertThat(tree.names()).as("two new ones").hasSize(9);
            assertThat(sut.metrics.connectionsFailed.getCount()).isZero();
        }
        assertThat(tree.inUse()).isEmpty();
        assertThat(tree.lines()).hasSize(16);
    }

    /** An event for each of the buckets, in batches of their own. */
    private static void put(SinkUnderTest sut, String... buckets) {
        for (String bucket : buckets) {
            sut.putTo(bucket, bucket);
        }
    }

    /** Turns as the sink's thread gives them; how many of them failed. */
    private static int turns(SinkUnderTest sut, int turns) throws Exception {
        int failures = 0;
        for (int i = 0; i < turns; i++) {
            failures += turn(sut);
            sut.clock.advance(Duration.ofSeconds(5));
        }
        return failures;
    }

    private static int turn(SinkUnderTest sut) throws Exception {
        try {
            sut.sink.drain();
            return 0;
        } catch (DeliveryException e) {
            return 1;
        }
    }

    private static void drainToTheEnd(SinkUnderTest sut) {
        await().until(() -> {
            sut.clock.advance(Duration.ofSeconds(1));
            turn(sut);
            return sut.gauge("heldEvents").equals(0) && sut.channel.bodies().isEmpty();
        });
    }
}
