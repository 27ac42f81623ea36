package org.millrace.hdfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.ZstdInputStream;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.file.DataFileReader;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.millrace.api.DeliveryException;
import org.millrace.hdfs.FaultyFileSystem.Fault;
import org.millrace.hdfs.FaultyFileSystem.Op;
import org.millrace.testkit.Batches;

/** What the file system does to us: no event is lost, and none is written twice, for a call that fails or hangs. */
class HdfsSinkFaultTest {
    private static final String FIRST = "FlumeData.1700000000001";

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
}
