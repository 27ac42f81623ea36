package org.millrace.codec.frame;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.millrace.codec.CodecLimits;
import org.millrace.codec.LimitExceededException;
import org.millrace.codec.MalformedException;

class LengthFrameDecoderTest {
    private static final CodecLimits LIMITS = new CodecLimits(1000, 1, 1000, 1000, 100);
    private static final byte[] TWO_FRAMES = {0, 0, 0, 5, 'h', 'e', 'l', 'l', 'o', 0, 0, 0, 1, 'x'};

    private final ReceiveBudget budget = new ReceiveBudget(1500);
    private final EmbeddedChannel connection = new EmbeddedChannel(new LengthFrameDecoder(LIMITS, budget));

    @AfterEach
    void everythingIsGivenBack() {
        connection.finishAndReleaseAll();
        assertThat(budget.heldBytes()).isZero();
    }

    @ParameterizedTest(name = "cut at byte {0}")
    @MethodSource("everyCut")
    void framesSurviveBeingSplitAnywhere(int cut) {
        connection.writeInbound(Unpooled.copiedBuffer(TWO_FRAMES, 0, cut));
        connection.writeInbound(Unpooled.copiedBuffer(TWO_FRAMES, cut, TWO_FRAMES.length - cut));

        assertNextFrameIs("hello");
        assertNextFrameIs("x");
    }

    static IntStream everyCut() {
        return IntStream.rangeClosed(0, TWO_FRAMES.length);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, Integer.MIN_VALUE})
    void lengthThatIsNoneIsRefused(int length) {
        assertThatThrownBy(() -> connection.writeInbound(Unpooled.copyInt(length)))
                .isInstanceOf(MalformedException.class)
                .hasMessage("frame length: " + length + " (expected: at least 1)");
    }

    @Test
    void lengthOverTheLimitIsRefusedBeforeMemoryIsSetAside() {
        assertThatThrownBy(() -> connection.writeInbound(Unpooled.copyInt(Integer.MAX_VALUE)))
                .isInstanceOf(LimitExceededException.class)
                .hasMessage("maxFrameBytes: 2147483647 (expected: at most 1000)");
        assertThat(budget.heldBytes()).isZero();
    }

    @Test
    void bytesBehindABadLengthAreDropped() {
        assertThatThrownBy(() -> connection.writeInbound(Unpooled.copyInt(-1, 1)))
                .isInstanceOf(MalformedException.class);

        connection.writeInbound(Unpooled.copiedBuffer(TWO_FRAMES));

        assertThat(connection.<Object>readInbound()).isNull();
    }

    @Test
    void noFrameComesOutWhileNothingIsToBeRead() {
        connection.config().setAutoRead(false);
        connection.writeInbound(Unpooled.copiedBuffer(TWO_FRAMES));
        assertThat(connection.<Object>readInbound()).isNull();

        connection.config().setAutoRead(true);

        assertNextFrameIs("hello");
        assertNextFrameIs("x");
    }

    private void assertNextFrameIs(String text) {
        ByteBuf frame = connection.readInbound();
        assertThat(frame.hasArray()).isTrue();
        assertThat(frame.toString(StandardCharsets.UTF_8)).isEqualTo(text);
        frame.release();
    }
}
