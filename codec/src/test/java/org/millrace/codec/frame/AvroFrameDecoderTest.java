package org.millrace.codec.frame;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.millrace.codec.CodecLimits;
import org.millrace.codec.LimitExceededException;
import org.millrace.codec.MalformedException;

class AvroFrameDecoderTest {
    private static final CodecLimits LIMITS = new CodecLimits(100_000, 16, 1000, 1000, 100);
    private static final byte[] TWO_FRAMES = ByteBufUtil.getBytes(twoFrames());

    private final ReceiveBudget budget = new ReceiveBudget(150_000);
    private final EmbeddedChannel connection = connection();

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

        assertNextFrameIs(7, "hello world");
        assertNextFrameIs(-8, "x");
        assertThat(budget.heldBytes()).isZero();
        connection.finish();
    }

    static IntStream everyCut() {
        return IntStream.rangeClosed(0, TWO_FRAMES.length);
    }

    @Test
    void framesSurviveArrivingByteByByte() {
        for (byte b : TWO_FRAMES) {
            connection.writeInbound(Unpooled.wrappedBuffer(new byte[] {b}));
        }

        assertNextFrameIs(7, "hello world");
        assertNextFrameIs(-8, "x");
        connection.finish();
    }

    @Test
    void frameOfEmptyBuffersIsAnEmptyFrame() {
        connection.writeInbound(ints(3, 2, 0, 0));

        assertNextFrameIs(3, "");
    }

    @Test
    void framesOfManySizesKeepTheirBytes() {
        Random random = new Random(42);
        for (int round = 0; round < 200; round++) {
            byte[] payload = new byte[random.nextInt(4) == 0 ? random.nextInt(100_000) : random.nextInt(500)];
            random.nextBytes(payload);
            ByteBuf frame = frameInPieces(round, payload, random);
            while (frame.isReadable()) {
                int bytes = Math.min(frame.readableBytes(), 1 + random.nextInt(20_000));
                connection.writeInbound(frame.readBytes(bytes));
            }
            frame.release();

            AvroFrame decoded = connection.readInbound();
            assertThat(ByteBufUtil.getBytes(decoded.content())).isEqualTo(payload);
            assertThat(decoded.content().hasArray()).isTrue();
            decoded.release();
        }
        assertThat(budget.heldBytes()).isZero();
    }

    @Test
    void smallFrameBehindALargeOneDoesNotKeepTheLargeOnesRoom() {
        connection.writeInbound(frameOf(1, new byte[90_000]), frameOf(2, new byte[100]));

        connection.<AvroFrame>readInbound().release();
        AvroFrame small = connection.readInbound();
        assertThat(small.content().capacity()).isLessThan(1000);
        small.release();
    }

    @ParameterizedTest(name = "{0} buffers")
    @ValueSource(ints = {0, -1, Integer.MIN_VALUE})
    void refusesFramesWithoutBuffers(int buffers) {
        assertThatThrownBy(() -> connection.writeInbound(ints(1, buffers)))
                .isInstanceOf(MalformedException.class)
                .hasMessageContaining("buffers in a frame: " + buffers);
    }

    @ParameterizedTest(name = "{0} buffers")
    @ValueSource(ints = {17, Integer.MAX_VALUE})
    void refusesMoreBuffersThanTheLimit(int buffers) {
        assertLimit("maxFrameBuffers", ints(1, buffers));
    }

    @ParameterizedTest(name = "length {0}")
    @ValueSource(ints = {-1, Integer.MIN_VALUE})
    void refusesNegativeLengths(int length) {
        assertThatThrownBy(() -> connection.writeInbound(ints(1, 1, length)))
                .isInstanceOf(MalformedException.class)
                .hasMessageContaining("buffer length: " + length);
    }

    @ParameterizedTest(name = "length {0}")
    @ValueSource(ints = {100_001, Integer.MAX_VALUE})
    void refusesFramesOverTheLimitBeforeTheirBytesArrive(int length) {
        assertLimit("maxFrameBytes", ints(1, 1, length));
        assertThat(budget.heldBytes()).isZero();
    }

    @Test
    void sumOfAllBuffersCountsAgainstTheLimit() {
        connection.writeInbound(ints(1, 2, 60_000));
        connection.writeInbound(Unpooled.wrappedBuffer(new byte[60_000]));

        assertLimit("maxFrameBytes", ints(60_000));
        assertThat(budget.heldBytes()).isZero();
    }

    @Test
    void nothingIsReadBehindARefusedFrame() {
        assertLimit("maxFrameBytes", ints(1, 1, 100_001));

        connection.writeInbound(frameOf(2, new byte[3]));

        assertThat(connection.<Object>readInbound()).isNull();
    }

    @Test
    void announcedBytesHoldNoMemoryUntilTheyArrive() {
        connection.writeInbound(ints(1, 1, 100_000));
        assertThat(budget.heldBytes()).isZero();

        connection.writeInbound(Unpooled.wrappedBuffer(new byte[10]));
        assertThat(budget.heldBytes()).isEqualTo(10);
    }

    @Test
    void connectionThatWantsMoreThanTheSharedBudgetIsRefusedAndOthersGoOn() {
        EmbeddedChannel other = connection();
        connection.writeInbound(ints(1, 1, 100_000), Unpooled.wrappedBuffer(new byte[90_000]));
        other.writeInbound(ints(1, 1, 100_000));

        assertThatThrownBy(() -> other.writeInbound(Unpooled.wrappedBuffer(new byte[90_000])))
                .isInstanceOfSatisfying(
                        LimitExceededException.class, e -> assertThat(e.limit()).isEqualTo("maxReceiveBytes"));
        connection.writeInbound(Unpooled.wrappedBuffer(new byte[10_000]));

        AvroFrame frame = connection.readInbound();
        assertThat(frame.content().readableBytes()).isEqualTo(100_000);
        frame.release();
        assertThat(budget.heldBytes()).isZero();
    }

    @Test
    void smallFrameGetsItsMemoryFromTheLargestUnfinishedOne() {
        EmbeddedChannel large = connection();
        EmbeddedChannel larger = connection();
        large.writeInbound(ints(1, 1, 100_000), Unpooled.wrappedBuffer(new byte[70_000]));
        larger.writeInbound(ints(1, 1, 100_000), Unpooled.wrappedBuffer(new byte[75_000]));

        connection.writeInbound(frameOf(2, new byte[20_000]));

        connection.<AvroFrame>readInbound().release();
        assertThatThrownBy(() -> {
                    larger.runPendingTasks();
                    larger.checkException();
                })
                .isInstanceOfSatisfying(
                        LimitExceededException.class, e -> assertThat(e.limit()).isEqualTo("maxReceiveBytes"));
        large.writeInbound(Unpooled.wrappedBuffer(new byte[30_000]));
        large.<AvroFrame>readInbound().release();
        assertThat(budget.heldBytes()).isZero();
        larger.writeInbound(Unpooled.wrappedBuffer(new byte[25_000]));
        assertThat(larger.<Object>readInbound()).as("nothing more of it").isNull();
    }

    @Test
    void frameThatEndsBeforeItsEvictionIsKept() {
        EmbeddedChannel large = connection();
        large.writeInbound(frameOf(1, new byte[99_000])); // the next one starts with as much room
        large.<AvroFrame>readInbound().release();
        large.writeInbound(ints(2, 1, 99_000), Unpooled.wrappedBuffer(new byte[50_000]));
        EmbeddedChannel other = connection();
        other.writeInbound(ints(1, 1, 60_000), Unpooled.wrappedBuffer(new byte[49_000]));

        connection.writeInbound(frameOf(3, new byte[2_000]));
        large.writeInbound(Unpooled.wrappedBuffer(new byte[49_000]));

        connection.<AvroFrame>readInbound().release();
        large.<AvroFrame>readInbound().release();
        large.checkException();
        other.close();
        assertThat(budget.heldBytes()).isZero();
    }

    @Test
    void disconnectInTheMiddleOfAFrameGivesItsMemoryBack() {
        connection.writeInbound(ints(1, 2, 1000), Unpooled.wrappedBuffer(new byte[600]));
        assertThat(budget.heldBytes()).isPositive();

        connection.close();

        assertThat(budget.heldBytes()).isZero();
    }

    @Test
    void noFrameComesOutWhileReadingIsOffAndAllComeInOrderAfterwards() {
        connection.pipeline().addLast(new ChannelInboundHandlerAdapter() {
            @Override
            public void channelRead(ChannelHandlerContext ctx, Object frame) {
                connection.config().setAutoRead(false);
                ctx.fireChannelRead(frame);
            }
        });
        connection.writeInbound(frameOf(1, new byte[10]), frameOf(2, new byte[10]), Unpooled.wrappedBuffer(TWO_FRAMES));

        for (int serial : new int[] {1, 2, 7, -8}) {
            AvroFrame frame = connection.readInbound();
            assertThat(frame.serial()).isEqualTo(serial);
            assertThat(connection.<Object>readInbound()).isNull();
            frame.release();
            connection.config().setAutoRead(true);
        }
        connection.finish();
    }

    @Test
    void framesThatWaitAreGivenUpWithTheConnection() {
        ByteBuf bytes = Unpooled.copiedBuffer(TWO_FRAMES);
        connection.config().setAutoRead(false);
        connection.writeInbound(bytes);
        assertThat(bytes.refCnt()).isEqualTo(1);

        connection.close();

        assertThat(bytes.refCnt()).isZero();
    }

    @Test
    void handlerThatClosesTheConnectionAtAFrameGetsNoMore() {
        connection.pipeline().addLast(new ChannelInboundHandlerAdapter() {
            @Override
            public void channelRead(ChannelHandlerContext ctx, Object frame) {
                ctx.close();
                ctx.fireChannelRead(frame);
            }
        });
        ByteBuf bytes = Unpooled.copiedBuffer(TWO_FRAMES);
        connection.writeInbound(bytes);

        assertThat(bytes.refCnt()).isZero();
        connection.<AvroFrame>readInbound().release();
        assertThat(connection.<Object>readInbound()).isNull();
    }

    @Test
    void knowsWhetherAFrameIsUnderWay() {
        AvroFrameDecoder decoder = connection.pipeline().get(AvroFrameDecoder.class);
        assertThat(decoder.isMidFrame()).isFalse();

        connection.writeInbound(Unpooled.wrappedBuffer(new byte[1]));
        assertThat(decoder.isMidFrame()).isTrue();

        connection.writeInbound(Unpooled.wrappedBuffer(new byte[3]), ints(1, 0));
        assertNextFrameIs(0, "");
        assertThat(decoder.isMidFrame()).isFalse();
    }

    private EmbeddedChannel connection() {
        return new EmbeddedChannel(new AvroFrameDecoder(LIMITS, budget));
    }

    private void assertLimit(String limit, ByteBuf bytes) {
        assertThatThrownBy(() -> connection.writeInbound(bytes))
                .isInstanceOfSatisfying(
                        LimitExceededException.class, e -> assertThat(e.limit()).isEqualTo(limit));
    }

    private void assertNextFrameIs(int serial, String payload) {
        AvroFrame frame = connection.readInbound();
        assertThat(frame.serial()).isEqualTo(serial);
        assertThat(frame.content().toString(StandardCharsets.UTF_8)).isEqualTo(payload);
        frame.release();
    }

    private static ByteBuf twoFrames() {
        ByteBuf out = Unpooled.buffer();
        AvroFrameWriter.writeHeader(out, 7, 4);
        AvroFrameWriter.writeBuffer(out, "hello".getBytes(StandardCharsets.UTF_8));
        AvroFrameWriter.writeBuffer(out, new byte[0]);
        AvroFrameWriter.writeBuffer(out, Unpooled.copiedBuffer(" world", StandardCharsets.UTF_8));
        AvroFrameWriter.writeBuffer(out, new byte[0]);
        AvroFrameWriter.writeHeader(out, -8, 1);
        AvroFrameWriter.writeBuffer(out, new byte[] {'x'});
        return out;
    }

    private static ByteBuf frameOf(int serial, byte[] payload) {
        ByteBuf out = Unpooled.buffer();
        AvroFrameWriter.writeHeader(out, serial, 1);
        AvroFrameWriter.writeBuffer(out, payload);
        return out;
    }

    private static ByteBuf frameInPieces(int serial, byte[] payload, Random random) {
        int first = random.nextInt(payload.length + 1);
        ByteBuf out = Unpooled.buffer();
        AvroFrameWriter.writeHeader(out, serial, 2);
        AvroFrameWriter.writeBuffer(out, Unpooled.wrappedBuffer(payload, 0, first));
        AvroFrameWriter.writeBuffer(out, Unpooled.wrappedBuffer(payload, first, payload.length - first));
        return out;
    }

    private static ByteBuf ints(int... numbers) {
        ByteBuf out = Unpooled.buffer();
        for (int number : numbers) {
            out.writeInt(number);
        }
        return out;
    }
}
