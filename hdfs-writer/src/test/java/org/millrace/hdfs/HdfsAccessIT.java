package org.millrace.hdfs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.codahale.metrics.MetricRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.metrics2.AbstractMetric;
import org.apache.hadoop.metrics2.impl.MetricsCollectorImpl;
import org.apache.hadoop.metrics2.lib.DefaultMetricsSystem;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.millrace.api.Sink;
import org.millrace.api.SinkContext;
import org.millrace.api.SinkMetrics;
import org.millrace.codec.EventBatch;
import org.millrace.testkit.Batches;
import org.millrace.testkit.RecordedProblems;

/** How a real HDFS is reached, as whom, and what is asked of it. */
class HdfsAccessIT {
    @RegisterExtension
    static final MiniHdfs mini = new MiniHdfs();

    @TempDir
    private Path configuration;

    private static final String STRIPES = "XOR-2-1-1024k";

    /** So that a restart finds all that was committed. */
    private static final Random KEEPING_ALL = new Random() {
        @Override
        public int nextInt(int from, int to) {
            return to - 1;
        }
    };

    private org.apache.hadoop.fs.Path root;

    @BeforeEach
    void freshRoot() throws IOException {
        root = mini.freshRoot();
    }

    @Test
    void aNameServiceWithTwoNameNodesIsFoundByHadoopsFilesAndTheActiveOneIsUsed() throws Exception {
        Files.writeString(
                configuration.resolve("hdfs-site.xml"),
                site(Map.of(
                        "dfs.nameservices", "ours",
                        "dfs.ha.namenodes.ours", "nn1,nn2",
                        "dfs.namenode.rpc-address.ours.nn1", "127.0.0.1:1", // nobody listens
                        "dfs.namenode.rpc-address.ours.nn2",
                                "127.0.0.1:" + mini.cluster().getNameNodePort(),
                        "dfs.client.failover.sleep.base.millis", "10",
                        "dfs.client.failover.proxy.provider.ours",
                                "org.apache.hadoop.hdfs.server.namenode.ha.ConfiguredFailoverProxyProvider")));
        try (SinkUnderTest sut = SinkUnderTest.started(
                "hdfs://ours" + root.toUri().getPath(), "hdfs.configurationDirectory", configuration.toString())) {
            sut.put(Batches.of("one")).drainAll();
        }
        assertThat(text(onlyFile())).isEqualTo("one\n");
    }

    @Test
    void theDefaultFileSystemComesFromHadoopsFiles() throws Exception {
        Files.writeString(
                configuration.resolve("core-site.xml"),
                site(Map.of("fs.defaultFS", mini.files().getUri().toString())));
        try (SinkUnderTest sut = SinkUnderTest.started(
                root.toUri().getPath(), "hdfs.configurationDirectory", configuration.toString())) {
            sut.put(Batches.of("one")).drainAll();
        }
        assertThat(text(onlyFile())).isEqualTo("one\n");
    }

    @Test
    void aSchemeWithoutAnAddressMeansTheDefaultFileSystem() throws Exception {
        Files.writeString(
                configuration.resolve("core-site.xml"),
                site(Map.of("fs.defaultFS", mini.files().getUri().toString())));
        try (SinkUnderTest sut = SinkUnderTest.started(
                "hdfs:" + root.toUri().getPath(), "hdfs.configurationDirectory", configuration.toString())) {
            sut.put(Batches.of("one")).drainAll();
        }
        assertThat(text(onlyFile())).isEqualTo("one\n");
    }

    /** A striped file cannot be flushed: what was committed would be gone with the agent. */
    @ParameterizedTest
    @ValueSource(strings = {"hflush", "hsync"})
    void inAnErasureCodedDirectoryFilesAreReplicated(String sync) throws Exception {
        Files.writeString(configuration.resolve("core-site.xml"), site(Map.of()));
        assertFilesAreReplicatedIn(root.toString(), sync);
    }

    @ParameterizedTest
    @ValueSource(strings = {"hflush", "hsync"})
    void soTheyAreBehindAMountTable(String sync) throws Exception {
        mountLogs();
        assertFilesAreReplicatedIn("viewfs://ours/logs/%Y", sync);
    }

    private void assertFilesAreReplicatedIn(String path, String sync) throws Exception {
        mini.files().enableErasureCodingPolicy(STRIPES);
        mini.files().setErasureCodingPolicy(root, STRIPES);
        try (SinkUnderTest sut = SinkUnderTest.started(
                path, "hdfs.sync", sync, "hdfs.configurationDirectory", configuration.toString())) {
            sut.put(Batches.of("one")).drainAll();
            assertThat(text(onlyFile())).isEqualTo("one\n"); // flushed, not yet finished
        }
        assertThat(onlyFile().isErasureCoded()).isFalse();
        assertThat(mini.files().getErasureCodingPolicy(root).getName()).isEqualTo(STRIPES);
        assertThat(text(onlyFile())).isEqualTo("one\n");
    }

    /** Only the file system behind a mount can take a lease back. */
    @Test
    void behindAMountTableFilesOfAKilledAgentAreFinishedToo() throws Exception {
        mountLogs();
        Map<Integer, EventBatch> events = new TreeMap<>();
        for (int i = 0; i < 3; i++) {
            events.put(i, Batches.of("event " + i));
        }
        CrashableChannel channel = new CrashableChannel();
        Sink killed = sink(channel, "viewfs://ours/logs");
        killed.start();
        for (int i = 0; i < 2; i++) { // of the file's length the name node hears with the first flush alone
            channel.put(i, events.get(i).retain());
            killed.drain();
        }
        CrashableChannel next = channel.restart(events, KEEPING_ALL);
        Sink sink = sink(next, "viewfs://ours/logs");
        sink.start();
        await().atMost(Duration.ofMinutes(1)).until(() -> {
            sink.drain();
            return complete().size() == 1;
        });
        assertThat(mini.files().isFileClosed(complete().get(0).getPath())).isTrue();
        assertThat(text(complete().get(0))).isEqualTo("event 0\nevent 1\n");
        sink.close();
        assertThat(complete()).hasSize(2);
        assertThat(text(complete().get(1))).isEqualTo("event 2\n");
        killed.close();
        next.close();
        events.values().forEach(EventBatch::release);
    }

    private void mountLogs() throws IOException {
        Files.writeString(
                configuration.resolve("core-site.xml"),
                site(Map.of("fs.viewfs.mounttable.ours.link./logs", root.toString())));
    }

    private List<FileStatus> complete() throws IOException {
        return mini.below(root).stream()
                .filter(file -> !file.getPath().getName().endsWith(".tmp"))
                .toList();
    }

    private Sink sink(CrashableChannel channel, String path) {
        RecordedProblems problems = new RecordedProblems();
        Sink sink = new HdfsSinkFactory()
                .create(
                        new SinkContext(
                                "a1",
                                "k1",
                                channel,
                                new SinkMetrics("k1", new MetricRegistry()),
                                InstantSource.system()),
                        problems.settings(Map.of(
                                "hdfs.path",
                                path,
                                "hdfs.fileType",
                                "DataStream",
                                "hdfs.rollInterval",
                                "0",
                                "hdfs.configurationDirectory",
                                configuration.toString())));
        assertThat(problems.problems()).isEmpty();
        return sink;
    }

    @Test
    void filesBelongToTheUserThatTheSinkActsFor() throws Exception {
        try (SinkUnderTest sut = SinkUnderTest.started(root.toString(), "hdfs.proxyUser", "joe")) {
            sut.put(Batches.of("one")).drainAll();
        }
        assertThat(onlyFile().getOwner()).isEqualTo("joe");
        assertThat(text(onlyFile())).isEqualTo("one\n");
    }

    @Test
    void hsyncForcesEachBatchAndEachFileToDisk() throws Exception {
        long before = fsyncs();
        try (SinkUnderTest sut = SinkUnderTest.started(root.toString(), "hdfs.sync", "hsync")) {
            sut.put(Batches.of("one")).drainAll();
            assertThat(fsyncs()).isGreaterThan(before);
            before = fsyncs();
            sut.put(Batches.of("two")).drainAll();
            assertThat(fsyncs()).isGreaterThan(before);
            before = fsyncs();
        }
        assertThat(fsyncs()).isGreaterThan(before);
        assertThat(text(onlyFile())).isEqualTo("one\ntwo\n");
    }

    @Test
    void hflushForcesNothing() throws Exception {
        long before = fsyncs();
        try (SinkUnderTest sut = SinkUnderTest.started(root.toString())) {
            sut.put(Batches.of("one")).drainAll();
        }
        assertThat(fsyncs()).isEqualTo(before);
    }

    @Test
    void aFileWithTooFewReplicasIsFinishedWithItsBatchButNotForEver() throws Exception {
        try (SinkUnderTest sut = SinkUnderTest.started(root.toString(), "hdfs.minBlockReplicas", "2")) {
            for (int i = 0; i < 35; i++) {
                sut.put(Batches.of("event " + i, "and more")).drainAll();
            }
        }
        List<FileStatus> files = mini.below(root);
        assertThat(files).hasSize(31);
        assertThat(text(files.get(0))).isEqualTo("event 0\nand more\n");
        assertThat(text(files.get(30))).startsWith("event 30\n").endsWith("event 34\nand more\n");
    }

    @Test
    void aFileWithEnoughReplicasGoesOn() throws Exception {
        try (SinkUnderTest sut = SinkUnderTest.started(root.toString(), "hdfs.minBlockReplicas", "1")) {
            for (int i = 0; i < 3; i++) {
                sut.put(Batches.of("event " + i)).drainAll();
            }
        }
        assertThat(text(onlyFile())).isEqualTo("event 0\nevent 1\nevent 2\n");
    }

    @Test
    void aSchemaMayStandInHdfs() throws Exception {
        org.apache.hadoop.fs.Path schema = new org.apache.hadoop.fs.Path(root, "schemas/string.avsc");
        try (var out = mini.files().create(schema)) {
            out.write("\"string\"".getBytes(UTF_8));
        }
        try (SinkUnderTest sut = SinkUnderTest.started(
                root + "/data", "serializer", "org.apache.flume.sink.hdfs.AvroEventSerializer$Builder")) {
            sut.put(Batches.of(Map.of("flume.avro.schema.url", schema.toString()), "\u0006one"))
                    .drainAll();
        }
        assertThat(mini.below(new org.apache.hadoop.fs.Path(root, "data")))
                .singleElement()
                .satisfies(file -> {
                    assertThat(text(file)).contains("\"string\"").contains("\u0006one");
                });
    }

    /** How often the data node has forced a file to disk. */
    private static long fsyncs() {
        String source = mini.cluster().getDataNodes().get(0).getMetrics().name();
        MetricsCollectorImpl collector = new MetricsCollectorImpl(); // the figures in JMX are up to 10 s old
        DefaultMetricsSystem.instance().getSource(source).getMetrics(collector, true);
        for (AbstractMetric metric : collector.getRecords().get(0).metrics()) {
            if (metric.name().equals("FsyncCount")) {
                return metric.value().longValue();
            }
        }
        throw new AssertionError("no FsyncCount in " + source);
    }

    private static String site(Map<String, String> values) {
        StringBuilder xml = new StringBuilder("<configuration>");
        values.forEach((name, value) -> xml.append("<property><name>")
                .append(name)
                .append("</name><value>")
                .append(value)
                .append("</value></property>"));
        return xml.append("</configuration>").toString();
    }

    private FileStatus onlyFile() throws IOException {
        List<FileStatus> files = mini.below(root);
        assertThat(files).hasSize(1);
        return files.get(0);
    }

    private static String text(FileStatus file) throws IOException {
        try (InputStream in = mini.files().open(file.getPath())) {
            return new String(in.readAllBytes(), UTF_8);
        }
    }
}
