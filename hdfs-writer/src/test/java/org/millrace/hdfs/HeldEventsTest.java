package org.millrace.hdfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.function.BiPredicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.millrace.api.ChannelException;
import org.millrace.api.DeliveryException;
import org.millrace.api.Sink;
import org.millrace.hdfs.FaultyFileSystem.Fault;
import org.millrace.hdfs.FaultyFileSystem.Op;

/** Events of a bucket that hangs or is refused are held back, so many and no more, while the other buckets go on. */
class HeldEventsTest {
    @RegisterExtension
    private final FaultyFiles files = FaultyFiles.create();

    private final Tree tree = files.tree();
    private final Hang hang = files.hang();

    @Test
    void aBucketThatFailsKeepsItsEventsBackAndTheOthersGoOn() throws Exception {
        try (SinkUnderTest sut = files.sinkByBucket()) {
            FaultyFileSystem.fault = Fault.failing(Op.FLUSH.on("bad"), 2);
            sut.putTo("bad", "1").putTo("good", "2");
            assertThat(sut.sink.drain()).isEqualTo(Sink.Drain.DELIVERED);
            assertThat(sut.gauge("heldEvents")).isEqualTo(1);
            assertThat(sut.gauge("heldBuckets")).isEqualTo(1);
            assertThat(sut.metrics.drainSuccesses.getCount()).isEqualTo(1);

            sut.putTo("bad", "3").putTo("good", "4");
            assertThat(sut.sink.drain()).isEqualTo(Sink.Drain.DELIVERED); // not yet time to try again
            assertThat(sut.gauge("heldEvents")).isEqualTo(2);

            sut.clock.advance(Duration.ofSeconds(1)); // and it fails once more
            assertThat(sut.sink.drain()).isEqualTo(Sink.Drain.DELIVERED);
            assertThat(sut.gauge("heldEvents")).isEqualTo(2);
            assertThat(sut.metrics.eventWriteFails.getCount()).isEqualTo(2);

            sut.clock.advance(Duration.ofSeconds(1));
            sut.sink.drain();
            assertThat(sut.gauge("heldEvents")).isEqualTo(2);
            sut.clock.advance(Duration.ofSeconds(1));
            sut.drainAll();
            assertThat(sut.gauge("heldEvents")).isEqualTo(0);
            assertThat(sut.metrics.drainSuccesses.getCount()).isEqualTo(4);
        }
        assertThat(tree.names()).hasSize(2).noneMatch(name -> name.endsWith(".tmp"));
        assertThat(tree.lines()).containsExactly("1", "3", "2", "4");
    }

    @Test
    void whatIsHeldBackIsInTheChannelAgainWhenTheSinkStops() throws Exception {
        SinkUnderTest sut = files.sinkByBucket();
        FaultyFileSystem.fault = Fault.failing(Op.CREATE.on("bad"), Integer.MAX_VALUE);
        sut.putTo("bad", "1").putTo("good", "2");
        sut.sink.drain();
        sut.sink.close();

        assertThat(sut.channel.bodies()).containsExactly("1");
        assertThat(sut.channel.openTransactions()).isZero();
        assertThat(tree.lines()).containsExactly("2");
        sut.close();
    }

    @Test
    void aSinkOfAGroupLetsGoOfWhatItHoldsBackBeforeAnotherTakesOver() throws Exception {
        try (SinkUnderTest sut = files.sinkByBucket()) {
            FaultyFileSystem.fault = Fault.failing(Op.CREATE.on("bad"), Integer.MAX_VALUE);
            sut.putTo("bad", "1").putTo("good", "2");
            sut.sink.drain();
            assertThat(sut.channel.bodies()).isEmpty();
            assertThatThrownBy(sut.sink::settle)
                    .isInstanceOf(DeliveryException.class)
                    .hasMessageContaining("1 events, held back for 1 buckets, go back to the channel")
                    .hasMessageContaining(files.directory() + "/bad: injected: CREATE");

            assertThat(sut.channel.bodies()).containsExactly("1");
            sut.sink.settle(); // there is nothing left to fail with
            assertThat(sut.gauge("heldEvents")).isEqualTo(0);
            FaultyFileSystem.fault = Fault.NONE;
            sut.drainAll();
        }
        assertThat(tree.inUse()).isEmpty();
        assertThat(tree.lines()).containsExactlyInAnyOrder("1", "2");
    }

    @Test
    void noMoreIsTakenThanMayBeHeldBack() throws Exception {
        try (SinkUnderTest sut = files.sinkByBucket("hdfs.heldEvents", "3", "hdfs.batchSize", "4")) {
            FaultyFileSystem.fault = Fault.failing(Op.CREATE.on("bad"), Integer.MAX_VALUE);
            for (int i = 0; i < 6; i++) {
                sut.putTo("bad", "bad " + i).putTo("good", "good " + i);
            }
            sut.sink.drain();
            sut.sink.drain();
            assertThat(sut.gauge("heldEvents")).isEqualTo(4);
            assertThatThrownBy(sut.sink::drain)
                    .isInstanceOf(DeliveryException.class)
                    .hasMessageContaining("hdfs.heldEvents = 3")
                    .hasMessageContaining(files.directory().toString())
                    .hasMessageContaining("injected: CREATE");
            assertThat(sut.channel.bodies()).hasSize(4);

            FaultyFileSystem.fault = Fault.NONE;
            sut.clock.advance(Duration.ofSeconds(30));
            sut.drainAll();
        }
        assertThat(tree.inUse()).isEmpty();
        assertThat(tree.lines()).hasSize(12).doesNotHaveDuplicates();
    }

    @Test
    void norMoreBytesThanMayBeHeldBack() throws Exception {
        String large = "x".repeat(600_000);
        try (SinkUnderTest sut = files.sinkByBucket("hdfs.heldBytes", "1MiB", "hdfs.batchSize", "2")) {
            FaultyFileSystem.fault = Fault.failing(Op.CREATE.on("bad"), Integer.MAX_VALUE);
            for (int i = 0; i < 4; i++) {
                sut.putTo("bad", i + large).putTo("good", "good " + i);
            }
            sut.sink.drain();
            sut.sink.drain();
            assertThat(sut.gauge("heldEvents")).isEqualTo(2);
            assertThatThrownBy(sut.sink::drain)
                    .isInstanceOf(DeliveryException.class)
                    .hasMessageContaining("hdfs.heldBytes = 1048576");
            assertThat(sut.channel.bodies()).hasSize(4);

            FaultyFileSystem.fault = Fault.NONE;
            sut.clock.advance(Duration.ofSeconds(30));
            sut.drainAll();
        }
        assertThat(tree.lines()).hasSize(8).doesNotHaveDuplicates();
    }

    @Test
    void withoutAnyHoldingBackTheWholeBatchGoesBackAndNothingIsWrittenTwice() throws Exception {
        try (SinkUnderTest sut = files.sinkByBucket("hdfs.heldEvents", "0")) {
            FaultyFileSystem.fault = Fault.failing(Op.FLUSH.on("bad"), 1);
            sut.putTo("bad", "1").putTo("good", "2");
            assertThatThrownBy(sut.sink::drain).isInstanceOf(DeliveryException.class);
            assertThat(sut.channel.bodies()).containsExactly("1", "2");
            sut.clock.advance(Duration.ofSeconds(1));
            sut.drainAll();
        }
        assertThat(tree.inUse()).isEmpty();
        assertThat(tree.lines()).containsExactly("1", "2");
    }

    @Test
    void aWriteThatTakesLongIsNotWaitedForAndCountsWhenItIsThere() throws Exception {
        FaultyFileSystem.fault = hang.once(Op.FLUSH, "bad");
        try (SinkUnderTest sut = files.sinkByBucket()) {
            sut.putTo("bad", "1").putTo("good", "2");
            sut.sink.drain();
            assertThat(sut.gauge("heldEvents")).isEqualTo(1);
            for (int i = 0; i < 10; i++) {
                sut.putTo("bad", "bad " + i).putTo("good", "good " + i);
                sut.sink.drain();
            }
            assertThat(sut.metrics.drainSuccesses.getCount()).isEqualTo(11);
            assertThat(sut.gauge("heldEvents")).isEqualTo(11);
            assertThat(sut.gauge("hangingCalls")).isEqualTo(1);

            hang.end();
            await().until(() -> {
                sut.sink.drain();
                return sut.gauge("heldEvents").equals(0);
            });
        }
        assertThat(tree.names()).hasSize(2).noneMatch(name -> name.endsWith(".tmp"));
        assertThat(tree.lines()).hasSize(22).doesNotHaveDuplicates();
    }

    @Test
    void aFileIsNotFinishedByTheClockBeforeWhatASlowWriteBroughtIsCommitted() throws Exception {
        try (SinkUnderTest sut = files.sinkByBucket("hdfs.rollInterval", "30")) {
            sut.putTo("bad", "1").drainAll();
            FaultyFileSystem.fault = hang.once(Op.FLUSH, "bad");
            sut.putTo("bad", "2").putTo("good", "3");
            sut.sink.drain();
            sut.clock.advance(Duration.ofSeconds(30));
            files.endHanging(sut);
            sut.sink.drain();
            assertThat(tree.names()).contains("bad.1700000000001.tmp");
            assertThat(sut.gauge("heldEvents")).isEqualTo(0);

            sut.sink.drain();
            assertThat(tree.names()).contains("bad.1700000000001");
        }
        assertThat(tree.lines()).containsExactly("1", "2", "3");
    }

    @Test
    void aTurnThatIsRolledBackForgetsAWriteThatTakesLong() throws Exception {
        try (SinkUnderTest sut = files.sinkByBucket("hdfs.maxOpenFiles", "2")) {
            Fault hanging = hang.once(Op.FLUSH, "a-bad");
            BiPredicate<Op, org.apache.hadoop.fs.Path> laterName = Op.EXISTS.on("c"); // when others were written
            FaultyFileSystem.fault = (op, path) -> {
                if (laterName.test(op, path)) {
                    sut.channel.failCommitsWith(new ChannelException("injected: commit"));
                }
                return hanging.before(op, path);
            };
            for (String bucket : List.of("a-bad", "b", "c", "d")) {
                sut.putTo(bucket, bucket);
            }
            assertThatThrownBy(sut.sink::drain).isInstanceOf(DeliveryException.class);
            assertThat(sut.channel.bodies()).containsExactly("a-bad", "b", "c", "d");

            sut.channel.failCommitsWith(null);
            FaultyFileSystem.fault = Fault.NONE;
            files.endHanging(sut);
            sut.clock.advance(Duration.ofSeconds(1));
            sut.drainAll();
            assertThat(sut.metrics.drainSuccesses.getCount()).isEqualTo(4);
        }
        assertThat(tree.inUse()).isEmpty();
        assertThat(tree.lines()).containsExactlyInAnyOrder("a-bad", "b", "c", "d");
    }

    @Test
    void twoHundredBucketsGoOnWhileOneHangsThoughFewFilesMayBeOpen() throws Exception {
        long rounds = 6;
        FaultyFileSystem.fault = hang.once(Op.WRITE, "b7.");
        try (SinkUnderTest sut = files.sinkByBucket("hdfs.maxOpenFiles", "50")) {
            for (int i = 0; i < rounds; i++) {
                for (int bucket = 0; bucket < 200; bucket++) {
                    sut.putTo("b" + bucket, i + " of " + bucket);
                }
                sut.sink.drain();
            }
            assertThat(sut.metrics.drainSuccesses.getCount())
                    .as("all but those of the bucket that hangs")
                    .isEqualTo(rounds * 199);
            assertThat(sut.gauge("heldEvents")).isEqualTo((int) rounds);
            hang.end();
            await().until(() -> {
                sut.sink.drain();
                return sut.gauge("heldEvents").equals(0);
            });
        }
        assertThat(tree.inUse()).isEmpty();
        assertThat(tree.lines()).hasSize((int) rounds * 200).doesNotHaveDuplicates();
    }
}
