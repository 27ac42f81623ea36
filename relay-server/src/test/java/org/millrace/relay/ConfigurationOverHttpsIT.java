package org.millrace.relay;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.BasicAuthenticator;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.relay.cli.ExitCode;
import org.millrace.testkit.TestCertificates;
import org.millrace.testkit.process.JavaProcess;

/** The program, whose configuration a server with TLS hands out to who knows the password. */
class ConfigurationOverHttpsIT {
    private static final String FILE = """
            a.channels = c1
            a.sinks = k1
            a.channels.c1.type = memory
            a.sinks.k1.type = null
            a.sinks.k1.channel = c1
            """;

    @TempDir
    private Path directory;

    private HttpsServer server;
    private Path trust;
    private volatile String text = FILE;
    private volatile int status = 200;

    @BeforeEach
    void serve() throws IOException {
        TestCertificates certificates = new TestCertificates(directory);
        trust = certificates.trust("PKCS12");
        server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 10);
        server.setHttpsConfigurator(
                new HttpsConfigurator(certificates.issue("server").context()));
        server.createContext("/a.properties", this::answer).setAuthenticator(new BasicAuthenticator("configurations") {
            @Override
            public boolean checkCredentials(String user, String password) {
                return user.equals("relay") && password.equals("open sesame");
            }
        });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    @Test
    void aRunningAgentFollowsWhatTheServerHandsOutButForWhatIsWrong() {
        try (JavaProcess agent = start("open sesame", trust)) {
            awaitSaid(agent, "agent a started");

            text = FILE.replace("k1.type = null", "k1.type = logger");
            awaitSaid(agent, "agent a reloaded");
            assertThat(agent.log()).contains("reload: restart sink c1 -> k1 (logger): type: null -> logger");

            text = FILE.replace("k1.channel = c1", "k1.channel = c2");
            awaitSaid(agent, "is refused, with 1 mistake: what runs goes on");
            assertThat(agent.log()).contains(address() + ":5: a.sinks.k1.channel: c2");

            status = 503;
            awaitSaid(agent, address() + ": cannot be read, what runs goes on: ");
            assertThat(agent.log()).contains("HTTP status 503");

            status = 200;
            text = FILE;
            awaitSaid(agent, "reload: restart sink c1 -> k1 (null): type: logger -> null");
        }
    }

    @Test
    void whoDoesNotKnowThePasswordDoesNotStart() throws Exception {
        try (JavaProcess agent = start("guess-work", trust)) {
            assertThat(agent.awaitExit()).isEqualTo(ExitCode.REFUSED);
            assertThat(agent.log())
                    .contains(address())
                    .contains("HTTP status 401")
                    .doesNotContain("guess-work");
        }
    }

    @Test
    void aServerWhoseCertificateNobodyTrustsIsNotAsked() throws Exception {
        Path other = new TestCertificates(directory, "other").trust("PKCS12");
        try (JavaProcess agent = start("open sesame", other)) {
            assertThat(agent.awaitExit()).isEqualTo(ExitCode.REFUSED);
            assertThat(agent.log()).contains(address()).contains("unable to find valid certification path");
        }
    }

    private JavaProcess start(String password, Path trusted) {
        List<String> flags = List.of(
                "-Dlog4j2.level=INFO",
                "-Djavax.net.ssl.trustStore=" + trusted,
                "-Djavax.net.ssl.trustStorePassword=" + TestCertificates.PASSWORD);
        List<String> command = List.of(
                RelayMain.class.getName(),
                "agent",
                "-n",
                "a",
                "--conf-uri",
                address(),
                "--conf-user",
                "relay",
                "--conf-password",
                password,
                "--poll-interval",
                "1");
        return JavaProcess.start("agent", directory, flags, System.getProperty("java.class.path"), command);
    }

    private static void awaitSaid(JavaProcess agent, String part) {
        await("the agent says: " + part).until(() -> {
            assertThat(agent.isAlive()).as("%s", agent.log()).isTrue();
            return agent.log().contains(part);
        });
    }

    private String address() {
        return "https://127.0.0.1:" + server.getAddress().getPort() + "/a.properties";
    }

    private void answer(HttpExchange exchange) throws IOException {
        byte[] content = text.getBytes(UTF_8);
        try (exchange) {
            exchange.sendResponseHeaders(status, content.length);
            exchange.getResponseBody().write(content);
        }
    }
}
