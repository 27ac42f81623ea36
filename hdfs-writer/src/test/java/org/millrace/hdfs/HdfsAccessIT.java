package org.millrace.hdfs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.metrics2.AbstractMetric;
import org.apache.hadoop.metrics2.impl.MetricsCollectorImpl;
import org.apache.hadoop.metrics2.lib.DefaultMetricsSystem;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.testkit.Batches;

/** How a real HDFS is reached, as whom, and what is asked of it. */
class HdfsAccessIT {
    @RegisterExtension
    static final MiniHdfs mini = new MiniHdfs();

    @TempDir
    private Path configuration;

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
