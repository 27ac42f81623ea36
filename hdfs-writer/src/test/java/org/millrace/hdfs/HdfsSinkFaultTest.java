package org.millrace.hdfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.github.luben.zstd.ZstdInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiPredicate;
import org.apache.avro.file.DataFileReader;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.millrace.api.ChannelException;
import org.millrace.api.DeliveryException;
import org.millrace.api.Sink;
import org.millrace.hdfs.FaultyFileSystem.Fault;
import org.millrace.hdfs.FaultyFileSystem.Op;
import org.millrace.testkit.Batches;

/** What the file system does to us, and that no event is lost, no file half done and none overwritten for it. */
class HdfsSinkFaultTest {
    private static final String FIRST = "FlumeData.1700000000001";
    private static final String SECOND = "FlumeData.1700000000002";

    @RegisterExtension
    private final FaultyFiles files = FaultyFiles.create();

    private final Tree tree = files.tree();
    private final Hang hang = files.hang();

    @ParameterizedTest
    @EnumSource(
            value = Op.class,
            names = {"CREATE", "WRITE", "FLUSH"})
    void afterAFailedCallTheEventsGoBackAndAllArriveOnce(Op op) throws Exception {
        try (SinkUnderTest sut = files.sink()) {
            FaultyFileSystem.fault = Fault.failing(op, 1);
            sut.put(Batches.numbered(0, 10));

            assertThatThrownBy(sut.sink::drain)
                    .isInstanceOf(DeliveryException.class)
                    .hasMessageContaining("k1")
                    .hasMessageContaining("injected: " + op);
            assertThat(sut.channel.bodies()).hasSize(10).startsWith("event 0");
            assertThat(sut.metrics.eventWriteFails.getCount()).isEqualTo(1);

            sut.clock.advance(Duration.ofSeconds(1));
            sut.drainAll();
        }
        assertThat(tree.inUse()).isEmpty();
        assertThat(tree.lines()).hasSize(10).startsWith("event 0").endsWith("event 9");
    }

    @ParameterizedTest
    @EnumSource(
            value = Op.class,
            names = {"WRITE", "FLUSH"})
    void whatWasCommittedBeforeAFailureStaysAndWhatCameAfterIsCutOff(Op op) throws Exception {
        try (SinkUnderTest sut = files.sink()) {
            sut.put(Batches.numbered(0, 10)).drainAll();
            FaultyFileSystem.fault = Fault.failing(op, 1);
            sut.put(Batches.numbered(10, 10));
            assertThatThrownBy(sut.sink::drain).isInstanceOf(DeliveryException.class);
            sut.clock.advance(Duration.ofSeconds(1));
            sut.drainAll();
        }
        assertThat(tree.names()).hasSize(2);
        assertThat(tree.text(FIRST).lines()).hasSize(10).startsWith("event 0").endsWith("event 9");
        assertThat(tree.lines()).hasSize(20).doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @EnumSource(
            value = Op.class,
            names = {"WRITE", "FLUSH"})
    void anAvroContainerIsCutBackToWholeBlocks(Op op) throws Exception {
        try (SinkUnderTest sut = files.sink("serializer", "AVRO_EVENT", "serializer.compressionCodec", "deflate")) {
            failInTheSecondBatch(sut, op);
        }
        assertThat(tree.names()).hasSize(2).noneMatch(name -> name.endsWith(".tmp"));
        List<String> bodies = new ArrayList<>();
        for (String name : tree.names()) {
            try (DataFileReader<GenericRecord> reader =
                    new DataFileReader<>(files.directory().resolve(name).toFile(), new GenericDatumReader<>())) {
                reader.forEach(event -> bodies.add(StandardCharsets.UTF_8
                        .decode((ByteBuffer) event.get("body"))
                        .toString()));
            }
        }
        assertThat(bodies)
                .hasSize(20)
                .startsWith("event 0")
                .endsWith("event 19")
                .doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @EnumSource(
            value = Op.class,
            names = {"WRITE", "FLUSH"})
    void aZstdFileIsCutBackToWholeFrames(Op op) throws Exception {
        try (SinkUnderTest sut = files.sink("hdfs.fileType", "CompressedStream", "hdfs.codeC", "zstd")) {
            failInTheSecondBatch(sut, op);
        }
        assertThat(tree.names()).hasSize(2).allMatch(name -> name.endsWith(".zst"));
        StringBuilder text = new StringBuilder();
        for (String name : tree.names()) {
            try (InputStream in =
                    new ZstdInputStream(Files.newInputStream(files.directory().resolve(name)))) {
                text.append(new String(in.readAllBytes(), StandardCharsets.UTF_8));
            }
        }
        assertThat(text.toString().lines())
                .hasSize(20)
                .startsWith("event 0")
                .endsWith("event 19")
                .doesNotHaveDuplicates();
    }

    private static void failInTheSecondBatch(SinkUnderTest sut, Op op) throws Exception {
        sut.put(Batches.numbered(0, 10)).drainAll();
        FaultyFileSystem.fault = Fault.failing(op, 1);
        sut.put(Batches.numbered(10, 10));
        assertThatThrownBy(sut.sink::drain).isInstanceOf(DeliveryException.class);
        sut.clock.advance(Duration.ofSeconds(1));
        sut.drainAll();
    }

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

    @Test
    void aFailedCloseIsTriedAgainAtIntervalsAndHoldsUpNobody() throws Exception {
        try (SinkUnderTest sut = files.sink("hdfs.rollInterval", "30", "hdfs.retryInterval", "60")) {
            sut.put(Batches.of("one")).drainAll();
            FaultyFileSystem.fault =
                    Fault.failing(closing(FIRST + ".tmp"), 3); // close; close again, and look what came of it
            sut.clock.advance(Duration.ofSeconds(30));
            sut.put(Batches.of("two")).drainAll();
            assertThat(tree.inUse()).contains(FIRST + ".tmp").hasSize(2);
            assertThat(sut.gauge("unfinishedFiles")).isEqualTo(1);

            sut.clock.advance(Duration.ofSeconds(29));
            sut.sink.drain();
            assertThat(tree.names()).contains(FIRST + ".tmp");

            sut.clock.advance(Duration.ofSeconds(31)); // the second try fails too
            sut.sink.drain();
            assertThat(tree.names()).contains(FIRST + ".tmp");
            assertThat(sut.sink.idleLimit()).isEqualTo(Duration.ofMinutes(1));

            sut.clock.advance(Duration.ofSeconds(60));
            sut.sink.drain();
            assertThat(tree.names()).contains(FIRST);
            assertThat(sut.gauge("unfinishedFiles")).isEqualTo(0);
        }
        assertThat(tree.inUse()).isEmpty();
        assertThat(tree.lines()).containsExactly("one", "two");
    }

    @ParameterizedTest
    @ValueSource(strings = {"CLOSE", "RENAME"})
    void afterTheLastTryAFileKeepsItsInUseName(Op op) throws Exception {
        try (SinkUnderTest sut =
                files.sink("hdfs.rollInterval", "30", "hdfs.closeTries", "2", "hdfs.retryInterval", "5")) {
            sut.put(Batches.of("one")).drainAll();
            FaultyFileSystem.fault =
                    Fault.failing(op == Op.RENAME ? op.on(FIRST) : closing(FIRST + ".tmp"), Integer.MAX_VALUE);
            sut.clock.advance(Duration.ofSeconds(30));
            sut.sink.drain();
            assertThat(sut.gauge("unfinishedFiles")).isEqualTo(1);
            sut.clock.advance(Duration.ofSeconds(5));
            sut.sink.drain();

            assertThat(sut.gauge("unfinishedFiles")).isEqualTo(0);
            assertThat(sut.counter("filesLeftInUse")).isEqualTo(1);
        }
        assertThat(tree.names()).containsExactly(FIRST + ".tmp");
        assertThat(tree.lines()).containsExactly("one");
    }

    @Test
    void aCloseThatFailsInTheMiddleOfABatchSendsTheBatchBack() throws Exception {
        try (SinkUnderTest sut = files.sink("hdfs.rollCount", "4")) {
            FaultyFileSystem.fault = Fault.failing(Op.CLOSE, 1);
            sut.put(Batches.numbered(0, 10));
            assertThatThrownBy(sut.sink::drain).isInstanceOf(DeliveryException.class);
            sut.clock.advance(Duration.ofSeconds(1));
            sut.drainAll();
        }
        assertThat(tree.inUse()).isEmpty();
        assertThat(tree.lines()).hasSize(10).doesNotHaveDuplicates();
    }

    @Test
    void aRenameThatIsRefusedIsTriedAgain() throws Exception {
        FaultyFileSystem.fault = (op, path) -> op != Op.RENAME;
        try (SinkUnderTest sut = files.sink("hdfs.rollCount", "1", "hdfs.retryInterval", "5")) {
            sut.put(Batches.of("one", "two")).drainAll();
            assertThat(tree.inUse()).hasSize(2);
            assertThat(sut.counter("renamesFailed")).isEqualTo(1);
            FaultyFileSystem.fault = Fault.NONE;
            sut.clock.advance(Duration.ofSeconds(5));
            sut.sink.drain();
            assertThat(tree.complete()).containsExactly(FIRST);
        }
        assertThat(tree.names()).containsExactly(FIRST, SECOND);
    }

    @Test
    void aRenameWhoseAnswerGotLostIsNotTriedTwice() throws Exception {
        FaultyFileSystem.fault = (op, path) -> {
            if (op == Op.RENAME) {
                Files.move(
                        files.directory().resolve(FIRST + ".tmp"),
                        files.directory().resolve(FIRST));
                throw new IOException("connection lost");
            }
            return true;
        };
        try (SinkUnderTest sut = files.sink("hdfs.rollInterval", "30", "hdfs.retryInterval", "5")) {
            sut.put(Batches.of("one")).drainAll();
            sut.clock.advance(Duration.ofSeconds(30));
            sut.sink.drain();
            sut.clock.advance(Duration.ofSeconds(5));
            sut.sink.drain();

            assertThat(sut.gauge("unfinishedFiles")).isEqualTo(0);
            assertThat(sut.counter("filesFinished")).isEqualTo(1);
        }
        assertThat(tree.names()).containsExactly(FIRST);
    }

    @Test
    void aRenameNeverOverwrites() throws Exception {
        try (SinkUnderTest sut = files.sink()) {
            sut.put(Batches.of("mine")).drainAll();
            Files.writeString(files.directory().resolve(FIRST), "theirs");
        }
        assertThat(tree.text(FIRST)).isEqualTo("theirs");
        assertThat(tree.text(SECOND)).isEqualTo("mine\n");
        assertThat(tree.names()).hasSize(2);
    }

    @Test
    void anInUseFileOfAnEarlierLifeIsNeitherUsedNorOverwritten() throws Exception {
        Files.writeString(files.directory().resolve(FIRST + ".tmp"), "crashed");
        try (SinkUnderTest sut = files.sink()) {
            sut.put(Batches.of("mine")).drainAll();
        }
        assertThat(tree.names()).containsExactly(FIRST + ".tmp", SECOND);
        assertThat(tree.text(FIRST + ".tmp")).isEqualTo("crashed");
    }

    @ParameterizedTest
    @EnumSource(
            value = Op.class,
            names = {"CREATE", "WRITE", "FLUSH", "CLOSE", "RENAME"})
    void aCallThatHangsCostsItsFileAndNotTheSink(Op op) throws Exception {
        FaultyFileSystem.fault = hang.once(op, "bad");
        try (SinkUnderTest sut = files.sinkByBucket("hdfs.callTimeout", "100", "hdfs.rollCount", "1")) {
            for (int i = 0; i < 3; i++) {
                sut.putTo("bad", "bad " + i).putTo("good", "good " + i);
            }
            drainThroughFailures(sut);
            assertThat(sut.channel.bodies()).isEmpty();
            assertThat(sut.gauge("hangingCalls")).isEqualTo(1);

            files.endHanging(sut);
            sut.clock.advance(Duration.ofSeconds(5)); // and its file is looked after again
            sut.drainAll();
        }
        assertThat(tree.inUse()).isEmpty();
        assertThat(tree.lines()).contains("bad 0", "bad 1", "bad 2", "good 0", "good 1", "good 2");
    }

    @Test
    void theSinkStopsAlthoughACallHangsAndTellsWhichFileItLeaves() throws Exception {
        FaultyFileSystem.fault = hang.once(Op.CLOSE, "Flume");
        SinkUnderTest sut = files.sink("hdfs.callTimeout", "1000");
        sut.put(Batches.of("one")).drainAll();

        sut.close();

        assertThat(tree.names()).containsExactly(FIRST + ".tmp");
        assertThat(sut.counter("filesLeftInUse")).isEqualTo(1);
    }

    @Test
    void anInterruptDoesNotBreakFilesAndIsNotForgotten() throws Exception {
        try (SinkUnderTest sut = files.sink()) {
            sut.put(Batches.of("one"));
            Thread.currentThread().interrupt();
            sut.sink.drain();

            assertThat(Thread.interrupted()).isTrue();
            assertThat(sut.channel.bodies()).isEmpty();
        }
        assertThat(tree.names()).containsExactly(FIRST);
    }

    private static void drainThroughFailures(SinkUnderTest sut) throws InterruptedException {
        List<String> failures = new ArrayList<>();
        while (!sut.channel.bodies().isEmpty() || !sut.gauge("heldEvents").equals(0)) {
            try {
                sut.sink.drain();
                sut.clock.advance(Duration.ofMillis(100));
            } catch (DeliveryException e) {
                failures.add(e.getMessage());
                assertThat(failures).hasSizeLessThan(5);
                sut.clock.advance(Duration.ofSeconds(1));
            }
        }
    }

    /** Closing a file, and asking what came of that. */
    private static BiPredicate<Op, org.apache.hadoop.fs.Path> closing(String name) {
        return (called, path) ->
                (called == Op.CLOSE || called == Op.STATUS) && path.getName().equals(name);
    }
}
