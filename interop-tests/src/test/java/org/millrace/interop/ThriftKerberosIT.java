package org.millrace.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.testkit.TestCertificates;
import org.millrace.testkit.TestKdc;
import org.millrace.testkit.process.AgentProcess;
import org.millrace.testkit.process.AgentProcess.Kind;
import org.millrace.testkit.process.FreePorts;

/**
 * Thrift with Kerberos between Flume's client, Flume's agent and ours, plain and inside TLS. Each agent has a source before a recorder, and one
 * whose events it hands to the other agent.
 */
class ThriftKerberosIT {
    private static final String MORE = "flume.peer.more";

    private static TestKdc kdc;
    private static Path keytab;
    private static Path keys;
    private static Path trust;
    private static RecordingServer behindFlume;
    private static RecordingServer behindOurs;
    private static Ports flumes;
    private static Ports ours;
    private static AgentProcess flume;
    private static AgentProcess millrace;
    private static FlumeSdk client;

    @TempDir
    private static Path dir;

    /** @param end of the way, and of the way inside TLS */
    private record Ports(int end, int endTls, int relay) {
        static Ports free() {
            return new Ports(FreePorts.next(), FreePorts.next(), FreePorts.next());
        }

        int[] all() {
            return new int[] {end, endTls, relay};
        }
    }

    @BeforeAll
    static void start() throws IOException {
        System.setProperty(MORE, AgentProcess.ofOurClassPath("hadoop-client-")); // Flume leaves Kerberos to Hadoop
        kdc = TestKdc.start(dir, "EXAMPLE.COM", Duration.ofHours(1));
        keytab = kdc.keytab(
                "flume/" + InetAddress.getLocalHost().getCanonicalHostName().toLowerCase(Locale.ROOT));
        TestCertificates authority = new TestCertificates(dir);
        keys = authority.issue("server").store("JKS");
        trust = authority.trust("JKS");
        behindFlume = new RecordingServer(NumberedEvents::check);
        behindOurs = new RecordingServer(NumberedEvents::check);
        flumes = Ports.free();
        ours = Ports.free();
        List<String> flags = List.of("-Xmx384m", kdc.flag());
        flume = AgentProcess.launch(
                Kind.FLUME, "flume", dir, flags, agent(flumes, ours, behindFlume.port()), flumes.all());
        millrace = AgentProcess.launch(
                Kind.MILLRACE, "ours", dir, flags, agent(ours, flumes, behindOurs.port()), ours.all());
        client = new FlumeSdk(dir, kdc.flag());
        flume.awaitOpen();
        millrace.awaitOpen();
    }

    @AfterAll
    static void stop() throws IOException {
        System.clearProperty(MORE);
        client.close();
        flume.close();
        millrace.close();
        behindFlume.close();
        behindOurs.close();
        kdc.close();
    }

    @Test
    void eventsOfFlumesClientAndSinkReachOurSourceAndOurSinksReachFlumesSource() throws Exception {
        use(ours.relay(), "");
        MixedEvents.send(client, 100_000); // our source, our two sinks, Flume's two sources
        use(flumes.relay(), "");
        MixedEvents.send(client, 200_000); // Flume's source, its two sinks, our two sources
        use(ours.endTls(), tls());
        MixedEvents.send(client, 300_000); // our source inside TLS

        MixedEvents.assertAllArrived(behindFlume, 100_000);
        MixedEvents.assertAllArrived(behindOurs, 200_000);
        MixedEvents.assertAllArrived(behindOurs, 300_000);
        await().until(() -> behindFlume.repeated() == MixedEvents.COUNT && behindOurs.repeated() == MixedEvents.COUNT);
        assertThat(millrace.metrics())
                .contains("\"kerberosHandshakes\"")
                .doesNotContain("\"kerberosHandshakes\":\"0\"");
    }

    private static void use(int port, String more) throws IOException {
        Path settings =
                Files.writeString(dir.resolve("client-" + port + ".properties"), """
                client.type = thrift
                hosts = h1
                hosts.h1 = 127.0.0.1:%d
                batch-size = 1000
                kerberos = true
                client-principal = flume/_HOST@EXAMPLE.COM
                client-keytab = %s
                server-principal = flume/_HOST@EXAMPLE.COM
                """.formatted(port, keytab) + more);
        client.use(settings);
    }

    private static String tls() {
        return """
                ssl = true
                truststore = %s
                truststore-password = %s
                """.formatted(trust, TestCertificates.PASSWORD);
    }

    /** What the relaying source takes goes to the next agent twice: plain, and inside TLS. */
    private static String agent(Ports own, Ports next, int recorderPort) {
        return """
                a.sources = s t r
                a.channels = c d e
                a.sinks = k p q
                a.channels.c.type = memory
                a.channels.c.capacity = 20000
                a.channels.c.transactionCapacity = 5000
                a.channels.d.type = memory
                a.channels.d.capacity = 20000
                a.channels.d.transactionCapacity = 5000
                a.channels.e.type = memory
                a.channels.e.capacity = 20000
                a.channels.e.transactionCapacity = 5000
                """
                + source("s", "c", own.end(), false)
                + source("t", "c", own.endTls(), true)
                + source("r", "d e", own.relay(), false)
                + sink("p", "d", next.end(), false)
                + sink("q", "e", next.endTls(), true)
                + AgentFiles.avroSink("k", recorderPort, 100, "none");
    }

    private static String source(String name, String channel, int port, boolean isTls) {
        String plain = """
                a.sources.%1$s.type = thrift
                a.sources.%1$s.channels = %2$s
                a.sources.%1$s.bind = 127.0.0.1
                a.sources.%1$s.port = %3$d
                a.sources.%1$s.kerberos = true
                a.sources.%1$s.agent-principal = flume/_HOST@EXAMPLE.COM
                a.sources.%1$s.agent-keytab = %4$s
                """.formatted(name, channel, port, keytab);
        return !isTls ? plain : plain + """
                a.sources.%1$s.ssl = true
                a.sources.%1$s.keystore = %2$s
                a.sources.%1$s.keystore-password = %3$s
                """.formatted(name, keys, TestCertificates.PASSWORD);
    }

    private static String sink(String name, String channel, int port, boolean isTls) {
        String plain = """
                a.sinks.%1$s.type = thrift
                a.sinks.%1$s.channel = %2$s
                a.sinks.%1$s.hostname = 127.0.0.1
                a.sinks.%1$s.port = %3$d
                a.sinks.%1$s.batch-size = 100
                a.sinks.%1$s.kerberos = true
                a.sinks.%1$s.client-principal = flume/_HOST@EXAMPLE.COM
                a.sinks.%1$s.client-keytab = %4$s
                a.sinks.%1$s.server-principal = flume/_HOST@EXAMPLE.COM
                """.formatted(name, channel, port, keytab);
        return !isTls
                ? plain
                : plain
                        + tls().lines()
                                .map(line -> "a.sinks." + name + "." + line + "\n")
                                .collect(Collectors.joining());
    }
}
