package org.millrace.hdfs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.codahale.metrics.MetricRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.hdfs.DistributedFileSystem;
import org.apache.hadoop.hdfs.MiniDFSCluster;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.millrace.api.DeliveryException;
import org.millrace.api.SinkMetrics;
import org.millrace.codec.EventBatch;
import org.millrace.codec.EventBatchBuilder;
import org.millrace.serializer.SerializerChoice;
import org.millrace.testkit.Batches;
import org.millrace.testkit.FakeClock;

/** The sink against a real name node and data node: what it writes is read back with Hadoop's own readers. */
class HdfsSinkIT {
    private static final int EVENTS = 2_500;

    @RegisterExtension
    static final MiniHdfs mini = new MiniHdfs();

    private static MiniDFSCluster cluster;
    private static DistributedFileSystem hdfs;
    private org.apache.hadoop.fs.Path root;

    @BeforeAll
    static void cluster() {
        cluster = mini.cluster();
        hdfs = mini.files();
    }

    @BeforeEach
    void freshRoot() throws IOException {
        root = mini.freshRoot();
    }

    @Test
    void textIsByteForByteWhatCameIn() throws Exception {
        try (SinkUnderTest sut = started()) {
            putLines(sut).drainAll();
            assertThat(readText(onlyFile())).isEqualTo(expectedText()); // flushed, not yet finished
        }
        FileStatus file = onlyFile();
        assertThat(file.getPath().getName()).isEqualTo("FlumeData.1700000000001");
        assertThat(file.getLen()).isEqualTo(expectedBytes());
        assertThat(readText(file)).isEqualTo(expectedText());
    }

    @Test
    void filesAreFinishedByTheClockWithoutTraffic() throws Exception {
        try (SinkUnderTest sut = started("hdfs.rollInterval", "30")) {
            putLines(sut).drainAll();
            assertThat(onlyFile().getPath().getName()).endsWith(".tmp");
            sut.clock.advance(Duration.ofSeconds(30));
            sut.sink.drain();

            assertThat(onlyFile().getPath().getName()).isEqualTo("FlumeData.1700000000001");
            assertThat(hdfs.isFileClosed(onlyFile().getPath())).isTrue();
            assertThat(onlyFile().getLen()).isEqualTo(expectedBytes());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "100", "999"})
    void noEventIsLostOrDoubledWhenFilesAreFullInTheMiddleOfBatches(String rollCount) throws Exception {
        try (SinkUnderTest sut = started("hdfs.rollCount", rollCount, "hdfs.batchSize", "300")) {
            for (int i = 0; i < 500; i++) {
                sut.put(batch(i, 1));
            }
            sut.drainAll();
        }
        List<FileStatus> files = files();
        assertThat(files).hasSize((500 + Integer.parseInt(rollCount) - 1) / Integer.parseInt(rollCount));
        StringBuilder all = new StringBuilder();
        for (FileStatus file : files) {
            all.append(readText(file));
        }
        assertThat(all.toString().lines())
                .containsExactlyElementsOf(
                        IntStream.range(0, 500).mapToObj(HdfsSinkIT::line).toList());
    }

    @Test
    void manyBucketsAreWrittenSideBySide() throws Exception {
        try (SinkUnderTest sut = started("hdfs.path", root + "/%{host}/%Y-%m-%d", "hdfs.timeZone", "UTC")) {
            putLines(sut).drainAll();
            assertThat(files()).hasSize(50);
        }
        assertThat(files())
                .hasSize(50)
                .noneMatch(file -> file.getPath().getName().endsWith(".tmp"));
        for (int host = 0; host < 50; host++) {
            int mine = host;
            FileStatus[] file = hdfs.listStatus(new org.apache.hadoop.fs.Path(root, "h" + host + "/2020-09-13"));
            assertThat(readText(file[0]).lines())
                    .containsExactlyElementsOf(IntStream.range(0, EVENTS)
                            .filter(i -> i % 50 == mine)
                            .mapToObj(HdfsSinkIT::line)
                            .toList());
        }
    }

    @Test
    void twoAgentsMayWriteTheSamePathAndPrefixInTheSameMillisecond() throws Exception {
        FakeClock stopped = new FakeClock();
        int each = 40;
        try (SinkUnderTest one = SinkUnderTest.started(stopped, root.toString(), "hdfs.rollCount", "1");
                SinkUnderTest two = SinkUnderTest.started(stopped, root.toString(), "hdfs.rollCount", "1")) {
            CompletableFuture<Void> other = CompletableFuture.runAsync(() -> drainOneByOne(two, each, "two"));
            drainOneByOne(one, each, "one");
            other.get(60, TimeUnit.SECONDS);
        }
        List<FileStatus> files = files();
        assertThat(files)
                .hasSize(2 * each)
                .noneMatch(file -> file.getPath().getName().endsWith(".tmp"));
        List<String> lines = new ArrayList<>();
        for (FileStatus file : files) {
            lines.addAll(readText(file).lines().toList());
        }
        assertThat(lines)
                .containsExactlyInAnyOrderElementsOf(Stream.of("one", "two")
                        .flatMap(name -> IntStream.range(0, each).mapToObj(i -> name + " " + i))
                        .toList());
    }

    /** As the sink's runner, which tries again: who loses too many names to the other has its batch rolled back. */
    private static void drainOneByOne(SinkUnderTest sut, int events, String name) {
        for (int i = 0, lost = 0; i < events; i++) {
            sut.put(Batches.of(name + " " + i));
            while (!sut.channel.bodies().isEmpty()) {
                try {
                    sut.drainAll();
                } catch (DeliveryException e) {
                    assertThat(e).hasMessageContaining("other writers take the names");
                    assertThat(++lost).isLessThan(10 * events);
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
            }
        }
    }

    @Test
    void aRestartedDataNodeCostsNoEvent() throws Exception {
        try (SinkUnderTest sut = started("hdfs.callTimeout", "20000", "hdfs.retryInterval", "1")) {
            sut.put(batch(0, 100)).drainAll();
            MiniDFSCluster.DataNodeProperties stopped = cluster.stopDataNode(0);
            sut.put(batch(100, 100));
            assertThatThrownBy(sut.sink::drain).isInstanceOf(DeliveryException.class);
            assertThat(sut.channel.bodies()).hasSize(100);

            cluster.restartDataNode(stopped, true);
            cluster.waitActive();
            sut.clock.advance(Duration.ofSeconds(1));
            sut.drainAll();
            await().pollInterval(Duration.ofSeconds(1)).until(() -> {
                sut.clock.advance(Duration.ofSeconds(1));
                sut.sink.drain();
                return sut.gauge("unfinishedFiles").equals(0);
            });
        }
        assertThat(files())
                .hasSize(2)
                .noneMatch(file -> file.getPath().getName().endsWith(".tmp"));
        StringBuilder all = new StringBuilder();
        for (FileStatus file : files()) {
            assertThat(hdfs.isFileClosed(file.getPath())).isTrue();
            all.append(readText(file));
        }
        assertThat(all.toString().lines())
                .containsExactlyElementsOf(
                        IntStream.range(0, 200).mapToObj(HdfsSinkIT::line).toList());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aFileThatAnotherWriterHasMadeOfOurNameIsNeitherOpenedNorTakenForOurs(boolean isOpen) throws Exception {
        FileEntry entry = FileEntry.opening(new FileNaming("", ".tmp", ""), root, "FlumeData", 1);
        FileStore store = new FileStore(
                "k1",
                new FileSystems(hdfs, hdfs.getConf()),
                new StreamFormat(SerializerChoice.bareBodies(), SyncMode.HFLUSH, new ChunkedOutput.Chunks()),
                entry.naming(),
                SyncMode.HFLUSH,
                InstantSource.system(),
                new HdfsMetrics(new SinkMetrics("k1", new MetricRegistry()), InstantSource.system()));
        try (FileSystem other = FileSystem.newInstance(hdfs.getUri(), hdfs.getConf());
                FSDataOutputStream theirs = other.create(entry.inUse())) {
            if (!isOpen) {
                theirs.close();
            }
            assertThat(store.create(entry)).isNull();
        }
        assertThat(onlyFile().getPath()).isEqualTo(entry.inUse());
    }

    @Test
    void anEmptyLeadingHeaderStaysInThisFileSystem() throws Exception {
        try (SinkUnderTest sut = started("hdfs.path", root + "/%{none}/%{evil}")) {
            sut.put(batch(0, 10)).drainAll();
        }
        assertThat(onlyFile().getPath().getParent().toString()).isEqualTo(root + "/.._.._up");
    }

    private SinkUnderTest started(String... keysAndValues) throws Exception {
        return SinkUnderTest.started(root.toString(), keysAndValues);
    }

    private static SinkUnderTest putLines(SinkUnderTest sut) {
        for (int first = 0; first < EVENTS; first += 250) {
            sut.put(batch(first, 250));
        }
        return sut;
    }

    private static EventBatch batch(int first, int events) {
        try (EventBatchBuilder builder = new EventBatchBuilder()) {
            for (int i = first; i < first + events; i++) {
                builder.add(
                        Map.of(
                                "timestamp",
                                Long.toString(1_600_000_000_000L + i),
                                "host",
                                "h" + i % 50,
                                "evil",
                                "../../up"),
                        line(i).getBytes(UTF_8));
            }
            return builder.build();
        }
    }

    private static String line(int number) {
        return "line " + number + " – " + "x".repeat(number % 97);
    }

    private static String expectedText() {
        StringBuilder text = new StringBuilder();
        IntStream.range(0, EVENTS).forEach(i -> text.append(line(i)).append('\n'));
        return text.toString();
    }

    private static int expectedBytes() {
        return expectedText().getBytes(UTF_8).length;
    }

    private FileStatus onlyFile() throws IOException {
        List<FileStatus> files = files();
        assertThat(files).hasSize(1);
        return files.get(0);
    }

    private List<FileStatus> files() throws IOException {
        return mini.below(root);
    }

    private static String readText(FileStatus file) throws IOException {
        try (InputStream in = hdfs.open(file.getPath())) {
            return new String(in.readAllBytes(), UTF_8);
        }
    }
}
