package org.millrace.testkit.process;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.DecoderFactory;
import org.jspecify.annotations.Nullable;

/**
 * An Avro source written with Apache Avro's decoder and blocking sockets, so that it shares no line and no mistake with ours. Answers
 * OK once it has handed over all events of a call. A thread for each connection.
 */
public final class EventServer implements AutoCloseable {
    private static final byte[] HANDSHAKE_BOTH = {0, 0, 0, 0};
    private static final byte[] NO_METADATA = {0};
    private static final byte[] OK = {0, 0};
    private static final int BACKLOG = 50;

    private final Taker taker;
    private final ServerSocket listener;
    private final Set<Socket> connections = ConcurrentHashMap.newKeySet();
    private final Thread acceptor;

    /** What is done with the events. Called by the threads of the connections. */
    public interface Taker {
        /** Takes an event. What it throws goes to {@link #fault}, and the connection is closed without an answer. */
        void take(Map<String, String> headers, byte[] body);

        /** Something came over a connection that is not as it should be. */
        void fault(Exception why);

        /** A connection broke, or ended within a call, of which nothing was taken. A fault, unless peers are meant to be killed. */
        default void broken(IOException why) {
            fault(why);
        }
    }

    /** @param port on loopback; 0 for a free one */
    public EventServer(int port, Taker taker) throws IOException {
        this.taker = taker;
        this.listener = new ServerSocket(port, BACKLOG, InetAddress.getLoopbackAddress());
        this.acceptor = startThread("recorder", this::accept);
    }

    public int port() {
        return listener.getLocalPort();
    }

    /** Afterwards nothing listens there. */
    @Override
    public void close() throws IOException {
        listener.close();
        try {
            acceptor.join(); // until it is awake, the system still accepts connections, and it would serve one of them
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        for (Socket connection : connections) {
            connection.close();
        }
    }

    private static Thread startThread(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket connection = listener.accept();
                connections.add(connection);
                startThread("recorder-" + connection.getPort(), () -> serve(connection));
            } catch (IOException e) {
                return; // closed
            }
        }
    }

    private void serve(Socket connection) {
        try (connection) {
            DataInputStream in = new DataInputStream(new BufferedInputStream(connection.getInputStream(), 1 << 16));
            DataOutputStream out = new DataOutputStream(new BufferedOutputStream(connection.getOutputStream()));
            boolean first = true;
            for (Frame frame = Frame.read(in); frame != null; frame = Frame.read(in)) {
                take(frame.payload, first);
                answer(frame.serial, first, out);
                first = false;
            }
        } catch (IOException e) {
            if (!listener.isClosed()) {
                taker.broken(e);
            }
        } catch (RuntimeException e) {
            taker.fault(e);
        } finally {
            connections.remove(connection);
        }
    }

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Frame(int serial, byte[] payload) {
        /**
         * The next one, whole; null if the peer is done.
         *
         * @throws EOFException if it ends within a frame
         */
        static @Nullable Frame read(DataInputStream in) throws IOException {
            in.mark(1);
            if (in.read() < 0) {
                return null;
            }
            in.reset();
            int serial = in.readInt();
            int buffers = in.readInt();
            ByteArrayOutputStream payload = new ByteArrayOutputStream();
            for (int i = 0; i < buffers; i++) {
                int length = in.readInt();
                byte[] buffer = in.readNBytes(length);
                if (buffer.length < length) {
                    throw new EOFException(
                            "the peer has ended after " + buffer.length + " bytes of a buffer of " + length);
                }
                payload.write(buffer);
            }
            return new Frame(serial, payload.toByteArray());
        }
    }

    private void take(byte[] request, boolean first) {
        BinaryDecoder decoder = DecoderFactory.get().binaryDecoder(request, null);
        try {
            if (first) {
                readHandshake(decoder);
            }
            readMetadata(decoder);
            String message = decoder.readString();
            if (message.equals("append")) {
                readEvent(decoder);
            } else if (message.equals("appendBatch")) {
                for (long n = decoder.readArrayStart(); n > 0; n = decoder.arrayNext()) {
                    for (long i = 0; i < n; i++) {
                        readEvent(decoder);
                    }
                }
            } else {
                throw new IllegalArgumentException("message: " + message);
            }
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "a call of " + request.length + " bytes that cannot be decoded: " + e, e);
        }
    }

    private static void answer(int serial, boolean first, DataOutputStream out) throws IOException {
        out.writeInt(serial);
        out.writeInt(3);
        writeBuffer(out, first ? HANDSHAKE_BOTH : new byte[0]);
        writeBuffer(out, NO_METADATA);
        writeBuffer(out, OK);
        out.flush();
    }

    private static void writeBuffer(DataOutputStream out, byte[] buffer) throws IOException {
        out.writeInt(buffer.length);
        out.write(buffer);
    }

    private static void readHandshake(BinaryDecoder decoder) throws IOException {
        byte[] hash = new byte[16];
        decoder.readFixed(hash);
        if (decoder.readIndex() == 1) {
            decoder.skipString();
        }
        decoder.readFixed(hash);
        if (decoder.readIndex() == 1) {
            readMetadata(decoder);
        }
    }

    private static void readMetadata(BinaryDecoder decoder) throws IOException {
        for (long n = decoder.readMapStart(); n > 0; n = decoder.mapNext()) {
            for (long i = 0; i < n; i++) {
                decoder.skipString();
                decoder.skipBytes();
            }
        }
    }

    private void readEvent(BinaryDecoder decoder) throws IOException {
        Map<String, String> headers = new HashMap<>();
        for (long n = decoder.readMapStart(); n > 0; n = decoder.mapNext()) {
            for (long i = 0; i < n; i++) {
                headers.put(decoder.readString(), decoder.readString());
            }
        }
        ByteBuffer body = decoder.readBytes(null);
        byte[] bytes = new byte[body.remaining()];
        body.get(bytes);
        taker.take(headers, bytes);
    }
}
