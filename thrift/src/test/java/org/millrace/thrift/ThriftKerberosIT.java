package org.millrace.thrift;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.millrace.testkit.TestCertificates.PASSWORD;

import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.millrace.testkit.TestCertificates;

/** Source and sink with Kerberos, with each other. */
class ThriftKerberosIT extends KerberosFixture {
    @Test
    void eventsPassFromOurSinkToOurSource() throws Exception {
        try (SourceUnderTest source = source();
                SinkUnderTest sink = sink(source.port())) {
            sink.deliver("one", "two");
            sink.deliver("x".repeat(3_000_000));

            assertThat(source.inlet.bodies()).containsExactly("one", "two", "x".repeat(3_000_000));
            assertThat(source.count("kerberosHandshakes")).isEqualTo(1);
            assertThat(source.count("connectionsRefused.kerberos")).isZero();
        }
    }

    @Test
    void eventsPassWithKerberosInsideTls() throws Exception {
        TestCertificates authority = new TestCertificates(Files.createDirectories(dir.resolve("tls")));
        String store = authority.issue("server").store("JKS").toString();
        String trust = authority.trust("JKS").toString();
        try (SourceUnderTest source = source("ssl", "true", "keystore", store, "keystore-password", PASSWORD);
                SinkUnderTest sink =
                        sink(source.port(), "ssl", "true", "truststore", trust, "truststore-password", PASSWORD)) {
            sink.deliver("one", "two");

            assertThat(source.inlet.bodies()).containsExactly("one", "two");
            assertThat(source.count("tlsHandshakes")).isEqualTo(1);
            assertThat(source.count("kerberosHandshakes")).isEqualTo(1);
        }
    }

    @Test
    void aSinkDeliversOverNewConnectionsLongerThanItsTicketLasts() throws Exception {
        Instant end = Instant.now().plusSeconds(2 * TICKET_SECONDS + 1);
        AtomicInteger sent = new AtomicInteger();
        try (SourceUnderTest source = source();
                SinkUnderTest sink = sink(source.port(), "reset-connection-interval", "1")) {
            await().until(() -> {
                sink.deliver("event " + sent.getAndIncrement());
                return Instant.now().isAfter(end);
            });

            assertThat(source.inlet.bodies()).hasSize(sent.get());
            assertThat(source.count("kerberosHandshakes")).isGreaterThan(TICKET_SECONDS);
            assertThat(sink.metrics.eventWriteFails.getCount()).isZero();
        }
    }

    @Test
    void aConnectionOutlivesTheTicketThatItWasMadeWith() throws Exception {
        Instant end = Instant.now().plusSeconds(TICKET_SECONDS + 1);
        try (SourceUnderTest source = source();
                SinkUnderTest sink = sink(source.port())) {
            await().until(() -> {
                sink.deliver("event");
                return Instant.now().isAfter(end);
            });

            assertThat(source.count("kerberosHandshakes")).isEqualTo(1);
        }
    }

    @Test
    void whoIsAuthenticatedInTimeIsNotDisconnectedLater() throws Exception {
        try (SourceUnderTest source = source("kerberosTimeout", "1");
                SinkUnderTest sink = sink(source.port())) {
            sink.deliver("before");
            Instant later = Instant.now().plusMillis(1500);
            await().until(() -> Instant.now().isAfter(later));
            sink.deliver("after");

            assertThat(source.inlet.bodies()).containsExactly("before", "after");
            assertThat(source.count("kerberosHandshakes")).isEqualTo(1);
        }
    }

    @Test
    void hostInAPrincipalIsTheNameOfThisMachine() throws Exception {
        String host = InetAddress.getLocalHost().getCanonicalHostName().toLowerCase(Locale.ROOT);
        Path keytab = kdc.keytab("relay/" + host);
        try (SourceUnderTest source =
                        source("agent-principal", "relay/_HOST@OURS.EXAMPLE", "agent-keytab", keytab.toString());
                SinkUnderTest sink = sink(
                        source.port(),
                        "client-principal",
                        "relay/_HOST@OURS.EXAMPLE",
                        "client-keytab",
                        keytab.toString(),
                        "server-principal",
                        "relay/_HOST@OURS.EXAMPLE")) {
            sink.deliver("one");

            assertThat(source.inlet.bodies()).containsExactly("one");
        }
    }
}
