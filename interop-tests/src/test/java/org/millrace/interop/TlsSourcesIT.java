package org.millrace.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.millrace.testkit.TestCertificates.PASSWORD;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.testkit.TestCertificates;
import org.millrace.testkit.process.AgentProcess;
import org.millrace.testkit.process.AgentProcess.Kind;
import org.millrace.testkit.process.FreePorts;

/**
 * HTTP, syslog and Thrift over TLS, in Flume's own keys, with Flume and with us. Either agent takes HTTP and syslog, and hands what it takes to
 * the other by Thrift; so each event has passed one of Flume's Thrift ends and one of ours.
 */
class TlsSourcesIT {
    private static final List<String> FLAGS = List.of("-Xmx384m", "-Duser.timezone=UTC");
    private static final String EVENTS = "[{\"headers\":{\"a\":\"1\"},\"body\":\"x\"},{\"body\":\"grüße\"}]";
    private static final String MESSAGE = "<34>1 2023-10-11T22:14:15.003Z mymachine.example.com su - ID47 - hello\n";

    private static EventRecorder behindFlume;
    private static EventRecorder behindOurs;
    private static Ports flumes;
    private static Ports ours;
    private static AgentProcess flume;
    private static AgentProcess millrace;
    private static SSLContext client;

    private record Ports(int http, int syslog, int multiport, int thrift) {
        static Ports free() {
            return new Ports(FreePorts.next(), FreePorts.next(), FreePorts.next(), FreePorts.next());
        }

        int[] all() {
            return new int[] {http, syslog, multiport, thrift};
        }
    }

    @BeforeAll
    static void start(@TempDir Path dir) throws IOException {
        TestCertificates authority = new TestCertificates(dir);
        client = authority.issue("client").context();
        Path keys = authority.issue("server").store("JKS");
        Path trust = authority.trust("JKS");
        behindFlume = new EventRecorder();
        behindOurs = new EventRecorder();
        flumes = Ports.free();
        ours = Ports.free();
        flume = AgentProcess.launch(
                Kind.FLUME,
                "flume",
                dir,
                FLAGS,
                agent(flumes, ours.thrift(), behindFlume.port(), keys, trust),
                flumes.all());
        millrace = AgentProcess.launch(
                Kind.MILLRACE,
                "ours",
                dir,
                FLAGS,
                agent(ours, flumes.thrift(), behindOurs.port(), keys, trust),
                ours.all());
        flume.awaitOpen();
        millrace.awaitOpen();
    }

    @AfterAll
    static void stop() throws IOException {
        flume.close();
        millrace.close();
        behindFlume.close();
        behindOurs.close();
    }

    @Test
    void whatComesOverTlsIsTheSameWithFlumeAndWithUs() throws Exception {
        for (Ports agent : List.of(flumes, ours)) {
            assertThat(post(agent.http(), EVENTS)).isEqualTo(200);
            assertThat(post(agent.http(), "no events")).isEqualTo(400);
            send(agent.syslog());
            send(agent.multiport());
        }

        List<String> throughFlume = behindOurs.take(4); // its Thrift sink hands them to us
        List<String> throughUs = behindFlume.take(4);
        assertThat(throughUs).hasSize(4).containsExactlyInAnyOrderElementsOf(throughFlume);
        assertThat(throughUs).contains("a=1 |x").anyMatch(event -> event.endsWith("hello"));
        assertThat(behindFlume.firstFault()).isNull();
        assertThat(behindOurs.firstFault()).isNull();
    }

    private static int post(int port, String content) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + port + "/"))
                .version(HttpClient.Version.HTTP_1_1)
                .timeout(Duration.ofSeconds(60))
                .header("Content-Type", "application/json; charset=utf-8")
                .POST(BodyPublishers.ofString(content))
                .build();
        return HttpClient.newBuilder()
                .sslContext(client)
                .build()
                .send(request, BodyHandlers.discarding())
                .statusCode();
    }

    private static void send(int port) throws IOException {
        try (SSLSocket socket = (SSLSocket) client.getSocketFactory().createSocket("127.0.0.1", port)) {
            // With TLS 1.3 a server says something more after the handshake: to close before that is read resets the
            // connection, and what was sent may be lost.
            socket.setEnabledProtocols(new String[] {"TLSv1.2"});
            socket.setSoTimeout(60_000);
            socket.getOutputStream().write(MESSAGE.getBytes(StandardCharsets.US_ASCII));
        }
    }

    /** @param nextPort the Thrift source of the other one */
    private static String agent(Ports ports, int nextPort, int recorderPort, Path keys, Path trust) {
        return """
                a.sources = h s m t
                a.channels = c d
                a.sinks = k r
                a.channels.c.type = memory
                a.channels.d.type = memory
                a.sources.h.type = http
                a.sources.h.bind = 127.0.0.1
                a.sources.h.port = %1$d
                a.sources.s.type = syslogtcp
                a.sources.s.host = 127.0.0.1
                a.sources.s.port = %2$d
                a.sources.m.type = multiport_syslogtcp
                a.sources.m.host = 127.0.0.1
                a.sources.m.ports = %3$d
                a.sources.t.type = thrift
                a.sources.t.bind = 127.0.0.1
                a.sources.t.port = %4$d
                a.sinks.k.type = thrift
                a.sinks.k.channel = c
                a.sinks.k.hostname = 127.0.0.1
                a.sinks.k.port = %5$d
                a.sinks.k.ssl = true
                a.sinks.k.truststore = %6$s
                a.sinks.k.truststore-password = %7$s
                a.sinks.r.type = avro
                a.sinks.r.channel = d
                a.sinks.r.hostname = 127.0.0.1
                a.sinks.r.port = %8$d
                """.formatted(
                                ports.http(),
                                ports.syslog(),
                                ports.multiport(),
                                ports.thrift(),
                                nextPort,
                                trust,
                                PASSWORD,
                                recorderPort)
                + secured("h", "c", keys)
                + secured("s", "c", keys)
                + secured("m", "c", keys)
                + secured("t", "d", keys);
    }

    private static String secured(String source, String channel, Path keys) {
        return """
                a.sources.%1$s.channels = %2$s
                a.sources.%1$s.ssl = true
                a.sources.%1$s.keystore = %3$s
                a.sources.%1$s.keystore-password = %4$s
                a.sources.%1$s.exclude-protocols = SSLv3 TLSv1
                """.formatted(source, channel, keys, PASSWORD);
    }
}
