package org.millrace.soak;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.permission.FsPermission;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.millrace.client.AppendException;
import org.millrace.client.ClientSettings;
import org.millrace.client.Event;
import org.millrace.client.RelayAddress;
import org.millrace.client.RelayClient;
import org.millrace.singlenode.SingleNode;
import org.millrace.testkit.process.AgentProcess;
import org.millrace.testkit.process.AgentProcess.Kind;
import org.millrace.testkit.process.FreePorts;
import org.millrace.testkit.process.HdfsProcess;

/**
 * A group whose first sink writes to a real HDFS: what a bucket of it does not take, since it is refused or hangs, goes to the next sink;
 * the first one comes back; and each event stands in one place, once.
 */
class HdfsGroupIT {
    /** Not HDFS's superuser, so that permissions count. */
    private static final String USER = "relay";

    private static final int FEW = 20;

    private static final String FAILOVER = """
            a.sinkgroups.g.processor.type = failover
            a.sinkgroups.g.processor.priority.k1 = 10
            a.sinkgroups.g.processor.priority.k2 = 5
            a.sinkgroups.g.processor.maxpenalty = 2000
            """;
    private static final String LOAD_BALANCE = """
            a.sinkgroups.g.processor.type = load_balance
            a.sinkgroups.g.processor.backoff = true
            a.sinkgroups.g.processor.selector.maxTimeOut = 2000
            """;

    @TempDir
    private Path dir;

    private final int port = FreePorts.next();
    private int sent;

    @ParameterizedTest
    @ValueSource(strings = {FAILOVER, LOAD_BALANCE})
    void theNextSinkTakesOverWhileADirectoryIsRefused(String processor) throws Exception {
        try (SingleNode hdfs = SingleNode.start(dir.resolve("hdfs"), 0, Map.of("dfs.permissions.enabled", "true"));
                FileSystem admin = FileSystem.newInstance(hdfs.address(), new Configuration())) {
            directory(admin, "/first", 0755);
            directory(admin, "/first/bad", 0);
            directory(admin, "/second", 0755);
            HdfsTree first = new HdfsTree(admin, "/first");
            HdfsTree refused = new HdfsTree(admin, "/first/bad");
            HdfsTree next = new HdfsTree(admin, "/second");
            String second = hdfsSink("k2", hdfs.address() + "/second/%{bucket}");
            String file = file(hdfs.address() + "/first/%{bucket}", second, processor);
            try (AgentProcess agent = start(file);
                    RelayClient client = client()) {
                await().until(() -> {
                    sendBoth(client, FEW);
                    return agent.process().log().lines().anyMatch(HdfsGroupIT::tellsOfTheRefusal);
                });
                awaitAllStand(first, next);
                assertThat(refused.completeLines()).isEmpty();

                admin.setPermission(new org.apache.hadoop.fs.Path("/first/bad"), new FsPermission((short) 0755));
                await().until(() -> {
                    sendBoth(client, 1);
                    return !refused.completeLines().isEmpty();
                });
                awaitAllStand(first, next);
                assertStops(agent);
                assertThat(agent.process().log()).contains("sink group g: sink k1 delivers again");
            }
            assertThat(new HdfsTree(admin, "/").inUse()).isEmpty();
            assertThat(Stream.concat(first.completeLines().stream(), next.completeLines().stream()))
                    .containsExactlyInAnyOrderElementsOf(allSent());
        }
    }

    @Test
    void theNextSinkTakesOverWhileAllOfHdfsHangs() throws Exception {
        Path spare = Files.createDirectory(dir.resolve("spare"));
        try (HdfsProcess hdfs = HdfsProcess.start(dir, List.of("-Xmx256m"));
                FileSystem admin = FileSystem.newInstance(hdfs.address(), new Configuration())) {
            directory(admin, "/first", 0755);
            HdfsTree first = new HdfsTree(admin, "/first");
            String second = """
                    a.sinks.k2.type = file_roll
                    a.sinks.k2.channel = c
                    a.sinks.k2.sink.directory = %s
                    """.formatted(spare);
            try (AgentProcess agent = start(file(hdfs.address() + "/first", second, FAILOVER));
                    RelayClient client = client()) {
                send(client, "any", FEW);
                awaitAllStand(first);

                hdfs.process().pause();
                send(client, "any", FEW);
                await().until(() -> lines(spare).size() == FEW);
                hdfs.process().goOn();
                int before = sent;
                await().until(() -> {
                    send(client, "any", 1);
                    return first.completeLines().stream().anyMatch(line -> Integer.parseInt(line) >= before);
                });
                assertStops(agent);
                assertThat(agent.process().log())
                        .contains("sink group g: sink k2 takes over from sink k1, which is tried again in")
                        .contains("sink group g: sink k1 delivers again, and takes over from sink k2");
            }
            assertThat(new HdfsTree(admin, "/").inUse()).isEmpty();
            assertThat(Stream.concat(first.completeLines().stream(), lines(spare).stream()))
                    .containsExactlyInAnyOrderElementsOf(allSent());
        }
    }

    private static boolean tellsOfTheRefusal(String logLine) {
        return logLine.contains("sink group g: ") && logLine.contains("inode=\"/first/bad\"");
    }

    // ---- HDFS ----

    private static void directory(FileSystem admin, String name, int permission) throws IOException {
        org.apache.hadoop.fs.Path path = new org.apache.hadoop.fs.Path(name);
        admin.mkdirs(path);
        admin.setOwner(path, USER, USER);
        admin.setPermission(path, new FsPermission((short) permission));
    }

    private static List<String> lines(Path directory) throws IOException {
        List<String> lines = new ArrayList<>();
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.toList()) {
                lines.addAll(Files.readAllLines(file));
            }
        }
        return lines;
    }

    // ---- the agent, and what is sent to it ----

    private String file(String firstPath, String second, String processor) {
        return """
                a.sources = r
                a.channels = c
                a.sinks = k1 k2
                a.sources.r.type = avro
                a.sources.r.channels = c
                a.sources.r.bind = 127.0.0.1
                a.sources.r.port = %d
                a.sinkgroups = g
                a.sinkgroups.g.sinks = k1 k2
                """.formatted(port)
                + ChannelLines.file(dir.resolve("channel"), 1, "always", 4 << 20, 1 << 20, 10_000)
                + hdfsSink("k1", firstPath)
                + second
                + processor;
    }

    private static String hdfsSink(String name, String path) {
        return """
                a.sinks.%1$s.type = hdfs
                a.sinks.%1$s.channel = c
                a.sinks.%1$s.hdfs.path = %2$s
                a.sinks.%1$s.hdfs.fileType = DataStream
                a.sinks.%1$s.hdfs.rollInterval = 1
                a.sinks.%1$s.hdfs.rollSize = 0
                a.sinks.%1$s.hdfs.rollCount = 0
                a.sinks.%1$s.hdfs.retryInterval = 1
                a.sinks.%1$s.hdfs.callTimeout = 2000
                """.formatted(name, path);
    }

    private AgentProcess start(String file) {
        List<String> flags = List.of("-Xmx256m", "-DHADOOP_USER_NAME=" + USER);
        return AgentProcess.start(Kind.MILLRACE, "agent", dir, flags, file, port);
    }

    private RelayClient client() {
        return RelayClient.open(
                ClientSettings.builder(new RelayAddress("127.0.0.1", port)).build());
    }

    /** For a bucket that is refused, and for one that is not, in one batch. */
    private void sendBoth(RelayClient client, int events) throws AppendException, InterruptedException {
        List<Event> batch = new ArrayList<>();
        for (int i = 0; i < events; i++) {
            batch.add(next("bad"));
            batch.add(next("good"));
        }
        client.appendBatch(batch);
    }

    private void send(RelayClient client, String bucket, int events) throws AppendException, InterruptedException {
        client.appendBatch(
                IntStream.range(0, events).mapToObj(i -> next(bucket)).toList());
    }

    private Event next(String bucket) {
        return Event.of(Map.of("bucket", bucket), Integer.toString(sent++).getBytes(UTF_8));
    }

    private List<String> allSent() {
        return IntStream.range(0, sent).mapToObj(Integer::toString).toList();
    }

    private void awaitAllStand(HdfsTree... trees) {
        await().pollInterval(Duration.ofMillis(250)).until(() -> {
            int stand = 0;
            for (HdfsTree tree : trees) {
                stand += tree.completeLines().size();
            }
            return stand >= sent;
        });
    }

    private static void assertStops(AgentProcess agent) throws InterruptedException {
        agent.process().terminate();
        assertThat(agent.process().awaitExit()).as(agent.process()::log).isZero();
    }
}
