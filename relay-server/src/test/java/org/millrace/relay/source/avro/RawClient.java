package org.millrace.relay.source.avro;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.InflaterInputStream;

/** A peer that sends bytes as they are. A read that gets nothing for long fails. */
final class RawClient implements AutoCloseable {
    private static final Path CAPTURES = Path.of("..", "codec", "src", "test", "resources", "captures");
    private static final int PATIENCE_MILLIS = 60_000;

    private final Socket socket = new Socket();

    RawClient(InetSocketAddress server) throws IOException {
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(PATIENCE_MILLIS);
        socket.connect(server, PATIENCE_MILLIS);
    }

    static byte[] capture(String name) throws IOException {
        return Files.readAllBytes(CAPTURES.resolve(name + ".bin"));
    }

    void send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
    }

    byte[] receive(int bytes) throws IOException {
        byte[] received = new byte[bytes];
        new DataInputStream(socket.getInputStream()).readFully(received);
        return received;
    }

    /** The first bytes of the zlib stream that the server sends, inflated. Nothing else is received after it. */
    byte[] receiveInflated(int bytes) throws IOException {
        byte[] received = new byte[bytes];
        new DataInputStream(new InflaterInputStream(socket.getInputStream())).readFully(received);
        return received;
    }

    /** What still comes until the other side closes. */
    byte[] receiveAll() throws IOException {
        return socket.getInputStream().readAllBytes();
    }

    /** One answer frame: its serial, and its last byte, which is the status. */
    Answer receiveAnswer() throws IOException {
        DataInputStream in = new DataInputStream(socket.getInputStream());
        int serial = in.readInt();
        byte[] last = {};
        for (int buffers = in.readInt(); buffers > 0; buffers--) {
            last = new byte[in.readInt()];
            in.readFully(last);
        }
        return new Answer(serial, last.length > 0 && last[0] == 1, last.length == 0 ? 0 : last[last.length - 1]);
    }

    /** True once the other side has closed, with or without a reset. */
    boolean isClosedByServer() throws IOException {
        try {
            return socket.getInputStream().read() < 0;
        } catch (SocketException e) {
            return true;
        }
    }

    InetSocketAddress localAddress() {
        return (InetSocketAddress) socket.getLocalSocketAddress();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    /** @param status 0 OK, 2 FAILED */
    record Answer(int serial, boolean isError, int status) {
        static final int OK = 0;
        static final int FAILED = 2;
    }
}
