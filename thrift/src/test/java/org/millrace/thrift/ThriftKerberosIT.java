package org.millrace.thrift;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.millrace.testkit.TestCertificates.PASSWORD;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PrivilegedExceptionAction;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import javax.security.auth.Subject;
import javax.security.auth.login.AppConfigurationEntry;
import javax.security.auth.login.AppConfigurationEntry.LoginModuleControlFlag;
import javax.security.auth.login.Configuration;
import javax.security.auth.login.LoginContext;
import javax.security.sasl.Sasl;
import javax.security.sasl.SaslClient;
import org.ietf.jgss.GSSContext;
import org.ietf.jgss.GSSManager;
import org.ietf.jgss.Oid;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.millrace.api.DeliveryException;
import org.millrace.api.StartException;
import org.millrace.codec.EventBatch;
import org.millrace.testkit.Batches;
import org.millrace.testkit.PatientAwaits;
import org.millrace.testkit.RecordedProblems;
import org.millrace.testkit.TestCertificates;
import org.millrace.testkit.TestKdc;
import org.millrace.testkit.process.FreePorts;

/** Source and sink with Kerberos: with each other, and against peers that have no ticket, another one, or do not know how it goes. */
class ThriftKerberosIT {
    /** The KDC makes none that last less. */
    private static final int TICKET_SECONDS = 4;

    private static final int START = 1;
    private static final int OK = 2;
    private static final int BAD = 3;
    private static final int ERROR = 4;
    private static final int COMPLETE = 5;

    @TempDir
    private static Path dir;

    private static TestKdc kdc;
    private static Path agentKeytab;
    private static Path clientKeytab;
    private static Path othersKeytab;
    /** What joe of another realm shows to a service of that realm. */
    private static byte[] othersToken;

    private final CallWriter writer = new CallWriter(WireProtocol.COMPACT, 1 << 20);

    @BeforeAll
    static void startKdcs() throws Exception {
        try (TestKdc others = TestKdc.start(dir, "OTHERS.EXAMPLE", Duration.ofHours(1))) {
            othersKeytab = others.keytab("joe", "flume/localhost");
            othersToken = token(subject(othersKeytab, "joe@OTHERS.EXAMPLE"), "flume/localhost@OTHERS.EXAMPLE");
        }
        kdc = TestKdc.start(dir, "OURS.EXAMPLE", Duration.ofSeconds(TICKET_SECONDS));
        agentKeytab = kdc.keytab("flume/localhost");
        clientKeytab = kdc.keytab("joe");
    }

    @BeforeEach
    void useOurRealm() throws IOException {
        kdc.configure(kdc.port());
    }

    @AfterAll
    static void stopKdc() throws IOException {
        kdc.close();
    }

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
    void aSinkStartsWithoutTheKdcAndDeliversOnceItIsThere() throws Exception {
        kdc.configure(FreePorts.next());
        try (SourceUnderTest source = source();
                SinkUnderTest sink = sink(source.port())) {
            assertThatThrownBy(() -> sink.deliver("one"))
                    .isInstanceOf(DeliveryException.class)
                    .hasMessageContaining("no connection to 127.0.0.1:" + source.port() + ": Kerberos: ")
                    .hasMessageContaining("client-principal: log in as joe@OURS.EXAMPLE with " + clientKeytab)
                    .hasMessageContaining("the KDC cannot be reached");
            assertThat(sink.channel.bodies()).containsExactly("one");

            kdc.configure(kdc.port());
            sink.drain();
            assertThat(source.inlet.bodies()).containsExactly("one");
        }
    }

    @Test
    void aKdcThatHangsHoldsASinkUpNoLongerThanItsConnectTimeout() throws Exception {
        try (ServerSocket hangs = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                SourceUnderTest source = source()) {
            kdc.configure(hangs.getLocalPort());
            try (SinkUnderTest sink = sink(source.port(), "connect-timeout", "1000")) {
                assertThatThrownBy(() -> sink.deliver("one"))
                        .hasStackTraceContaining("connect-timeout: the KDC has not answered within 1000 ms");
                assertThat(sink.channel.bodies()).containsExactly("one");
            }
        }
    }

    @Test
    void aKeytabWithAnotherKeyThanTheKdcEndsTheStart() throws Exception {
        Path old = kdc.keytab("changed");
        kdc.changeKey("changed");

        assertThatThrownBy(() -> sink(1, "client-principal", "changed@OURS.EXAMPLE", "client-keytab", old.toString()))
                .isInstanceOf(StartException.class)
                .hasMessageContaining("sink k1: client-principal: log in as changed@OURS.EXAMPLE with " + old);
    }

    @Test
    void aRealmThatNobodyKnowsEndsTheStart() throws Exception {
        assertThatThrownBy(() ->
                        sink(1, "client-principal", "joe@OTHERS.EXAMPLE", "client-keytab", othersKeytab.toString()))
                .isInstanceOf(StartException.class)
                .hasMessageContaining("sink k1: client-principal: log in as joe@OTHERS.EXAMPLE with " + othersKeytab)
                .hasMessageContaining("the Kerberos configuration names no KDC for the realm");
    }

    @Test
    void aSourceThatCouldAuthenticateNobodyDoesNotStart() throws Exception {
        assertThatThrownBy(() -> source(
                        "agent-principal", "flume/localhost@OTHERS.EXAMPLE", "agent-keytab", othersKeytab.toString()))
                .isInstanceOf(StartException.class)
                .hasMessageContaining(
                        "source r1: agent-principal: flume/localhost@OTHERS.EXAMPLE with " + othersKeytab);
    }

    @Test
    void aServiceThatTheKdcDoesNotKnowIsNamed() throws Exception {
        try (SourceUnderTest source = source();
                SinkUnderTest sink = sink(source.port(), "server-principal", "flume/nowhere.example@OURS.EXAMPLE")) {
            assertThatThrownBy(() -> sink.deliver("one"))
                    .isInstanceOf(DeliveryException.class)
                    .hasMessageContaining("Kerberos: server-principal: no ticket for flume/nowhere.example: ")
                    .hasMessageContaining("the KDC does not know the service");
            assertThat(sink.channel.bodies()).containsExactly("one");
        }
    }

    @Test
    void aSinkWithKerberosBeforeASourceWithoutIsTurnedAwayAtOnce() throws Exception {
        try (SourceUnderTest source = new SourceUnderTest();
                SinkUnderTest sink = sink(source.port())) {
            assertThatThrownBy(() -> sink.deliver("one"))
                    .hasStackTraceContaining(
                            "the peer hung up during the handshake of Kerberos, which it may not speak");
            assertThat(source.count("connectionsRefused.kerberos")).isPositive();
        }
    }

    @Test
    void whoSendsCallsWithoutKerberosIsTurnedAwayAndHarmsNobody() throws Exception {
        try (SourceUnderTest source = source();
                SinkUnderTest good = sink(source.port());
                PeerConnection plain = source.connect()) {
            SourceUnderTest.send(plain, writer, "stranger");
            assertThatThrownBy(() -> SourceUnderTest.receive(plain));
            good.deliver("one");

            assertThat(source.count("connectionsRefused.kerberos")).isEqualTo(1);
            assertThat(source.inlet.bodies()).containsExactly("one");
        }
    }

    @Test
    void whoSendsCallsBehindAnUnfinishedHandshakeIsNotHeard() throws Exception {
        try (SourceUnderTest source = source();
                Raw peer = new Raw(source.port())) {
            peer.say(START, "GSSAPI".getBytes(UTF_8));
            peer.say(OK, token("flume/localhost"));
            assertThat(peer.hear()).isEqualTo(OK);
            peer.out.write(call("smuggled"));

            assertThat(peer.hear()).isEqualTo(ERROR);
            assertThat(peer.isHungUp()).isTrue();
            assertThat(source.inlet.bodies()).isEmpty();
            assertThat(source.count("connectionsRefused.kerberos")).isEqualTo(1);
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "a status that there is not | 09 | 4 | a first byte of 9",
                "no start | 02 00000000 | 4 | it begins with OK (expected: START)",
                "another mechanism | 01 00000005 504c41494e | 3 | SASL mechanism: PLAIN (expected: GSSAPI)",
                "a huge length | 01 7fffffff | 4 | of 2147483647 bytes (expected: 0 to 98304)",
                "a negative length | 01 80000000 | 4 | of -2147483648 bytes (expected: 0 to 98304)",
                "a second start | 01 00000006 475353415049 01 00000000 | 4 | it says START (expected: OK or COMPLETE)",
                "a token that is none | 01 00000006 475353415049 02 00000004 deadbeef | 3 | Kerberos: ",
                "an empty token | 01 00000006 475353415049 02 00000000 | 3 | Kerberos: "
            })
    void aPeerThatDoesNotKnowHowItGoesIsToldAndDisconnected(String what, String sent, int status, String words)
            throws Exception {
        try (SourceUnderTest source = source();
                Raw peer = new Raw(source.port())) {
            peer.out.write(HexFormat.of().parseHex(sent.replace(" ", "")));

            assertThat(peer.hear()).isEqualTo(status);
            assertThat(peer.words()).contains(words);
            assertThat(peer.isHungUp()).isTrue();
            assertThat(source.count("connectionsRefused.kerberos")).isEqualTo(1);
        }
    }

    @Test
    void aPeerThatGivesUpIsCountedAndItsWordsAreNoMoreThanWords() throws Exception {
        try (SourceUnderTest source = source();
                Raw peer = new Raw(source.port())) {
            peer.say(BAD, "\u001b[2J no thanks\n".getBytes(UTF_8));

            assertThat(peer.isHungUp()).isTrue();
            assertThat(source.count("connectionsRefused.kerberos")).isEqualTo(1);
        }
    }

    @Test
    void aPeerThatSendsMoreThanAHandshakeHasIsDisconnected() throws Exception {
        try (SourceUnderTest source = source();
                Raw peer = new Raw(source.port())) {
            peer.say(START, "GSSAPI".getBytes(UTF_8));
            peer.out.writeByte(OK);
            peer.out.writeInt(90_000);
            peer.out.write(new byte[89_000]);
            peer.out.flush();
            assertThat(source.count("connectionsRefused.kerberos")).isZero();
            peer.flood();

            await().until(() -> source.count("connectionsRefused.kerberos") == 1);
            assertThat(source.inlet.bodies()).isEmpty();
        }
    }

    @Test
    void manyHandshakesHoldNoMoreThanTheirBudgetAndWhoHoldsLittleIsLetIn() throws Exception {
        List<Raw> peers = new ArrayList<>();
        try (SourceUnderTest source = source("maxReceiveBytes", "1000000", "kerberosTimeout", "3600")) {
            for (int i = 0; i < 30; i++) {
                Raw peer = new Raw(source.port());
                peers.add(peer);
                peer.say(START, "GSSAPI".getBytes(UTF_8));
                peer.out.writeByte(OK);
                peer.out.writeInt(90_000);
                peer.out.write(new byte[80_000]);
            }
            await().until(() -> source.count("connectionsRefused.kerberos") >= 15);
            try (SinkUnderTest sink = sink(source.port())) {
                sink.deliver("one");
            }
            assertThat(source.inlet.bodies()).containsExactly("one");
            assertThat((Long) source.registry
                            .getGauges()
                            .get("source.r1.receiveBytesHeld")
                            .getValue())
                    .isLessThanOrEqualTo(1_000_000L);
        } finally {
            for (Raw peer : peers) {
                peer.close();
            }
        }
    }

    @Test
    void aPeerThatStopsInTheHandshakeIsDisconnectedInTime() throws Exception {
        try (SourceUnderTest source = source("kerberosTimeout", "1");
                Raw silent = new Raw(source.port());
                Raw halfway = new Raw(source.port())) {
            halfway.say(START, "GSSAPI".getBytes(UTF_8));

            assertThat(silent.hear()).isEqualTo(ERROR);
            assertThat(silent.words()).isEqualTo("no handshake of Kerberos within 1000 ms");
            assertThat(halfway.hear()).isEqualTo(ERROR);
            await().until(() -> source.count("connectionsRefused.kerberos") == 2);
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
    void aHandshakeThatIsCutAtAnyByteLeavesNothingBehind() throws Exception {
        try (SourceUnderTest source = source()) {
            byte[] greeting = message(START, "GSSAPI".getBytes(UTF_8));
            byte[] flight = Stream.of(greeting, message(OK, token("flume/localhost")))
                    .collect(ByteArrayOutputStream::new, ByteArrayOutputStream::writeBytes, (a, b) -> {})
                    .toByteArray();
            for (int cut = 1; cut < flight.length; cut++) {
                try (Raw peer = new Raw(source.port())) {
                    peer.out.write(flight, 0, cut);
                    peer.out.flush();
                }
            }
            int cuts = flight.length - 1;
            await().until(() -> source.count("connectionsRefused.kerberos") == cuts);
            await().until(() -> source.metrics.openConnections.getCount() == 0);
            try (SinkUnderTest sink = sink(source.port())) {
                sink.deliver("one");
            }
            assertThat(source.inlet.bodies()).containsExactly("one");
        }
    }

    @Test
    void aHandshakeThatComesByteByByteSucceeds() throws Exception {
        try (SourceUnderTest source = source();
                Raw peer = new Raw(source.port())) {
            Subject joe = subject(clientKeytab, "joe@OURS.EXAMPLE");
            SaslClient client = saslClient(joe);
            peer.dribble(message(START, "GSSAPI".getBytes(UTF_8)));
            peer.dribble(message(OK, as(joe, () -> client.evaluateChallenge(new byte[0]))));
            assertThat(peer.hear()).isEqualTo(OK);
            byte[] answer = peer.payload;
            byte[] last = message(COMPLETE, as(joe, () -> client.evaluateChallenge(answer)));
            peer.out.write(last); // and a call right behind it, before the last word of the source
            peer.out.write(call("eager"));
            peer.out.flush();

            assertThat(peer.hear()).isEqualTo(COMPLETE);
            await().until(() -> source.inlet.bodies().equals(List.of("eager")));
            assertThat(source.count("kerberosHandshakes")).isEqualTo(1);
        }
    }

    @Test
    void aTokenThatWasShownBeforeIsRefused() throws Exception {
        try (SourceUnderTest source = source();
                Raw first = new Raw(source.port());
                Raw second = new Raw(source.port())) {
            byte[] token = token("flume/localhost");
            for (Raw peer : List.of(first, second)) {
                peer.say(START, "GSSAPI".getBytes(UTF_8));
                peer.say(OK, token);
            }

            List<Integer> answers = new ArrayList<>(List.of(first.hear(), second.hear()));
            assertThat(answers).containsExactlyInAnyOrder(OK, BAD);
            assertThat(first.words() + second.words()).contains("the ticket has been shown before");
        }
    }

    @Test
    void aTicketForAnotherServiceIsRefused() throws Exception {
        kdc.keytab("flume/elsewhere");
        try (SourceUnderTest source = source();
                Raw peer = new Raw(source.port())) {
            peer.say(START, "GSSAPI".getBytes(UTF_8));
            peer.say(OK, token("flume/elsewhere"));

            assertThat(peer.hear()).isEqualTo(BAD);
            assertThat(peer.words()).startsWith("Kerberos: ");
            assertThat(source.count("connectionsRefused.kerberos")).isEqualTo(1);
        }
    }

    @Test
    void aTicketOfAnotherRealmIsRefused() throws Exception {
        try (SourceUnderTest source = source();
                Raw peer = new Raw(source.port())) {
            peer.say(START, "GSSAPI".getBytes(UTF_8));
            peer.say(OK, othersToken);

            assertThat(peer.hear()).isEqualTo(BAD);
            assertThat(peer.words()).startsWith("Kerberos: ");
            assertThat(source.count("connectionsRefused.kerberos")).isEqualTo(1);
        }
    }

    @Test
    void aServerThatIsNobodyIsNotBelieved() throws Exception {
        for (String answer : List.of(
                "05 00000000", // complete, without having shown anything
                "02 00000004 deadbeef",
                "03 00000002 6e6f", // "no"
                "02 7fffffff",
                "48545450",
                "")) {
            try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                    SinkUnderTest sink = sink(server.getLocalPort())) {
                byte[] bytes = HexFormat.of().parseHex(answer.replace(" ", ""));
                Thread acceptor = new Thread(() -> {
                    while (!server.isClosed()) {
                        answer(server, bytes);
                    }
                });
                acceptor.start();
                assertThatThrownBy(() -> sink.deliver("secret")).isInstanceOf(DeliveryException.class);
                assertThat(sink.channel.bodies()).as(answer).containsExactly("secret");
                server.close();
                acceptor.join(PatientAwaits.LIMIT.toMillis());
            }
        }
    }

    private static void answer(ServerSocket server, byte[] bytes) {
        try (Socket socket = server.accept()) {
            socket.getInputStream().readNBytes(20);
            socket.getOutputStream().write(bytes);
            socket.shutdownOutput();
            socket.getInputStream().readAllBytes();
        } catch (IOException e) {
            return; // the sink hangs up as it likes
        }
    }

    @ParameterizedTest(name = "{0} = {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "kerberos | yes | kerberos: yes (expected: true or false)",
                "agent-principal | '' | agent-principal: missing (expected: such as flume/_HOST@EXAMPLE.COM, ",
                "agent-principal | flume@OURS.EXAMPLE | agent-principal: flume@OURS.EXAMPLE: it has not the form ",
                "agent-principal | flume/other@OURS.EXAMPLE | agent-keytab: KEYTAB: it is no keytab, or has no key of ",
                "agent-keytab | '' | agent-keytab: missing (expected: a keytab that can be read)",
                "agent-keytab | no-such-file | agent-keytab: no-such-file: there is no such file (expected: ",
                "agent-keytab | . | agent-keytab: .: it is no file (expected: ",
                "kerberosTimeout | 0 | kerberosTimeout: 0 (expected: a number of seconds, 1 to 3600)"
            })
    void aBadValueOfTheSourceIsNamedWithItsKey(String key, String value, String message) {
        RecordedProblems problems = new RecordedProblems();
        Map<String, String> values = new HashMap<>(Map.of("bind", "127.0.0.1", "port", "0", "kerberos", "true"));
        values.putAll(Map.of("agent-principal", "flume/localhost@OURS.EXAMPLE", "agent-keytab", agentKeytab + ""));
        values.put(key, value);
        ThriftSourceSettings.read(problems.settings(values));

        assertThat(problems.problems())
                .singleElement()
                .asString()
                .startsWith(message.replace("KEYTAB", agentKeytab.toString()));
    }

    @ParameterizedTest(name = "{0} = {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "kerberos | yes | kerberos: yes (expected: true or false)",
                "client-principal | '' | client-principal: missing (expected: such as flume/_HOST@EXAMPLE.COM, ",
                "client-principal | a/b/c@@ | client-principal: a/b/c@@: ",
                "client-principal | jim@OURS.EXAMPLE | client-keytab: KEYTAB: it is no keytab, or has no key of jim",
                "client-keytab | '' | client-keytab: missing (expected: a keytab that can be read)",
                "client-keytab | no-such-file | client-keytab: no-such-file: there is no such file (expected: ",
                "server-principal | '' | server-principal: missing (expected: such as flume/collector.example.com@",
                "server-principal | flume@OURS.EXAMPLE | server-principal: flume@OURS.EXAMPLE: it has not the form "
            })
    void aBadValueOfTheSinkIsNamedWithItsKey(String key, String value, String message) {
        RecordedProblems problems = new RecordedProblems();
        Map<String, String> values = new HashMap<>(Map.of("hostname", "h", "port", "4141", "kerberos", "true"));
        values.putAll(Map.of("client-principal", "joe@OURS.EXAMPLE", "client-keytab", clientKeytab.toString()));
        values.put("server-principal", "flume/localhost@OURS.EXAMPLE");
        values.put(key, value);
        ThriftSinkSettings.read(problems.settings(values));

        assertThat(problems.problems())
                .singleElement()
                .asString()
                .startsWith(message.replace("KEYTAB", clientKeytab.toString()));
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

    private static SourceUnderTest source(String... more) throws Exception {
        return new SourceUnderTest(with(
                more,
                "kerberos",
                "true",
                "agent-principal",
                "flume/localhost@OURS.EXAMPLE",
                "agent-keytab",
                agentKeytab.toString()));
    }

    private static SinkUnderTest sink(int port, String... more) throws Exception {
        return new SinkUnderTest(
                port,
                with(
                        more,
                        "kerberos",
                        "true",
                        "client-principal",
                        "joe@OURS.EXAMPLE",
                        "client-keytab",
                        clientKeytab.toString(),
                        "server-principal",
                        "flume/localhost@OURS.EXAMPLE"));
    }

    /** The later ones count. */
    private static String[] with(String[] more, String... keysAndValues) {
        return Stream.concat(Arrays.stream(keysAndValues), Arrays.stream(more)).toArray(String[]::new);
    }

    private static Subject subject(Path keytab, String principal) throws Exception {
        LoginContext login = new LoginContext("test", new Subject(), null, new Configuration() {
            @Override
            public AppConfigurationEntry[] getAppConfigurationEntry(String name) {
                return new AppConfigurationEntry[] {
                    new AppConfigurationEntry(
                            "com.sun.security.auth.module.Krb5LoginModule",
                            LoginModuleControlFlag.REQUIRED,
                            Map.of(
                                    "useKeyTab", "true",
                                    "keyTab", keytab.toString(),
                                    "principal", principal,
                                    "doNotPrompt", "true",
                                    "refreshKrb5Config", "true"))
                };
            }
        });
        login.login();
        return login.getSubject();
    }

    private static <T> T as(Subject subject, PrivilegedExceptionAction<T> work) throws Exception {
        return Subject.doAs(subject, work);
    }

    private static SaslClient saslClient(Subject subject) throws Exception {
        return as(
                subject,
                () -> Sasl.createSaslClient(
                        new String[] {"GSSAPI"}, null, "flume", "localhost", Map.of(Sasl.QOP, "auth"), null));
    }

    /** What joe shows to a service first. */
    private static byte[] token(String service) throws Exception {
        return token(subject(clientKeytab, "joe@OURS.EXAMPLE"), service + "@OURS.EXAMPLE");
    }

    private static byte[] token(Subject subject, String service) throws Exception {
        return as(subject, () -> {
            GSSManager manager = GSSManager.getInstance();
            GSSContext context = manager.createContext(
                    manager.createName(service, new Oid("1.2.840.113554.1.2.2.1")),
                    new Oid("1.2.840.113554.1.2.2"),
                    null,
                    GSSContext.DEFAULT_LIFETIME);
            context.requestMutualAuth(true);
            return context.initSecContext(new byte[0], 0, 0);
        });
    }

    private byte[] call(String body) {
        ByteBuf frame = Unpooled.buffer();
        EventBatch batch = Batches.of(body);
        writer.write(List.of(batch), frame);
        batch.release();
        byte[] bytes = new byte[frame.readableBytes()];
        frame.readBytes(bytes);
        return bytes;
    }

    private static byte[] message(int status, byte[] payload) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeByte(status);
        out.writeInt(payload.length);
        out.write(payload);
        return bytes.toByteArray();
    }

    /** A peer that says what a test wants. */
    private static final class Raw implements AutoCloseable {
        private final Socket socket;
        final DataOutputStream out;
        private final DataInputStream in;
        byte[] payload = new byte[0];

        Raw(int port) throws IOException {
            socket = new Socket(InetAddress.getLoopbackAddress(), port);
            socket.setTcpNoDelay(true);
            socket.setSoTimeout((int) PatientAwaits.LIMIT.toMillis());
            out = new DataOutputStream(socket.getOutputStream());
            in = new DataInputStream(socket.getInputStream());
        }

        void say(int status, byte[] payload) throws IOException {
            out.write(message(status, payload));
        }

        void dribble(byte[] bytes) throws IOException {
            for (byte one : bytes) {
                out.write(one);
                out.flush();
            }
        }

        /** Writes until the other end hangs up. */
        void flood() {
            try {
                while (true) {
                    out.write(new byte[8192]);
                }
            } catch (IOException e) {
                return;
            }
        }

        /** The status of the next message, whose payload is in the field. */
        int hear() throws IOException {
            int status = in.readByte();
            payload = in.readNBytes(in.readInt());
            return status;
        }

        String words() {
            return new String(payload, UTF_8);
        }

        boolean isHungUp() {
            try {
                return in.read() < 0;
            } catch (IOException reset) {
                return true;
            }
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
