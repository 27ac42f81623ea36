package org.millrace.codec.rpc;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.millrace.codec.CodecLimits;
import org.millrace.codec.frame.AvroFrame;
import org.millrace.codec.frame.AvroFrameDecoder;
import org.millrace.codec.frame.ReceiveBudget;

/** What Flume's peers said to each other: whole connections, recorded byte by byte. */
public final class Captures {
    private Captures() {}

    public static byte[] fromClient(String name) {
        return read(name + ".c2s.bin");
    }

    public static byte[] fromServer(String name) {
        return read(name + ".s2c.bin");
    }

    /** What a recorded zlib stream holds, by the JDK. The stream may have no end, as a recorded connection's has none. */
    public static byte[] inflated(byte[] stream) {
        Inflater inflater = new Inflater();
        try {
            inflater.setInput(stream);
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            byte[] piece = new byte[8192];
            for (int bytes = inflater.inflate(piece); bytes > 0; bytes = inflater.inflate(piece)) {
                out.write(piece, 0, bytes);
            }
            return out.toByteArray();
        } catch (DataFormatException e) {
            throw new IllegalArgumentException("not a zlib stream", e);
        } finally {
            inflater.end();
        }
    }

    /** The frames in a piece of a connection, which the caller owns. */
    static List<AvroFrame> frames(byte[] bytes) {
        EmbeddedChannel connection =
                new EmbeddedChannel(new AvroFrameDecoder(CodecLimits.DEFAULT, new ReceiveBudget(1 << 20)));
        connection.writeInbound(Unpooled.wrappedBuffer(bytes));
        List<AvroFrame> frames = new ArrayList<>();
        for (AvroFrame frame = connection.readInbound(); frame != null; frame = connection.readInbound()) {
            frames.add(frame);
        }
        connection.finish();
        return frames;
    }

    /** The lengths of a frame's buffers, which the decoder forgets. */
    static List<List<Integer>> bufferLengths(byte[] bytes) {
        ByteBuf in = Unpooled.wrappedBuffer(bytes);
        List<List<Integer>> frames = new ArrayList<>();
        while (in.isReadable()) {
            in.skipBytes(Integer.BYTES);
            List<Integer> lengths = new ArrayList<>();
            for (int buffers = in.readInt(); buffers > 0; buffers--) {
                int length = in.readInt();
                lengths.add(length);
                in.skipBytes(length);
            }
            frames.add(lengths);
        }
        return frames;
    }

    private static byte[] read(String file) {
        try (InputStream in = Captures.class.getResourceAsStream("/captures/" + file)) {
            return Objects.requireNonNull(in, file).readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
