package org.millrace.thrift;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.EOFException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.millrace.codec.MalformedException;
import org.millrace.thrift.kerberos.KerberosClient;
import org.millrace.tls.ClientTls;

/**
 * A connection over which one thread, the sink's, sends frames and waits for the answers. Every wait has a limit and ends with an
 * interrupt: that of the thread stays set. The name of the host is looked up for each connection anew.
 */
final class PeerConnection implements AutoCloseable {
    /** Answers have a few dozen bytes, or a message for people. */
    private static final int MAX_REPLY_BYTES = 1 << 20;

    private static final int READ_BYTES = 8 << 10;
    private static final String NO_ANSWER = "request-timeout: no answer";

    private final SocketChannel socket;
    private final Selector selector;
    private final SelectionKey key;
    private final long openedNanos = System.nanoTime();
    private Wire wire;
    private ByteBuffer received = ByteBuffer.allocate(READ_BYTES).flip();

    private PeerConnection(SocketChannel socket, Selector selector, SelectionKey key) {
        this.socket = socket;
        this.selector = selector;
        this.key = key;
        this.wire = new Wire.Plain(socket);
    }

    /**
     * Connects, and shakes hands: first TLS, then Kerberos.
     *
     * @param tls null for none
     * @param kerberos null for none
     * @param timeout of all of it
     */
    static PeerConnection open(
            String host, int port, @Nullable ClientTls tls, @Nullable KerberosClient kerberos, Duration timeout)
            throws IOException {
        InetSocketAddress address = new InetSocketAddress(host, port);
        if (address.isUnresolved()) {
            throw new UnknownHostException(host);
        }
        SocketChannel socket = SocketChannel.open();
        try {
            socket.configureBlocking(false);
            socket.setOption(StandardSocketOptions.TCP_NODELAY, true);
            socket.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
            Selector selector = Selector.open();
            PeerConnection connection = new PeerConnection(socket, selector, socket.register(selector, 0));
            boolean isOpen = false;
            try {
                long deadline = System.nanoTime() + timeout.toNanos();
                connection.connect(address, deadline, timeout);
                if (tls != null) {
                    connection.shakeHands(new TlsWire(socket, tls.newEngine(host, port)), deadline, timeout);
                }
                if (kerberos != null) {
                    kerberos.authenticate(connection.authenticating(deadline, timeout), deadline, timeout);
                }
                isOpen = true;
                return connection;
            } finally {
                if (!isOpen) {
                    selector.close();
                }
            }
        } catch (IOException | RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    private void connect(InetSocketAddress address, long deadline, Duration timeout) throws IOException {
        boolean done = socket.connect(address);
        while (!done) {
            await(SelectionKey.OP_CONNECT, deadline, timeout, "connect-timeout: no connection");
            done = socket.finishConnect();
        }
    }

    private void shakeHands(TlsWire tls, long deadline, Duration timeout) throws IOException {
        wire = tls;
        try {
            for (int operation = tls.shakeHands(); operation != 0; operation = tls.shakeHands()) {
                await(operation, deadline, timeout, "connect-timeout: no TLS handshake");
            }
        } catch (SSLException e) {
            endQuietly(); // which tells the peer
            throw e;
        }
    }

    /** The connection for a handshake of Kerberos, which has the rest of the time. */
    private KerberosClient.Peer authenticating(long deadline, Duration timeout) {
        return new KerberosClient.Peer() {
            private static final String TOO_LATE = "connect-timeout: no Kerberos handshake";

            @Override
            public void send(ByteBuf bytes) throws IOException {
                write(bytes, deadline, timeout, TOO_LATE);
            }

            @Override
            public ByteBuf receive(int bytes) throws IOException {
                try {
                    fill(bytes, deadline, timeout, TOO_LATE);
                } catch (EOFException e) {
                    throw new EOFException("the peer hung up during the handshake of Kerberos, which it may not speak");
                }
                return take(bytes);
            }
        };
    }

    /** How long it has been open. */
    Duration age() {
        return Duration.ofNanos(System.nanoTime() - openedNanos);
    }

    /**
     * Sends all of the frames.
     *
     * @param frames lent
     * @param timeout of the whole
     */
    void send(ByteBuf frames, Duration timeout) throws IOException {
        long deadline = System.nanoTime() + timeout.toNanos();
        write(frames, deadline, timeout, "request-timeout: the peer reads nothing");
    }

    private void write(ByteBuf all, long deadline, Duration timeout, String tooLate) throws IOException {
        ByteBuffer bytes = all.nioBuffer();
        while (bytes.hasRemaining() || !wire.flush()) {
            if (wire.write(bytes) == 0) {
                await(SelectionKey.OP_WRITE, deadline, timeout, tooLate);
            }
        }
    }

    /**
     * Waits for the next frame.
     *
     * @return its bytes, not to be released
     * @throws MalformedException if what comes is no frame, or too long for an answer
     */
    ByteBuf receive(Duration timeout) throws IOException {
        long deadline = System.nanoTime() + timeout.toNanos();
        fill(Integer.BYTES, deadline, timeout, NO_ANSWER);
        int length = received.getInt();
        if (length < 1 || length > MAX_REPLY_BYTES) {
            throw new MalformedException("an answer of " + length + " bytes (expected: 1 to " + MAX_REPLY_BYTES + ")");
        }
        fill(length, deadline, timeout, NO_ANSWER);
        return take(length);
    }

    /** Of what is here. */
    private ByteBuf take(int bytes) {
        byte[] taken = new byte[bytes];
        received.get(taken);
        return Unpooled.wrappedBuffer(taken);
    }

    /** Reads until so many bytes are here. */
    private void fill(int bytes, long deadline, Duration timeout, String tooLate) throws IOException {
        while (received.remaining() < bytes) {
            makeRoom();
            int read = wire.read(received);
            received.flip();
            if (read < 0) {
                throw new EOFException("the peer closed the connection");
            }
            if (read == 0) {
                await(SelectionKey.OP_READ, deadline, timeout, tooLate);
            }
        }
    }

    /** To be filled behind what is there; grows with what has come, whatever the length says. */
    private void makeRoom() {
        if (received.remaining() > received.capacity() / 2) {
            received = ByteBuffer.allocate(2 * received.capacity()).put(received);
        } else {
            received.compact();
        }
    }

    private void await(int operation, long deadline, Duration timeout, String what) throws IOException {
        key.interestOps(operation);
        long millis = (deadline - System.nanoTime()) / 1_000_000;
        if (millis <= 0) {
            throw new SocketTimeoutException(what + " within " + timeout.toMillis() + " ms");
        }
        selector.select(millis);
        selector.selectedKeys().clear();
        if (Thread.currentThread().isInterrupted()) {
            throw new InterruptedIOException("interrupted");
        }
    }

    /** Whoever closes a connection that is broken cannot say so to the peer. */
    private void endQuietly() {
        try {
            wire.end();
        } catch (IOException e) {
            return;
        }
    }

    @Override
    public void close() throws IOException {
        endQuietly();
        selector.close();
        socket.close();
    }
}
