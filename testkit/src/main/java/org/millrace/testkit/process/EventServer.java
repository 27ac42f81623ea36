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

        /** A connection broke, or something came over it that is not as it should be. */
        void fault(Exception why);
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
            while (true) {
                int serial = in.readInt();
                answer(serial, readFrame(in), first, out);
                first = false;
            }
        } catch (EOFException e) {
            return; // the peer is done
        } catch (IOException e) {
            if (!listener.isClosed()) {
                taker.fault(e);
            }
        } catch (RuntimeException e) {
            taker.fault(e);
        } finally {
            connections.remove(connection);
        }
    }

    private static byte[] readFrame(DataInputStream in) throws IOException {
        int buffers = in.readInt();
        ByteArrayOutputStream payload = new ByteArrayOutputStream();
        for (int i = 0; i < buffers; i++) {
            payload.write(in.readNBytes(in.readInt()));
        }
        return payload.toByteArray();
    }

    private void answer(int serial, byte[] request, boolean first, DataOutputStream out) throws IOException {
        BinaryDecoder decoder = DecoderFactory.get().binaryDecoder(request, null);
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
