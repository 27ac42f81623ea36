package org.millrace.soak;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.client.ClientSettings;
import org.millrace.client.Event;
import org.millrace.client.RelayAddress;
import org.millrace.client.RelayClient;
import org.millrace.testkit.process.AgentProcess;
import org.millrace.testkit.process.AgentProcess.Kind;
import org.millrace.testkit.process.FreePorts;
import org.millrace.testkit.process.HdfsProcess;

/** An agent whose HDFS does not answer stops in good order all the same, and the next one finishes what it has left. */
class HdfsStopIT {
    private static final int EVENTS = 20;
    private static final List<String> SINKS = List.of("k1", "k2");

    @TempDir
    private Path dir;

    private final int port = FreePorts.next();

    @Test
    void anAgentWithTwoSinksStopsWhileHdfsHangs() throws Exception {
        try (HdfsProcess hdfs = HdfsProcess.start(dir, List.of("-Xmx256m"));
                FileSystem admin = FileSystem.newInstance(hdfs.address(), new Configuration())) {
            HdfsTree tree = new HdfsTree(admin, "/");
            try (AgentProcess agent = start("agent", hdfs.address());
                    RelayClient client = client()) {
                client.appendBatch(IntStream.range(0, EVENTS)
                        .mapToObj(i -> Event.of(Integer.toString(i).getBytes(UTF_8)))
                        .toList());
                await().until(() -> tree.lines().size() == SINKS.size() * EVENTS);

                hdfs.process().pause();
                agent.process().terminate();
                assertThat(agent.process().awaitExit()).as(agent.process()::log).isEqualTo(1);
                assertThat(agent.process().log())
                        .contains(
                                "sink k1 has not closed",
                                "sink k2 has not closed",
                                "not cleanly: sink k1 is still open");
            }
            hdfs.process().goOn();
            try (AgentProcess next = start("next", hdfs.address())) {
                await().until(() ->
                        tree.complete().size() == SINKS.size() && tree.inUse().isEmpty());
                assertThat(tree.lines()).hasSize(SINKS.size() * EVENTS);
                next.process().terminate();
                assertThat(next.process().awaitExit()).as(next.process()::log).isZero();
            }
        }
    }

    private AgentProcess start(String name, URI hdfs) {
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
                    """.formatted(i, dir, hdfs));
        }
        return AgentProcess.start(Kind.MILLRACE, name, dir, List.of("-Xmx256m"), file.toString(), port);
    }

    private RelayClient client() {
        return RelayClient.open(
                ClientSettings.builder(new RelayAddress("127.0.0.1", port)).build());
    }
}
