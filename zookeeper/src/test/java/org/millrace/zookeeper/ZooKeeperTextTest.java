package org.millrace.zookeeper;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.retry.RetryOneTime;
import org.apache.curator.test.InstanceSpec;
import org.apache.curator.test.TestingServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.millrace.relay.cli.AgentRunner;
import org.millrace.relay.cli.Changes;
import org.millrace.relay.cli.CommandLineTool;
import org.millrace.relay.cli.ExitCode;
import org.millrace.relay.config.Configuration;
import org.millrace.relay.config.TextSource;
import org.millrace.testkit.process.FreePorts;

/** Against a server of ZooKeeper's. */
class ZooKeeperTextTest {
    private static final String NODE = "/flume/a1";

    @TempDir
    private Path directory;

    private TestingServer server;
    private CuratorFramework operator;
    private final Semaphore changes = new Semaphore(0);

    @BeforeEach
    void start() throws Exception {
        server = new TestingServer(
                new InstanceSpec(directory.toFile(), FreePorts.next(), FreePorts.next(), FreePorts.next(), true, 1),
                true);
        operator = CuratorFrameworkFactory.newClient(server.getConnectString(), new RetryOneTime(100));
        operator.start();
    }

    @AfterEach
    void stop() throws IOException {
        operator.close();
        server.close();
    }

    @Test
    void aNodeIsReadAndItsChangesAreToldAsTheyHappen() throws Exception {
        write("one");
        TextSource text = source(server.getConnectString(), NODE);
        assertThat(text.name()).isEqualTo("zookeeper:" + server.getConnectString() + NODE);
        assertThat(text.read()).asString(UTF_8).isEqualTo("one");
        assertThat(changes.availablePermits()).isZero();

        operator.setData().forPath(NODE, "zwö".getBytes(UTF_8));
        awaitChange();
        assertThat(text.read()).asString(UTF_8).isEqualTo("zwö");

        operator.setData().forPath(NODE, "three".getBytes(UTF_8));
        awaitChange();
        assertThat(text.read()).asString(UTF_8).isEqualTo("three");
    }

    @Test
    void aNodeThatIsMissingIsNamedAndItsComingIsTold() throws Exception {
        TextSource text = source(server.getConnectString(), NODE);
        assertThatThrownBy(text::read).isInstanceOf(IOException.class).hasMessageContaining("no such node");

        write("here");
        awaitChange();
        assertThat(text.read()).asString(UTF_8).isEqualTo("here");

        operator.delete().forPath(NODE);
        awaitChange();
        assertThatThrownBy(text::read).isInstanceOf(IOException.class).hasMessageContaining("no such node");
    }

    @Test
    void aServerThatComesBackIsReadAgainAndIsReasonToLook() throws Exception {
        write("one");
        TextSource text = source(server.getConnectString(), NODE);
        text.read();
        server.stop();
        assertThatThrownBy(text::read).isInstanceOf(IOException.class);

        server.restart();
        awaitChange();
        await().ignoreExceptions()
                .untilAsserted(() -> assertThat(text.read()).asString(UTF_8).isEqualTo("one"));
    }

    @Test
    void serversThatDoNotAnswerAreNamed() {
        String nobody = "127.0.0.1:" + FreePorts.next();
        assertThatThrownBy(() -> new ZooKeeperText(nobody, NODE, Duration.ofMillis(500)).read())
                .isInstanceOf(IOException.class)
                .hasMessageContaining("no server of ZooKeeper answers at " + nobody);
    }

    @ParameterizedTest
    @CsvSource({"127.0.0.1:1, flume/a1", "127.0.0.1:1, /flume//a1", "127.0.0.1:x, /flume/a1", ":1, /flume/a1"})
    void whatIsNoAddressOrNoPathIsRefusedBeforeAnythingIsRead(String connection, String node) {
        assertThatIllegalArgumentException().isThrownBy(() -> new CuratorTexts().source(connection, node));
    }

    @Test
    void theCommandLineNamesTheServersAndTheNode() throws Exception {
        operator.create().creatingParentsIfNeeded().forPath("/fleet/a1", "a1.sources = r1".getBytes(UTF_8));
        assertThat(run("-z", server.getConnectString(), "-p", "/fleet/", "-f", "unread"))
                .contains("-f and -u have no effect beside -z", "read: a1.sources = r1");
        assertThat(run("-z", server.getConnectString())).contains("no such node", "/flume/a1");
        assertThat(run("-z", server.getConnectString(), "-p", "fleet")).contains("--zkBasePath fleet");
    }

    private static String run(String... options) {
        StringWriter said = new StringWriter();
        PrintWriter out = new PrintWriter(said, true);
        String[] line = new String[options.length + 3];
        line[0] = "validate";
        line[1] = "-n";
        line[2] = "a1";
        System.arraycopy(options, 0, line, 3, options.length);
        int exitCode = new CommandLineTool((request, running) -> read(request, out), new NoAgent(), out, out).run(line);
        assertThat(exitCode).isNotEqualTo(ExitCode.DONE);
        return said.toString();
    }

    private static Configuration read(Configuration.Request request, PrintWriter out) {
        try {
            out.println("read: " + new String(request.sources().get(0).read(), UTF_8));
        } catch (IOException e) {
            out.println(request.names() + ": " + e.getMessage());
        }
        throw new IllegalStateException("that is all this test wants");
    }

    private TextSource source(String connection, String node) {
        TextSource text = new CuratorTexts().source(connection, node);
        text.onChange(changes::release);
        return text;
    }

    private void write(String text) throws Exception {
        operator.create().creatingParentsIfNeeded().forPath(NODE, text.getBytes(UTF_8));
    }

    private void awaitChange() {
        await().until(() -> changes.tryAcquire());
        changes.drainPermits();
    }

    /** Nothing runs. */
    private static final class NoAgent implements AgentRunner {
        @Override
        public List<String> problems() {
            return List.of();
        }

        @Override
        public int run(Configuration configuration, Changes changes) {
            throw new IllegalStateException("not asked for");
        }
    }
}
