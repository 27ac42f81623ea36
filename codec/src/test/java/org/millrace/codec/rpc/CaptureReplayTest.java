package org.millrace.codec.rpc;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import org.apache.avro.Protocol;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.millrace.codec.CodecLimits;
import org.millrace.codec.EventReader;
import org.millrace.codec.frame.AvroFrame;

/** Requests that Flume's clients sent, answered as Flume's server answered them. */
class CaptureReplayTest {
    private static final Charset ONE_BYTE_A_CHAR = ISO_8859_1;

    private final PeerProtocols protocols = new PeerProtocols();
    private final List<String> received = new ArrayList<>();
    private AvroCallDecoder decoder = new AvroCallDecoder(CodecLimits.DEFAULT, protocols);

    @ParameterizedTest(name = "{0}")
    @ValueSource(
            strings = {
                "01-append-1",
                "02-appendBatch-2",
                "03-append-then-batch",
                "04-batch-250-size-100",
                "05-utf8-and-empty",
                "07-body-20000",
                "23-ping-empty-message",
                "24-four-buffers-callmeta",
                "28-second-request-no-handshake",
                "31-array-multi-block",
                "v19-plain"
            })
    void answersAreThoseOfFlumeToTheLastByte(String capture) {
        assertThat(replay(capture)).isEqualTo(Captures.fromServer(capture));
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"10-deflate", "11-deflate-level-9", "v19-deflate"})
    void compressedCallsAreAnsweredAsFlumeAnswersThem(String capture) {
        byte[] calls = Captures.inflated(Captures.fromClient(capture));

        assertThat(answersTo(calls, true, true)).isEqualTo(Captures.inflated(Captures.fromServer(capture)));
    }

    @Test
    void compressedEventsArriveAsTheyWereSent() {
        for (String capture : List.of("10-deflate", "11-deflate-level-9", "v19-deflate")) {
            reconnect();
            answersTo(Captures.inflated(Captures.fromClient(capture)), true, true);
        }

        assertThat(received)
                .containsExactly(
                        "{k=v}compressed one",
                        "{}compressed two",
                        "{}compressed three",
                        "{k=v}compressed one",
                        "{}x",
                        "{}y",
                        "{}z");
    }

    @Test
    void failureIsAnsweredAsFlumeAnswersIt() {
        assertThat(replay("08-full-appendBatch", false)).isEqualTo(Captures.fromServer("08-full-appendBatch"));
    }

    @Test
    void failureAfterSuccessIsAnsweredAsFlumeAnswersIt() {
        assertThat(replay("09-full-append", true, false)).isEqualTo(Captures.fromServer("09-full-append"));
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(
            strings = {
                "20-handshake-none-then-both",
                "22-handshake-client",
                "29-handshake-none-both-unknown",
                "30-handshake-none-server-known"
            })
    void handshakesDifferFromFlumesOnlyInTheProtocolsText(String capture) {
        assertThat(withoutText(replay(capture))).isEqualTo(withoutText(Captures.fromServer(capture)));
    }

    @Test
    void ourProtocolSaysTheSameAsFlumes() {
        Protocol ours = Protocol.parse(FlumeProtocol.TEXT);
        Protocol flumes = Protocol.parse(flumeText());

        assertThat(ours.getTypes()).isEqualTo(flumes.getTypes());
        assertThat(ours.getMessages()).isEqualTo(flumes.getMessages());
    }

    @Test
    void unknownMessageOfAProtocolToldOnAnotherConnectionIsNamedInTheError() {
        replay("20-handshake-none-then-both");
        reconnect();
        byte[] reply = replay("21-unknown-message-error");

        assertThat(Captures.bufferLengths(reply).get(0)).hasSize(3);
        assertThat(handshakeOf(reply)).isEqualTo(handshakeOf(Captures.fromServer("21-unknown-message-error")));
        assertThat(faultOf(reply)).contains("unknown message: nosuch").contains("AvroSourceProtocol");
    }

    @Test
    void truncatedParametersAreAnErrorBehindTheHandshake() {
        byte[] reply = replay("25-truncated-payload-error");

        assertThat(Captures.bufferLengths(reply).get(0).subList(0, 2)).containsExactly(4, 1);
        assertThat(faultOf(reply)).contains("header map");
    }

    @Test
    void truncatedHandshakeIsAnErrorWithoutAHandshakeAndTheNextMaySucceed() {
        byte[] reply = replay("26-truncated-handshake");

        assertThat(Captures.bufferLengths(reply).get(0).subList(0, 2)).containsExactly(0, 1);
        assertThat(faultOf(reply)).contains("handshake client hash: cut short");
        assertThat(replay("01-append-1")).isEqualTo(Captures.fromServer("01-append-1"));
    }

    @Test
    void eventsArriveAsTheyWereSent() {
        replay("02-appendBatch-2");
        replayOnNewConnection("05-utf8-and-empty");
        replayOnNewConnection("24-four-buffers-callmeta");
        replayOnNewConnection("31-array-multi-block");
        replayOnNewConnection("20-handshake-none-then-both");

        assertThat(received)
                .containsExactly(
                        "{host=web01, timestamp=1700000000000}first event",
                        "{k=v}second",
                        "{}",
                        "{klé=€}héllo 世界",
                        "{}" + new String(new byte[] {0, 1, (byte) 0xFF, '\n', '\r'}, UTF_8),
                        "{}split",
                        "{}blk",
                        "{}blk",
                        "{}via alt");
    }

    @Test
    void largeBodyIsJoinedFromItsPieces() {
        replay("07-body-20000");

        assertThat(received).containsExactly("{}" + "x".repeat(20_000));
    }

    private void reconnect() {
        decoder = new AvroCallDecoder(CodecLimits.DEFAULT, protocols);
    }

    private void replayOnNewConnection(String capture) {
        reconnect();
        replay(capture);
    }

    private byte[] replay(String capture) {
        return replay(capture, true, true, true);
    }

    /** Answers each request of the capture; the n-th call with OK if the n-th value says so. */
    private byte[] replay(String capture, boolean... ok) {
        return answersTo(Captures.fromClient(capture), ok);
    }

    private byte[] answersTo(byte[] requests, boolean... ok) {
        ByteBuf out = Unpooled.buffer();
        int calls = 0;
        for (AvroFrame frame : Captures.frames(requests)) {
            Request request = decoder.decode(frame);
            if (request instanceof Request.Call call) {
                record(call);
                if (ok[calls++]) {
                    AvroReplies.writeOk(out, call);
                } else {
                    AvroReplies.writeFailed(out, call);
                }
            } else if (request instanceof Request.HandshakeOnly handshake) {
                AvroReplies.writeHandshakeOnly(out, handshake);
            } else if (request instanceof Request.Refused refused) {
                AvroReplies.writeError(
                        out, refused, String.valueOf(refused.reason().getMessage()));
            }
        }
        return ByteBufUtil.getBytes(out);
    }

    private void record(Request.Call call) {
        EventReader event = call.batch().reader();
        int events = 0;
        while (event.next()) {
            received.add(new TreeMap<>(event.headers()) + new String(event.body(), UTF_8));
            events++;
        }
        assertThat(events).isEqualTo(call.batch().events());
        call.batch().release();
    }

    /** The frames with the JSON cut out, and with it the lengths that stand before it. */
    private static List<String> withoutText(byte[] bytes) {
        List<String> frames = new ArrayList<>();
        for (AvroFrame frame : Captures.frames(bytes)) {
            String hex = frame.serial() + ":" + new String(ByteBufUtil.getBytes(frame.content()), ONE_BYTE_A_CHAR);
            frames.add(hex.replaceAll("(?s)..\\{\"protocol.*\\}", "TEXT"));
            frame.release();
        }
        return frames;
    }

    /** The first buffer of the first frame: what was found, without the text of the server's protocol. */
    private static String handshakeOf(byte[] reply) {
        int start = 3 * Integer.BYTES;
        int length = Captures.bufferLengths(reply).get(0).get(0);
        return new String(reply, start, length, ONE_BYTE_A_CHAR).replaceAll("(?s)..\\{\"protocol.*\\}", "TEXT");
    }

    private static String flumeText() {
        String reply = new String(Captures.fromServer("29-handshake-none-both-unknown"), UTF_8);
        return reply.substring(reply.indexOf('{'), reply.lastIndexOf('}') + 1);
    }

    /** The text of an error: the third buffer is the flag, the branch of the union, the string. */
    private static String faultOf(byte[] reply) {
        int errorBytes = Captures.bufferLengths(reply).get(0).get(2);
        byte[] error = Arrays.copyOfRange(reply, reply.length - errorBytes, reply.length);
        assertThat(error[0]).isEqualTo((byte) 1);
        assertThat(error[1]).isEqualTo((byte) 0);
        return new String(error, 2, error.length - 2, UTF_8);
    }
}
