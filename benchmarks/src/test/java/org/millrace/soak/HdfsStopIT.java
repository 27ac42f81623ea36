package org.millrace.soak;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.RemoteIterator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.client.ClientSettings;
import org.millrace.client.Event;
import org.millrace.client.RelayAddress;
import org.millrace.client.RelayClient;
import org.millrace.testkit.process.AgentProcess;
import org.millrace.testkit.process.AgentProcess.Kind;
import org.millrace.testkit.process.FreePorts;
import org.millrace.testkit.process.JavaProcess;

/** An agent whose HDFS does not answer stops in good order all the same, and the next one finishes what it has left. */
class HdfsStopIT {
    private static final String IN_USE = ".tmp";
    private static final int EVENTS = 20;
    private static final List<String> SINKS = List.of("k1", "k2");

    @TempDir
    private Path dir;

    private final int port = FreePorts.next();

    @Test
    void anAgentWithTwoSinksStopsWhileHdfsHangs() throws Exception {
        try (JavaProcess node = hdfsProcess();
                FileSystem admin = FileSystem.newInstance(address(), new Configuration())) {
            try (AgentProcess agent = start("agent");
                    RelayClient client = client()) {
                client.appendBatch(IntStream.range(0, EVENTS)
                        .mapToObj(i -> Event.of(Integer.toString(i).getBytes(UTF_8)))
                        .toList());
                await().until(() -> lines(admin).size() == SINKS.size() * EVENTS);

                node.pause();
                agent.process().terminate();
                assertThat(agent.process().awaitExit()).as(agent.process()::log).isZero();
                assertThat(agent.process().log()).contains("sink k1 has not closed", "sink k2 has not closed");
            }
            node.goOn();
            try (AgentProcess next = start("next")) {
                await().until(() -> files(admin).size() == SINKS.size()
                        && files(admin).stream().noneMatch(HdfsStopIT::isInUse));
                assertThat(lines(admin)).hasSize(SINKS.size() * EVENTS);
                next.process().terminate();
                assertThat(next.process().awaitExit()).as(next.process()::log).isZero();
            }
        }
    }

    private JavaProcess hdfsProcess() {
        Path data = dir.resolve("hdfs");
        JavaProcess node = JavaProcess.start(
                "hdfs",
                dir,
                List.of("-Xmx256m"),
                System.getProperty("java.class.path"),
                List.of("org.millrace.singlenode.SingleNodeHdfs", "serve", "--dir", data.toString()));
        await().until(() -> Files.exists(data.resolve("address")) || !node.isAlive());
        assertThat(node.isAlive()).as(node::log).isTrue();
        return node;
    }

    private URI address() throws IOException {
        return URI.create(
                Files.readString(dir.resolve("hdfs").resolve("address")).strip());
    }

    private AgentProcess start(String name) throws IOException {
        StringBuilder file = new StringBuilder("""
                a.sources = r
                a.channels = c1 c2
                a.sinks = k1 k2
                a.sources.r.type = avro
                a.sources.r.channels = c1 c2
                a.sources.r.bind = 127.0.0.1
                a.sources.r.port = %d
                """.formatted(port));
        for (int i = 1; i <= SINKS.size(); i++) {
            file.append("""
                    a.channels.c%1$d.type = file
                    a.channels.c%1$d.checkpointDir = %2$s/c%1$d/checkpoint
                    a.channels.c%1$d.dataDirs = %2$s/c%1$d/data
                    a.sinks.k%1$d.type = hdfs
                    a.sinks.k%1$d.channel = c%1$d
                    a.sinks.k%1$d.hdfs.path = %3$s/k%1$d
                    a.sinks.k%1$d.hdfs.fileType = DataStream
                    a.sinks.k%1$d.hdfs.rollInterval = 0
                    a.sinks.k%1$d.hdfs.rollSize = 0
                    a.sinks.k%1$d.hdfs.rollCount = 0
                    """.formatted(i, dir, address()));
        }
        return AgentProcess.start(Kind.MILLRACE, name, dir, List.of("-Xmx256m"), file.toString(), port);
    }

    private RelayClient client() {
        return RelayClient.open(
                ClientSettings.builder(new RelayAddress("127.0.0.1", port)).build());
    }

    private static boolean isInUse(org.apache.hadoop.fs.Path file) {
        return file.getName().endsWith(IN_USE);
    }

    private static List<org.apache.hadoop.fs.Path> files(FileSystem admin) throws IOException {
        List<org.apache.hadoop.fs.Path> files = new ArrayList<>();
        RemoteIterator<LocatedFileStatus> all = admin.listFiles(new org.apache.hadoop.fs.Path("/"), true);
        while (all.hasNext()) {
            files.add(all.next().getPath());
        }
        return files;
    }

    private static List<String> lines(FileSystem admin) throws IOException {
        List<String> lines = new ArrayList<>();
        for (org.apache.hadoop.fs.Path file : files(admin)) {
            try (var in = admin.open(file)) {
                new String(in.readAllBytes(), UTF_8).lines().forEach(lines::add);
            }
        }
        return lines;
    }
}
