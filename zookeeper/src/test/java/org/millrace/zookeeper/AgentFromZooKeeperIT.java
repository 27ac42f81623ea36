package org.millrace.zookeeper;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.util.List;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.retry.RetryOneTime;
import org.apache.curator.test.InstanceSpec;
import org.apache.curator.test.TestingServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.testkit.process.FreePorts;
import org.millrace.testkit.process.JavaProcess;

/** The program, whose configuration stands in a server of ZooKeeper's. */
class AgentFromZooKeeperIT {
    private static final String NODE = "/flume/a";
    private static final String FILE = """
            a.channels = c1
            a.sinks = k1
            a.channels.c1.type = memory
            a.sinks.k1.type = null
            a.sinks.k1.channel = c1
            """;

    @TempDir
    private Path directory;

    private TestingServer server;
    private CuratorFramework operator;

    @BeforeEach
    void serve() throws Exception {
        server = new TestingServer(
                new InstanceSpec(
                        directory.resolve("zookeeper").toFile(),
                        FreePorts.next(),
                        FreePorts.next(),
                        FreePorts.next(),
                        true,
                        1),
                true);
        operator = CuratorFrameworkFactory.newClient(server.getConnectString(), new RetryOneTime(100));
        operator.start();
        operator.create().creatingParentsIfNeeded().forPath(NODE, FILE.getBytes(UTF_8));
    }

    @AfterEach
    void stop() throws Exception {
        operator.close();
        server.close();
    }

    /** The agent looks by itself once in half a minute only: it is told. */
    @Test
    void aRunningAgentFollowsItsNodeButForWhatIsWrong() throws Exception {
        try (JavaProcess agent = start()) {
            awaitSaid(agent, "agent a started");

            write(FILE.replace("k1.type = null", "k1.type = logger"));
            awaitSaid(agent, "agent a reloaded");
            assertThat(agent.log()).contains("reload: restart sink c1 -> k1 (logger): type: null -> logger");

            write(FILE.replace("k1.channel = c1", "k1.channel = c2"));
            awaitSaid(agent, "is refused, with 1 mistake: what runs goes on");
            assertThat(agent.log())
                    .contains("zookeeper:" + server.getConnectString() + NODE + ":5: a.sinks.k1.channel: c2");

            write(FILE);
            awaitSaid(agent, "reload: restart sink c1 -> k1 (null): type: logger -> null");
        }
    }

    private JavaProcess start() {
        List<String> command = List.of(
                "org.millrace.relay.RelayMain", "agent", "-n", "a", "-z", server.getConnectString(), "-p", "/flume");
        return JavaProcess.start(
                "agent", directory, List.of("-Dlog4j2.level=INFO"), System.getProperty("java.class.path"), command);
    }

    private static void awaitSaid(JavaProcess agent, String part) {
        await("the agent says: " + part).until(() -> {
            assertThat(agent.isAlive()).as("%s", agent.log()).isTrue();
            return agent.log().contains(part);
        });
    }

    private void write(String text) throws Exception {
        operator.setData().forPath(NODE, text.getBytes(UTF_8));
    }
}
