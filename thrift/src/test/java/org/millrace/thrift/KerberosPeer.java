package org.millrace.thrift;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import org.millrace.testkit.PatientAwaits;

/** A peer in the handshake of Kerberos that says what a test wants. */
final class KerberosPeer implements AutoCloseable {
    static final int START = 1;
    static final int OK = 2;
    static final int BAD = 3;
    static final int ERROR = 4;
    static final int COMPLETE = 5;

    static final byte[] GREETING = message(START, "GSSAPI".getBytes(UTF_8));

    final DataOutputStream out;
    byte[] payload = new byte[0];
    private final Socket socket;
    private final DataInputStream in;

    KerberosPeer(int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setTcpNoDelay(true);
        socket.setSoTimeout((int) PatientAwaits.LIMIT.toMillis());
        out = new DataOutputStream(socket.getOutputStream());
        in = new DataInputStream(socket.getInputStream());
    }

    /** Begins the handshake. */
    void greet() throws IOException {
        out.write(GREETING);
    }

    void say(int status, byte[] payload) throws IOException {
        out.write(message(status, payload));
    }

    void dribble(byte[] bytes) throws IOException {
        for (byte one : bytes) {
            out.write(one);
            out.flush();
        }
    }

    /** Writes until the other end hangs up. */
    void flood() {
        try {
            while (true) {
                out.write(new byte[8192]);
            }
        } catch (IOException e) {
            return;
        }
    }

    /** The status of the next message, whose payload is in the field. */
    int hear() throws IOException {
        int status = in.readByte();
        payload = in.readNBytes(in.readInt());
        return status;
    }

    String words() {
        return new String(payload, UTF_8);
    }

    boolean isHungUp() {
        try {
            return in.read() < 0;
        } catch (IOException reset) {
            return true;
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    static byte[] message(int status, byte[] payload) {
        return ByteBuffer.allocate(1 + Integer.BYTES + payload.length)
                .put((byte) status)
                .putInt(payload.length)
                .put(payload)
                .array();
    }
}
