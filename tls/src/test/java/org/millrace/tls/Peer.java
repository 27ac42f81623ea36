package org.millrace.tls;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.millrace.testkit.TestCertificates;

/** A client of the JDK's that believes everything. A read that gets nothing for long fails. */
final class Peer implements AutoCloseable {
    static final int PATIENCE_MILLIS = 60_000;

    private final SSLSocket socket;

    /** @param shown the store of its own certificate; null for none */
    Peer(int port, Path shown, String... protocols) throws Exception {
        KeyManager[] keys = null;
        if (shown != null) {
            KeyManagerFactory factory = KeyManagerFactory.getInstance("SunX509");
            char[] password = TestCertificates.PASSWORD.toCharArray();
            factory.init(KeyStore.getInstance(shown.toFile(), password), password);
            keys = factory.getKeyManagers();
        }
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys, Trust.inEverybody(), null);
        socket = (SSLSocket) context.getSocketFactory().createSocket();
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), PATIENCE_MILLIS);
        socket.setSoTimeout(PATIENCE_MILLIS);
        if (protocols.length > 0) {
            socket.setEnabledProtocols(protocols);
        }
    }

    Peer(int port) throws Exception {
        this(port, null);
    }

    /** True if it is said back. */
    boolean isEchoed(String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        socket.getOutputStream().write(bytes);
        socket.getOutputStream().flush();
        return new String(socket.getInputStream().readNBytes(bytes.length), StandardCharsets.UTF_8).equals(text);
    }

    /** True if the server does not let it in, at once or when it is spoken to. */
    boolean isTurnedAway() throws IOException {
        try {
            return !isEchoed("x");
        } catch (SSLException | SocketException e) {
            return true;
        }
    }

    /** The name in the server's certificate. */
    String server() throws IOException {
        return ((X509Certificate) socket.getSession().getPeerCertificates()[0])
                .getSubjectX500Principal()
                .getName();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    /** TLS over a connection that there is, so that something else can be said on it later. */
    static SSLSocket over(Socket plain) throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, Trust.inEverybody(), null);
        return (SSLSocket) context.getSocketFactory().createSocket(plain, "localhost", plain.getPort(), true);
    }

    /** A connection without TLS. */
    static Socket plain(int port) throws IOException {
        Socket plain = new Socket();
        plain.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), PATIENCE_MILLIS);
        plain.setSoTimeout(PATIENCE_MILLIS);
        return plain;
    }

    /** Reads until the server has closed, with or without a reset. */
    static boolean isClosed(Socket plain) throws IOException {
        try {
            InputStream in = plain.getInputStream();
            while (in.read() >= 0) {
                // such as an alert
            }
            return true;
        } catch (SocketException e) {
            return true;
        }
    }
}
