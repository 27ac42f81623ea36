package org.millrace.thrift;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;

/** What goes over the wire is encrypted. Signatures are computed where it is used. The sink's thread only. */
final class TlsWire implements Wire {
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final SocketChannel socket;
    private final SSLEngine engine;

    /** All three are to be read from: records of the peer, what the last of them said, and a record for the peer. */
    private ByteBuffer received;

    private ByteBuffer opened;
    private ByteBuffer sealed;

    private enum Opening {
        OPENED,
        /** The rest of a record has not come. */
        WAITS,
        ENDED
    }

    /** @param engine of a client */
    TlsWire(SocketChannel socket, SSLEngine engine) throws IOException {
        this.socket = socket;
        this.engine = engine;
        this.received =
                ByteBuffer.allocate(engine.getSession().getPacketBufferSize()).flip();
        this.opened = ByteBuffer.allocate(engine.getSession().getApplicationBufferSize())
                .flip();
        this.sealed =
                ByteBuffer.allocate(engine.getSession().getPacketBufferSize()).flip();
        engine.beginHandshake();
    }

    /** Goes on with the handshake. What the socket has to be ready for before it is called again; 0 once it is through. */
    int shakeHands() throws IOException {
        while (true) {
            if (!flush()) {
                return SelectionKey.OP_WRITE;
            }
            HandshakeStatus status = engine.getHandshakeStatus();
            if (status == HandshakeStatus.NOT_HANDSHAKING || status == HandshakeStatus.FINISHED) {
                return 0;
            } else if (status == HandshakeStatus.NEED_TASK) {
                runTasks();
            } else if (status == HandshakeStatus.NEED_WRAP) {
                seal(NOTHING);
            } else {
                Opening opening = open();
                if (opening == Opening.WAITS) {
                    return SelectionKey.OP_READ;
                } else if (opening == Opening.ENDED) {
                    throw new SSLException("the peer hung up during the handshake");
                }
            }
        }
    }

    @Override
    public int write(ByteBuffer bytes) throws IOException {
        if (!flush() || !bytes.hasRemaining()) {
            return 0;
        }
        int taken = seal(bytes).bytesConsumed();
        if (taken == 0 && engine.getHandshakeStatus() == HandshakeStatus.NEED_UNWRAP) {
            throw new SSLException("the peer wants to shake hands again");
        }
        flush();
        return taken;
    }

    @Override
    public boolean flush() throws IOException {
        if (sealed.hasRemaining()) {
            socket.write(sealed);
        }
        return !sealed.hasRemaining();
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
        while (!opened.hasRemaining()) {
            HandshakeStatus status = engine.getHandshakeStatus();
            if (status == HandshakeStatus.NEED_TASK) {
                runTasks();
            } else if (status == HandshakeStatus.NEED_WRAP) { // it answers to a change of keys
                if (!flush()) {
                    return 0;
                }
                seal(NOTHING);
                flush();
            } else {
                Opening opening = open();
                if (opening != Opening.OPENED) {
                    return opening == Opening.ENDED ? -1 : 0;
                }
            }
        }
        int bytes = Math.min(into.remaining(), opened.remaining());
        into.put(into.position(), opened, opened.position(), bytes).position(into.position() + bytes);
        opened.position(opened.position() + bytes);
        return bytes;
    }

    @Override
    public void end() throws IOException {
        engine.closeOutbound();
        if (flush()) {
            seal(NOTHING);
            flush();
        }
    }

    /** Only to be called when nothing sealed is left. */
    private SSLEngineResult seal(ByteBuffer bytes) throws IOException {
        sealed.clear();
        SSLEngineResult result;
        try {
            result = engine.wrap(bytes, sealed);
            if (result.getStatus() == SSLEngineResult.Status.BUFFER_OVERFLOW) {
                sealed = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
                result = engine.wrap(bytes, sealed);
            }
        } finally {
            sealed.flip();
        }
        if (result.getStatus() == SSLEngineResult.Status.CLOSED && bytes.hasRemaining()) {
            throw new SSLException("the peer has ended the connection");
        }
        return result;
    }

    /** Only to be called when nothing opened is left. */
    private Opening open() throws IOException {
        while (true) {
            opened.clear();
            SSLEngineResult.Status status;
            try {
                status = engine.unwrap(received, opened).getStatus();
            } finally {
                opened.flip();
            }
            switch (status) {
                case OK -> {
                    return Opening.OPENED;
                }
                case CLOSED -> {
                    return Opening.ENDED;
                }
                case BUFFER_OVERFLOW ->
                    opened = larger(opened, engine.getSession().getApplicationBufferSize());
                case BUFFER_UNDERFLOW -> {
                    int bytes = receive();
                    if (bytes <= 0) {
                        return bytes < 0 ? Opening.ENDED : Opening.WAITS;
                    }
                }
            }
        }
    }

    private int receive() throws IOException {
        if (received.remaining() == received.capacity()) {
            received = larger(received, engine.getSession().getPacketBufferSize());
        }
        received.compact();
        try {
            return socket.read(received);
        } finally {
            received.flip();
        }
    }

    /** With the same bytes to be read. */
    private static ByteBuffer larger(ByteBuffer full, int bytes) throws SSLException {
        if (bytes <= full.capacity()) {
            throw new SSLException("a record of more than " + full.capacity() + " bytes");
        }
        return ByteBuffer.allocate(bytes).put(full).flip();
    }

    private void runTasks() {
        for (Runnable task = engine.getDelegatedTask(); task != null; task = engine.getDelegatedTask()) {
            task.run();
        }
    }
}
