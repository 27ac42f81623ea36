package org.millrace.codec.rpc;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.millrace.codec.BatchMemory;
import org.millrace.codec.CodecLimits;
import org.millrace.codec.EventReader;
import org.millrace.codec.LimitExceededException;
import org.millrace.codec.Varints;
import org.millrace.codec.frame.AvroFrame;

/** Peers whose protocol is not Flume's: it reaches us with the handshake, and their parameters are read by it. */
class ForeignPeerTest {
    /** Body first, and fields that we do not know before, between and behind. */
    private static final String REORDERED = """
            {"name":"AvroFlumeEvent","type":"record","fields":[{"name":"id","type":"long"},\
            {"name":"body","type":"bytes"},{"name":"tags","type":{"type":"array","items":"%s"}},\
            {"name":"headers","type":{"type":"map","values":"string"}},{"name":"flag","type":["null","string"]}]}""";

    private final PeerProtocols protocols = new PeerProtocols();
    private final CodecLimits limits = new CodecLimits(1 << 20, 100, 3, 100, 10);
    private AvroCallDecoder decoder = new AvroCallDecoder(limits, protocols);

    @Test
    void eventsWithFieldsReorderedAndAddedAreUnderstood() {
        Request request = call(protocol(REORDERED.formatted("string")), "appendBatch", params -> {
            Varints.write(params, 2);
            writeReordered(params, "first");
            writeReordered(params, "second");
            Varints.write(params, 0);
        });

        assertThat(eventsOf(request)).containsExactly("{k=v}first", "{k=v}second");
        assertThat(request.handshake()).isEqualTo(HandshakeReply.BOTH);
    }

    @Test
    void singleEventIsUnderstoodToo() {
        Request request =
                call(protocol(REORDERED.formatted("string")), "append", params -> writeReordered(params, "only"));

        assertThat(eventsOf(request)).containsExactly("{k=v}only");
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(longs = {1000, Integer.MAX_VALUE, Long.MAX_VALUE, -5, Long.MIN_VALUE})
    void bogusLengthsAreRefusedBeforeAvroBelievesThem(long bogus) {
        Request request = call(protocol(REORDERED.formatted("string")), "append", params -> {
            Varints.write(params, 1);
            Varints.write(params, bogus); // the body's length
            params.writeZero(20);
        });

        assertThat(request).isInstanceOf(Request.Refused.class);
    }

    @Test
    void itemsWithoutBytesAreRefusedSinceTheyCouldBeAnyNumber() {
        Request request = call(protocol(REORDERED.formatted("null")), "append", params -> {
            Varints.write(params, 1);
            Varints.write(params, 0);
            Varints.write(params, 10);
            params.writeZero(50);
        });

        assertThat(request)
                .isInstanceOfSatisfying(
                        Request.Refused.class,
                        refused -> assertThat(refused.reason()).hasMessageContaining("items without bytes"));
    }

    @Test
    void limitOfEventsHoldsForThemToo() {
        Request request = call(protocol(REORDERED.formatted("string")), "appendBatch", params -> {
            Varints.write(params, 4);
            for (int i = 0; i < 4; i++) {
                writeReordered(params, "x");
            }
            Varints.write(params, 0);
        });

        assertThat(request)
                .isInstanceOfSatisfying(
                        Request.Refused.class,
                        refused -> assertThat(refused.reason())
                                .isInstanceOfSatisfying(
                                        LimitExceededException.class,
                                        e -> assertThat(e.limit()).isEqualTo("maxBatchEvents")));
    }

    @Test
    void fieldThatWeNeedAndTheyDoNotHaveIsAnError() {
        String bodyless = """
                {"name":"AvroFlumeEvent","type":"record","fields":[{"name":"headers","type":{"type":"map","values":"string"}}]}""";

        Request request = call(protocol(bodyless), "append", params -> params.writeByte(0));

        assertThat(request)
                .isInstanceOfSatisfying(
                        Request.Refused.class,
                        refused -> assertThat(refused.reason()).hasMessageContaining("parameters of append"));
    }

    @Test
    void textThatIsNoProtocolIsAnErrorAndTheHandshakeMayBeTriedAgain() {
        Request request = call("{\"protocol\":", "append", params -> params.writeByte(0));

        assertThat(request).isInstanceOf(Request.Refused.class);
        assertThat(request.handshake()).isEqualTo(HandshakeReply.ABSENT);
        Request again =
                call(protocol(REORDERED.formatted("string")), "append", params -> writeReordered(params, "only"));
        assertThat(eventsOf(again)).containsExactly("{k=v}only");
    }

    @Test
    void textIsSharedWithOtherConnectionsUnderItsOwnHash() {
        String text = protocol(REORDERED.formatted("string"));
        eventsOf(call(text, "append", params -> writeReordered(params, "x")));
        decoder = new AvroCallDecoder(limits, protocols);

        Request request = decoder.decode(frame(md5(text), null, "append", params -> writeReordered(params, "y")));

        assertThat(eventsOf(request)).containsExactly("{k=v}y");
    }

    @Test
    void textUnderAnotherHashIsBelievedOnThisConnectionOnly() {
        byte[] hash = new byte[16];
        String text = protocol(REORDERED.formatted("string"));
        eventsOf(decoder.decode(frame(hash, text, "append", params -> writeReordered(params, "x"))));
        decoder = new AvroCallDecoder(limits, protocols);

        Request request = decoder.decode(frame(hash, null, "append", params -> writeReordered(params, "y")));

        assertThat(request).isInstanceOf(Request.HandshakeOnly.class);
        assertThat(request.handshake()).isEqualTo(HandshakeReply.NONE);
    }

    @Test
    void flumesHashCannotBeGivenAnotherMeaning() {
        String text = protocol(REORDERED.formatted("string"));

        Request request = decoder.decode(frame(FlumeProtocol.hash(), text, "append", params -> {
            params.writeByte(0); // no headers
            params.writeByte(0); // an empty body: as Flume writes it
        }));

        assertThat(eventsOf(request)).containsExactly("{}");
    }

    @Test
    void callMetadataCanBeLookedUp() {
        Request request = decoder.decode(frame(FlumeProtocol.hash(), null, "append", params -> params.writeZero(2)));
        Request.Call call = (Request.Call) request;

        assertThat(call.metadata().value("x")).containsExactly(1, 2);
        assertThat(call.metadata().value("y")).isNull();
        assertThat(CallMetadata.EMPTY.isEmpty()).isTrue();
        call.batch().release();
    }

    private interface Params {
        void writeTo(ByteBuf out);
    }

    private Request call(String text, String message, Params params) {
        return decoder.decode(frame(md5(text), text, message, params));
    }

    private static AvroFrame frame(byte[] hash, String text, String message, Params params) {
        ByteBuf out = BatchMemory.allocate(1000);
        out.writeBytes(hash);
        Varints.write(out, text == null ? 0 : 1);
        if (text != null) {
            writeString(out, text);
        }
        out.writeBytes(FlumeProtocol.hash());
        out.writeByte(0);
        Varints.write(out, 1); // call metadata: x -> 01 02
        writeString(out, "x");
        Varints.write(out, 2);
        out.writeByte(1).writeByte(2).writeByte(0);
        writeString(out, message);
        params.writeTo(out);
        return new AvroFrame(1, out);
    }

    private static void writeReordered(ByteBuf out, String body) {
        Varints.write(out, 42);
        writeString(out, body);
        Varints.write(out, 1);
        writeString(out, "tag");
        Varints.write(out, 0);
        Varints.write(out, 1);
        writeString(out, "k");
        writeString(out, "v");
        Varints.write(out, 0);
        Varints.write(out, 1);
        writeString(out, "flag");
    }

    private static void writeString(ByteBuf out, String text) {
        byte[] utf8 = text.getBytes(UTF_8);
        Varints.write(out, utf8.length);
        out.writeBytes(utf8);
    }

    private static String protocol(String event) {
        return "{\"protocol\":\"AvroSourceProtocol\",\"namespace\":\"org.apache.flume.source.avro\",\"types\":["
                + "{\"type\":\"enum\",\"name\":\"Status\",\"symbols\":[\"OK\",\"FAILED\",\"UNKNOWN\"]}," + event
                + "],\"messages\":{\"append\":{\"request\":[{\"name\":\"event\",\"type\":\"AvroFlumeEvent\"}],"
                + "\"response\":\"Status\"},\"appendBatch\":{\"request\":[{\"name\":\"events\",\"type\":{\"type\":\"array\","
                + "\"items\":\"AvroFlumeEvent\"}}],\"response\":\"Status\"}}}";
    }

    private static byte[] md5(String text) {
        try {
            return MessageDigest.getInstance("MD5").digest(text.getBytes(UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    private static List<String> eventsOf(Request request) {
        assertThat(request).isInstanceOf(Request.Call.class);
        Request.Call call = (Request.Call) request;
        List<String> events = new ArrayList<>();
        EventReader event = call.batch().reader();
        while (event.next()) {
            Map<String, String> headers = new TreeMap<>(event.headers());
            events.add(headers + new String(event.body(), UTF_8));
        }
        call.batch().release();
        return events;
    }
}
