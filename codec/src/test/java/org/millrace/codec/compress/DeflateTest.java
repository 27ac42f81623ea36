package org.millrace.codec.compress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.ByteArrayOutputStream;
import java.util.Random;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.millrace.codec.CodecLimits;
import org.millrace.codec.LimitExceededException;
import org.millrace.codec.MalformedException;
import org.millrace.codec.rpc.Captures;

class DeflateTest {
    private static final CodecLimits LIMITS = CodecLimits.DEFAULT;

    private final EmbeddedChannel inflating = new EmbeddedChannel(new InflateHandler(LIMITS));

    @AfterEach
    void everythingIsGivenBack() {
        inflating.finishAndReleaseAll();
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"10-deflate", "11-deflate-level-9", "v19-deflate"})
    void recordedStreamsInflateAsTheJdkInflatesThem(String capture) {
        inflating.writeInbound(Unpooled.wrappedBuffer(Captures.fromClient(capture)));

        ByteBuf plain = received();
        assertThat(ByteBufUtil.getBytes(plain)).isEqualTo(Captures.inflated(Captures.fromClient(capture)));
        plain.release();
    }

    @Test
    void recordedStreamInflatesTheSameWhenItArrivesByteByByte() {
        byte[] stream = Captures.fromClient("10-deflate");
        EmbeddedChannel atOnce = new EmbeddedChannel(new InflateHandler(LIMITS));
        atOnce.writeInbound(Unpooled.wrappedBuffer(stream));
        for (byte b : stream) {
            inflating.writeInbound(Unpooled.wrappedBuffer(new byte[] {b}));
        }

        assertThat(ByteBufUtil.getBytes(received())).isEqualTo(ByteBufUtil.getBytes(receivedBy(atOnce)));
    }

    @ParameterizedTest(name = "level {0}")
    @ValueSource(ints = {0, 1, 6, 9})
    void whatIsDeflatedInflatesToTheSameAfterEachFlush(int level) {
        EmbeddedChannel deflating = new EmbeddedChannel(new DeflateHandler(level));
        Random random = new Random(7);
        for (int round = 0; round < 50; round++) {
            byte[] part = new byte[random.nextInt(100_000)];
            if (round % 2 == 0) {
                random.nextBytes(part);
            }
            deflating.writeOneOutbound(Unpooled.wrappedBuffer(part));
            deflating.writeOutbound(Unpooled.directBuffer().writeBytes(part));
            for (ByteBuf out = deflating.readOutbound(); out != null; out = deflating.readOutbound()) {
                inflating.writeInbound(out);
            }

            byte[] expected = new byte[2 * part.length];
            System.arraycopy(part, 0, expected, 0, part.length);
            System.arraycopy(part, 0, expected, part.length, part.length);
            assertThat(ByteBufUtil.getBytes(received())).isEqualTo(expected);
        }
    }

    @Test
    void flushedBytesEndAsFlumesDo() {
        EmbeddedChannel deflating = new EmbeddedChannel(new DeflateHandler(DeflateHandler.DEFAULT_LEVEL));
        deflating.writeOutbound(Unpooled.wrappedBuffer(new byte[100]));

        ByteBuf all = allOf(deflating);
        assertThat(ByteBufUtil.hexDump(all)).startsWith("789c").endsWith("0000ffff");
    }

    @Test
    void bombIsRefusedSoonAfterItsFirstMegabyte() throws Exception {
        byte[] bomb = deflated(new byte[200 << 20]);

        assertThatThrownBy(() -> inflating.writeInbound(Unpooled.wrappedBuffer(bomb)))
                .isInstanceOfSatisfying(
                        LimitExceededException.class, e -> assertThat(e.limit()).isEqualTo("maxInflateRatio"));
        ByteBuf out = received();
        assertThat(out.readableBytes()).isLessThan(2 << 20);
        out.release();
    }

    @Test
    void smallStreamMayHaveAnyRatio() throws Exception {
        inflating.writeInbound(Unpooled.wrappedBuffer(deflated(new byte[900_000])));

        assertThat(received().readableBytes()).isEqualTo(900_000);
    }

    @Test
    void nothingComesOutWhileReadingIsOffAndAllOfItAfterwards() throws Exception {
        inflating.pipeline().addLast(new ChannelInboundHandlerAdapter() {
            @Override
            public void channelRead(ChannelHandlerContext ctx, Object piece) {
                inflating.config().setAutoRead(false);
                ctx.fireChannelRead(piece);
            }
        });
        inflating.writeInbound(Unpooled.wrappedBuffer(deflated(new byte[300_000])));

        int bytes = 0;
        for (ByteBuf piece = inflating.readInbound(); piece != null; piece = inflating.readInbound()) {
            assertThat(inflating.<Object>readInbound()).isNull();
            bytes += piece.readableBytes();
            piece.release();
            inflating.config().setAutoRead(true);
        }
        assertThat(bytes).isEqualTo(300_000);
    }

    @Test
    void plainClientIsRefused() {
        byte[] plain = Captures.fromClient("15-plain-client-to-deflate");

        assertThatThrownBy(() -> inflating.writeInbound(Unpooled.wrappedBuffer(plain)))
                .isInstanceOf(MalformedException.class)
                .hasMessageContaining("compression-type");
        assertThat(inflating.<Object>readInbound()).isNull();
    }

    @Test
    void bytesBehindTheEndOfTheStreamAreRefused() throws Exception {
        byte[] stream = deflated(new byte[] {1, 2, 3});
        inflating.writeInbound(Unpooled.wrappedBuffer(stream));

        assertThatThrownBy(() -> inflating.writeInbound(Unpooled.wrappedBuffer(new byte[] {1})))
                .isInstanceOf(MalformedException.class)
                .hasMessageContaining("behind the stream's end");
    }

    private ByteBuf received() {
        return receivedBy(inflating);
    }

    private static ByteBuf receivedBy(EmbeddedChannel connection) {
        ByteBuf all = Unpooled.buffer();
        for (ByteBuf piece = connection.readInbound(); piece != null; piece = connection.readInbound()) {
            all.writeBytes(piece);
            piece.release();
        }
        return all;
    }

    private static ByteBuf allOf(EmbeddedChannel connection) {
        ByteBuf all = Unpooled.buffer();
        for (ByteBuf piece = connection.readOutbound(); piece != null; piece = connection.readOutbound()) {
            all.writeBytes(piece);
            piece.release();
        }
        return all;
    }

    private static byte[] deflated(byte[] bytes) throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (DeflaterOutputStream deflating = new DeflaterOutputStream(out, new Deflater(9))) {
            deflating.write(bytes);
        }
        return out.toByteArray();
    }
}
