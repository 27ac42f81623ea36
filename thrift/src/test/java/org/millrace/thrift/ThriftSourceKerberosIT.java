package org.millrace.thrift;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.millrace.thrift.KerberosPeer.BAD;
import static org.millrace.thrift.KerberosPeer.COMPLETE;
import static org.millrace.thrift.KerberosPeer.ERROR;
import static org.millrace.thrift.KerberosPeer.GREETING;
import static org.millrace.thrift.KerberosPeer.OK;
import static org.millrace.thrift.KerberosPeer.message;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import javax.security.sasl.SaslClient;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.millrace.api.StartException;
import org.millrace.codec.EventBatch;
import org.millrace.testkit.Batches;

/** A source with Kerberos, and peers that have no ticket, another one, or do not know how it goes. */
class ThriftSourceKerberosIT extends KerberosFixture {
    private final CallWriter writer = new CallWriter(WireProtocol.COMPACT, 1 << 20);

    @Test
    void aSourceThatCouldAuthenticateNobodyDoesNotStart() throws Exception {
        assertThatThrownBy(() -> source(
                        "agent-principal", "flume/localhost@OTHERS.EXAMPLE", "agent-keytab", othersKeytab.toString()))
                .isInstanceOf(StartException.class)
                .hasMessageContaining(
                        "source r1: agent-principal: flume/localhost@OTHERS.EXAMPLE with " + othersKeytab);
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
                KerberosPeer peer = new KerberosPeer(source.port())) {
            peer.greet();
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
                KerberosPeer peer = new KerberosPeer(source.port())) {
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
                KerberosPeer peer = new KerberosPeer(source.port())) {
            peer.say(BAD, "\u001b[2J no thanks\n".getBytes(UTF_8));

            assertThat(peer.isHungUp()).isTrue();
            assertThat(source.count("connectionsRefused.kerberos")).isEqualTo(1);
        }
    }

    @Test
    void aPeerThatSendsMoreThanAHandshakeHasIsDisconnected() throws Exception {
        try (SourceUnderTest source = source();
                KerberosPeer peer = new KerberosPeer(source.port())) {
            peer.greet();
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
        List<KerberosPeer> peers = new ArrayList<>();
        try (SourceUnderTest source = source("maxReceiveBytes", "1000000", "kerberosTimeout", "3600")) {
            for (int i = 0; i < 30; i++) {
                KerberosPeer peer = new KerberosPeer(source.port());
                peers.add(peer);
                peer.greet();
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
            for (KerberosPeer peer : peers) {
                peer.close();
            }
        }
    }

    @Test
    void aPeerThatStopsInTheHandshakeIsDisconnectedInTime() throws Exception {
        try (SourceUnderTest source = source("kerberosTimeout", "1");
                KerberosPeer silent = new KerberosPeer(source.port());
                KerberosPeer halfway = new KerberosPeer(source.port())) {
            halfway.greet();

            assertThat(silent.hear()).isEqualTo(ERROR);
            assertThat(silent.words()).isEqualTo("no handshake of Kerberos within 1000 ms");
            assertThat(halfway.hear()).isEqualTo(ERROR);
            await().until(() -> source.count("connectionsRefused.kerberos") == 2);
        }
    }

    @Test
    void aHandshakeThatIsCutAtAnyByteLeavesNothingBehind() throws Exception {
        try (SourceUnderTest source = source()) {
            byte[] flight = Stream.of(GREETING, message(OK, token("flume/localhost")))
                    .collect(ByteArrayOutputStream::new, ByteArrayOutputStream::writeBytes, (a, b) -> {})
                    .toByteArray();
            for (int cut = 1; cut < flight.length; cut++) {
                try (KerberosPeer peer = new KerberosPeer(source.port())) {
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
                KerberosPeer peer = new KerberosPeer(source.port())) {
            KerberosClient joe = joe();
            SaslClient client = joe.saslClient();
            peer.dribble(GREETING);
            peer.dribble(message(OK, joe.act(() -> client.evaluateChallenge(new byte[0]))));
            assertThat(peer.hear()).isEqualTo(OK);
            byte[] answer = peer.payload;
            byte[] last = message(COMPLETE, joe.act(() -> client.evaluateChallenge(answer)));
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
                KerberosPeer first = new KerberosPeer(source.port());
                KerberosPeer second = new KerberosPeer(source.port())) {
            byte[] token = token("flume/localhost");
            for (KerberosPeer peer : List.of(first, second)) {
                peer.greet();
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
                KerberosPeer peer = new KerberosPeer(source.port())) {
            peer.greet();
            peer.say(OK, token("flume/elsewhere"));

            assertThat(peer.hear()).isEqualTo(BAD);
            assertThat(peer.words()).startsWith("Kerberos: ");
            assertThat(source.count("connectionsRefused.kerberos")).isEqualTo(1);
        }
    }

    @Test
    void aTicketOfAnotherRealmIsRefused() throws Exception {
        try (SourceUnderTest source = source();
                KerberosPeer peer = new KerberosPeer(source.port())) {
            peer.greet();
            peer.say(OK, othersToken);

            assertThat(peer.hear()).isEqualTo(BAD);
            assertThat(peer.words()).startsWith("Kerberos: ");
            assertThat(source.count("connectionsRefused.kerberos")).isEqualTo(1);
        }
    }

    /** What joe shows to a service first. */
    private static byte[] token(String service) throws Exception {
        return joe().token(service + "@OURS.EXAMPLE");
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
}
