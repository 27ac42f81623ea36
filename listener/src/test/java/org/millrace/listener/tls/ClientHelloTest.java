package org.millrace.listener.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.millrace.listener.ForeignGreeting;

class ClientHelloTest {
    private final List<Channel> refused = new ArrayList<>();
    private final EmbeddedChannel connection =
            new EmbeddedChannel(new ForeignGreeting(ClientHello::begins, refused::add));

    @AfterEach
    void close() {
        connection.finishAndReleaseAll();
    }

    @ParameterizedTest
    @ValueSource(strings = {"16030100c801", "160303020001", "16030440000100"})
    void whoGreetsInTlsIsToldOfAndDisconnected(String greeting) {
        connection.writeInbound(bytes(greeting), bytes("more"));

        assertThat(refused).containsExactly(connection);
        assertThat(connection.isOpen()).isFalse();
        assertThat(connection.inboundMessages()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "16030100c8", // not a greeting as a whole
                "16030100c802", // another kind of message
                "160301400101", // a longer record than there is
                "160305010001",
                "160200c80100",
                "3c31333e31", // a message of syslog
                "000000010000", // a frame
                "16"
            })
    void anythingElseIsReadAndNobodyLooksAgain(String begin) {
        connection.writeInbound(bytes(begin));
        connection.writeInbound(bytes("160301010001"));

        assertThat(refused).isEmpty();
        assertThat(connection.pipeline().get(ForeignGreeting.class)).isNull();
        assertThat(read()).isEqualTo(begin + "160301010001");
    }

    @Test
    void aPeerThatSaysNothingIsNobodysMatter() {
        connection.close();

        assertThat(refused).isEmpty();
    }

    private String read() {
        StringBuilder all = new StringBuilder();
        for (ByteBuf bytes = connection.readInbound(); bytes != null; bytes = connection.readInbound()) {
            all.append(HexFormat.of().formatHex(ByteBufUtil.getBytes(bytes)));
            bytes.release();
        }
        return all.toString();
    }

    private static ByteBuf bytes(String hexOrText) {
        return hexOrText.matches("[0-9a-f]+")
                ? Unpooled.copiedBuffer(HexFormat.of().parseHex(hexOrText))
                : Unpooled.copiedBuffer(hexOrText, StandardCharsets.US_ASCII);
    }
}
