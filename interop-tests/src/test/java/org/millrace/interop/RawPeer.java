package org.millrace.interop;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.zip.DeflaterOutputStream;

/** A peer that says whatever a test wants it to: bytes on a connection. */
final class RawPeer implements AutoCloseable {
    private static final byte[] FLUME_HASH = HexFormat.of().parseHex("86aadae2c45474c0fe93ffd0f2350a65");
    private static final int CONNECT_MILLIS = 10_000;

    private final Socket socket = new Socket();
    private boolean isCut;

    RawPeer(int port) throws IOException {
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), CONNECT_MILLIS);
    }

    /** Sends; that the server may have hung up meanwhile is no mistake of ours. */
    RawPeer send(byte[] bytes) {
        try {
            OutputStream out = socket.getOutputStream();
            out.write(bytes);
            out.flush();
        } catch (IOException hungUp) {
            isCut = true;
        }
        return this;
    }

    /** Waits for the first byte of an answer, or for the server to hang up. */
    boolean hasAnswerOrEndWithin(int millis) throws IOException {
        socket.setSoTimeout(millis);
        try {
            socket.getInputStream().read();
            return true;
        } catch (SocketTimeoutException silence) {
            return false;
        } catch (IOException reset) {
            return true;
        }
    }

    /** Waits for the server to hang up; false if it still listens when the time is over. */
    boolean isHungUpWithin(int millis) throws IOException {
        if (isCut) {
            return true;
        }
        socket.setSoTimeout(millis);
        try {
            socket.getInputStream().transferTo(OutputStream.nullOutputStream()); // an answer may come before the end
            return true;
        } catch (SocketTimeoutException stillOpen) {
            return false;
        } catch (IOException reset) {
            return true;
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    /** A whole first request: {@code appendBatch} of what is given as the encoded array. */
    static byte[] request(int serial, byte[] array) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        head.write(FLUME_HASH);
        head.write(0);
        head.write(FLUME_HASH);
        head.write(new byte[] {2, 0, 0, 22});
        head.write("appendBatch".getBytes(StandardCharsets.US_ASCII));
        ByteArrayOutputStream frame = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(frame);
        out.writeInt(serial);
        out.writeInt(2);
        out.writeInt(head.size());
        head.writeTo(out);
        out.writeInt(array.length);
        out.write(array);
        return frame.toByteArray();
    }

    /** Frame header of a single buffer that claims this length, with some bytes of it behind. */
    static byte[] frameOf(int buffers, int claimedLength, int bytes) throws IOException {
        ByteArrayOutputStream frame = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(frame);
        out.writeInt(1);
        out.writeInt(buffers);
        out.writeInt(claimedLength);
        out.write(new byte[bytes]);
        return frame.toByteArray();
    }

    /** What becomes a frame of so many zero bytes once it is inflated. */
    static byte[] bomb(int frameBytes) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(new DeflaterOutputStream(packed))) {
            out.writeInt(1);
            out.writeInt(1);
            out.writeInt(frameBytes);
            byte[] zeros = new byte[1 << 16];
            for (int written = 0; written < frameBytes; written += zeros.length) {
                out.write(zeros);
            }
        }
        return packed.toByteArray();
    }
}
