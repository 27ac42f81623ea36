package org.millrace.codec.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.millrace.codec.CodecLimits;
import org.millrace.codec.MalformedException;
import org.millrace.codec.frame.AvroFrame;
import org.millrace.codec.frame.AvroFrameDecoder;
import org.millrace.codec.frame.ReceiveBudget;

class ResponseDecoderTest {
    @ParameterizedTest
    @ValueSource(strings = {"02-appendBatch-2", "03-append-then-batch", "04-batch-250-size-100", "22-handshake-client"})
    void everyAnswerOfFlumeThatSaysOkIsStored(String capture) throws IOException {
        assertThat(answers(capture))
                .allSatisfy(answer -> assertThat(answer.kind()).isEqualTo(Response.Kind.STORED));
    }

    @Test
    void failedIsARefusal() throws IOException {
        Response answer = answers("08-full-appendBatch").get(0);
        assertThat(answer.kind()).isEqualTo(Response.Kind.REFUSED);
        assertThat(answer.text()).isEqualTo("FAILED");
    }

    @Test
    void noneAsksForTheTextAndTellsTheHash() throws IOException {
        List<Response> answers = answers("20-handshake-none-then-both");
        assertThat(answers.get(0).kind()).isEqualTo(Response.Kind.WANTS_PROTOCOL);
        assertThat(answers.get(0).serverHash()).asHexString().isEqualTo("86AADAE2C45474C0FE93FFD0F2350A65");
    }

    @Test
    void anErrorKeepsThePeersText() throws IOException {
        Response answer = answers("25-truncated-payload-error").get(0);
        assertThat(answer.kind()).isEqualTo(Response.Kind.ERROR);
        assertThat(answer.text()).isEqualTo("java.io.EOFException");
    }

    @Test
    void anErrorWithoutAnyHandshakeRecordIsUnderstoodToo() throws IOException {
        Response answer = answers("26-truncated-handshake").get(0);
        assertThat(answer.kind()).isEqualTo(Response.Kind.ERROR);
        assertThat(answer.text()).isEqualTo("java.io.EOFException");
    }

    @Test
    void anErrorBehindAClientMatchIsUnderstoodToo() throws IOException {
        Response answer = answers("21-unknown-message-error").get(0);
        assertThat(answer.kind()).isEqualTo(Response.Kind.ERROR);
        assertThat(answer.text()).contains("AvroSourceProtocol");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "one block of metadata, 00000000 02 0278 0261 00 00 00, STORED",
        "a block with its size, 00000000 01 08 0278 0261 00 00 00, STORED",
        "a handshake with meta, 00 00 00 02 02 0278 0261 00 00 00 00, STORED",
        "status UNKNOWN, 00000000 00 00 04, REFUSED",
    })
    void metadataIsSkipped(String what, String hex, Response.Kind expected) {
        assertThat(decode(hex.replace(" ", "")).kind()).as(what).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "06", "0001", "00000000", "0000000000", "000000000006", "00020a", "00000000000102"})
    void whatIsNoAnswerIsMalformed(String hex) {
        assertThatThrownBy(() -> decode(hex)).isInstanceOf(MalformedException.class);
    }

    private static Response decode(String hex) {
        ByteBuf payload = Unpooled.wrappedBuffer(HexFormat.of().parseHex(hex));
        try {
            return ResponseDecoder.decode(payload, true);
        } finally {
            payload.release();
        }
    }

    /** All answers of a recorded connection; the first one and that after a NONE carry a handshake. */
    private static List<Response> answers(String capture) throws IOException {
        EmbeddedChannel connection =
                new EmbeddedChannel(new AvroFrameDecoder(CodecLimits.DEFAULT, new ReceiveBudget(1 << 20)));
        try (InputStream in = ResponseDecoderTest.class.getResourceAsStream("/captures/" + capture + ".s2c.bin")) {
            connection.writeInbound(Unpooled.wrappedBuffer(in.readAllBytes()));
        }
        List<Response> answers = new ArrayList<>();
        boolean handshake = true;
        for (AvroFrame frame = connection.readInbound(); frame != null; frame = connection.readInbound()) {
            Response answer = ResponseDecoder.decode(frame.content(), handshake);
            handshake = answer.kind() == Response.Kind.WANTS_PROTOCOL;
            answers.add(answer);
            frame.release();
        }
        assertThat(connection.finish()).isFalse();
        return answers;
    }
}
