package org.millrace.testkit;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/**
 * An Avro source, played by the test's own thread: accepts, reads calls, and answers what the test says. Reading
 * gives up after ten seconds.
 */
public final class FakeRelay implements AutoCloseable {
    private static final int GIVE_UP_MILLIS = 60_000;
    private static final byte[] BOTH = {0, 0, 0, 0};
    private static final byte[] NO_HANDSHAKE = {};

    private final ServerSocket server;
    private Socket connection = new Socket();

    public FakeRelay() throws IOException {
        this(new ServerSocket(0, 50, InetAddress.getByAddress(new byte[] {127, 0, 0, 1})));
    }

    /** @param server bound to 127.0.0.1, such as one that speaks TLS; closed with this */
    public FakeRelay(ServerSocket server) throws IOException {
        this.server = server;
        server.setSoTimeout(GIVE_UP_MILLIS);
    }

    /** It listens on 127.0.0.1. */
    public int port() {
        return server.getLocalPort();
    }

    /** Takes the next connection; the one before stays as it is. */
    public FakeRelay accept() throws IOException {
        connection = server.accept();
        connection.setSoTimeout(GIVE_UP_MILLIS);
        return this;
    }

    /** Reads one whole frame. */
    public Request readRequest() throws IOException {
        DataInputStream in = new DataInputStream(connection.getInputStream());
        int serial = in.readInt();
        byte[][] buffers = new byte[in.readInt()][];
        for (int i = 0; i < buffers.length; i++) {
            buffers[i] = in.readNBytes(in.readInt());
        }
        return new Request(serial, buffers);
    }

    /** -1 at the end of the connection. */
    public int readByte() throws IOException {
        return connection.getInputStream().read();
    }

    public void answerFirstOk(int serial) throws IOException {
        answer(serial, BOTH, new byte[] {0}, new byte[] {0, 0});
    }

    public void answerOk(int serial) throws IOException {
        answer(serial, NO_HANDSHAKE, new byte[] {0}, new byte[] {0, 0});
    }

    public void answerFailed(int serial) throws IOException {
        answer(serial, NO_HANDSHAKE, new byte[] {0}, new byte[] {0, 2});
    }

    public void answerError(int serial, String text) throws IOException {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        ByteBuffer error = ByteBuffer.allocate(3 + utf8.length);
        error.put((byte) 1).put((byte) 0).put((byte) (utf8.length << 1)).put(utf8);
        answer(serial, NO_HANDSHAKE, new byte[] {0}, error.array());
    }

    public void answer(int serial, byte[]... buffers) throws IOException {
        int bytes = 8;
        for (byte[] buffer : buffers) {
            bytes += 4 + buffer.length;
        }
        ByteBuffer frame = ByteBuffer.allocate(bytes).putInt(serial).putInt(buffers.length);
        for (byte[] buffer : buffers) {
            frame.putInt(buffer.length).put(buffer);
        }
        write(frame.array());
    }

    public void write(byte[] bytes) throws IOException {
        OutputStream out = connection.getOutputStream();
        out.write(bytes);
        out.flush();
    }

    public void shutdownOutput() throws IOException {
        connection.shutdownOutput();
    }

    public void closeConnection() throws IOException {
        connection.close();
    }

    @Override
    public void close() throws IOException {
        connection.close();
        server.close();
    }

    /** One frame as it came. */
    public static final class Request {
        private final int serial;
        private final byte[][] buffers;

        Request(int serial, byte[][] buffers) {
            this.serial = serial;
            this.buffers = buffers;
        }

        public int serial() {
            return serial;
        }

        /** Handshake if there is one, metadata and name. */
        public String head() {
            return HexFormat.of().formatHex(buffers[0]);
        }

        /** The array of events. */
        public String parameters() {
            return HexFormat.of().formatHex(buffers[1]);
        }
    }
}
