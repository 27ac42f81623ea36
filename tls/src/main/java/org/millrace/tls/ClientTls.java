package org.millrace.tls;

import io.netty.handler.ssl.SslHandler;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/**
 * TLS of who connects. Its files were read when it was made, and are read again once they change; nothing is to be closed. Thread-safe.
 */
public final class ClientTls {
    private final ContextFiles files;
    private final Offer offer;
    private final boolean verifiesHost;

    ClientTls(ContextFiles files, Offer offer, boolean verifiesHost) {
        this.files = files;
        this.offer = offer;
        this.verifiesHost = verifiesHost;
    }

    /**
     * Reads Flume's keys, and ours, without {@code ssl}: {@code truststore}, {@code truststore-password}, {@code truststore-type}, {@code
     * trust-all-certs}, {@code verify-hostname}, {@code keystore} and those like it, and the lists of protocols and cipher suites. Where one is
     * left out, Flume's system properties and variables of the environment count.
     *
     * @throws IllegalArgumentException with all mistakes, one line each; no password is in them
     */
    public static ClientTls of(Map<String, String> keys) {
        OfMap in = new OfMap(new TreeMap<>(keys), new ArrayList<>());
        ClientTls tls = TlsKeys.readClientKeys(in, Globals.ofProcess());
        in.unread().keySet().forEach(key -> in.problem(key, "no key of TLS"));
        if (tls == null || !in.problems().isEmpty()) {
            throw new IllegalArgumentException(String.join("\n", in.problems()));
        }
        return tls;
    }

    /**
     * As {@link #of(Map)}, of a properties file, so that passwords need not stand where others are. Blocks.
     *
     * @throws IllegalArgumentException also if it cannot be read; each line of the message begins with the file
     */
    public static ClientTls ofFile(Path file) {
        Properties properties = new Properties();
        try (InputStream in = Files.newInputStream(file)) {
            properties.load(in);
            Map<String, String> keys = new TreeMap<>();
            properties.stringPropertyNames().forEach(key -> keys.put(key, properties.getProperty(key)));
            return of(keys);
        } catch (NoSuchFileException e) {
            throw new IllegalArgumentException(file + ": there is no such file", e);
        } catch (IOException e) {
            throw new IllegalArgumentException(file + ": cannot be read: " + e, e);
        } catch (IllegalArgumentException e) {
            String message = String.valueOf(e.getMessage());
            throw new IllegalArgumentException(file + ": " + message.replace("\n", "\n" + file + ": "), e);
        }
    }

    /** Reads the files again if they have changed. Blocks; to be called before a connection is made. */
    public void refresh() {
        if (files.isLookDue()) {
            files.refresh();
        }
    }

    /** True if a peer has to be the one that its certificate names. */
    public boolean verifiesHost() {
        return verifiesHost;
    }

    /**
     * The handler for a new connection, on the socket's side of all that is to be encrypted. Its handshake begins with the connection.
     *
     * @param host the peer as it was named, for its certificate to be compared with
     * @param handshakeTimeout at least 1 ms
     */
    public SslHandler newHandler(String host, int port, Duration handshakeTimeout) {
        SslHandler handler = new SslHandler(newEngine(host, port), false, TlsThreads.EXECUTOR);
        handler.setHandshakeTimeout(handshakeTimeout.toMillis(), TimeUnit.MILLISECONDS);
        return handler;
    }

    /**
     * An engine for a new connection whose bytes the caller moves.
     *
     * @param host the peer as it was named, for its certificate to be compared with
     */
    public SSLEngine newEngine(String host, int port) {
        SSLEngine engine = files.context().createSSLEngine(host, port);
        engine.setUseClientMode(true);
        SSLParameters parameters = offer.applyTo(engine.getSSLParameters(), files.context());
        if (verifiesHost) {
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
        }
        engine.setSSLParameters(parameters);
        return engine;
    }

    /** True if a connection failed for a reason that {@link #inWords} knows. */
    public static boolean isTlsFailure(Throwable failure) {
        return TlsFailure.isOne(failure);
    }

    /** Why a handshake failed, or a connection later on; and if files of ours have changed and cannot be used, that, too. */
    public String inWords(Throwable failure) {
        String problem = files.problem();
        return "TLS: " + TlsFailure.inWords(failure)
                + (problem == null ? "" : " (and a store has changed and is not used: " + problem + ")");
    }

    /**
     * Keys of a map; there is nobody to note anything for.
     *
     * @param unread those that nobody has asked for yet
     */
    private record OfMap(Map<String, String> unread, List<String> problems) implements KeyReader {
        @Override
        public @Nullable String read(Key key) {
            String text = unread.remove(key.name());
            return text == null ? null : text.trim();
        }

        @Override
        public void problem(String key, String message) {
            problems.add(key + ": " + message);
        }

        @Override
        public void note(String key, String message) {
            // whoever calls by program reads the documentation
        }
    }
}
