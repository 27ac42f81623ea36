package org.millrace.testkit.process;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ServerSocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * A web server on the loopback interface that notes what it is asked and answers as it is told, byte for byte. A thread for each
 * connection, which looks at one request after the other. Thread-safe.
 */
public final class HttpRecorder implements AutoCloseable {
    private final ServerSocket socket;
    private final Script script;
    private final List<Request> requests = new CopyOnWriteArrayList<>();
    private final AtomicInteger connections = new AtomicInteger();
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();

    /** What is answered. */
    public interface Script {
        /** The whole answer, as by {@link #answer}; null: none, and the connection is closed. */
        @Nullable
        String answer(Request request) throws IOException;
    }

    /**
     * What came in.
     *
     * @param line the first line
     * @param headers by name in small letters
     */
    public record Request(String line, Map<String, String> headers, String body, Followed followed) {
        /** Whether bytes of another request are there already. */
        public interface Followed {
            boolean isThere() throws IOException;
        }
    }

    /** @param sockets such as a TLS server's */
    public HttpRecorder(ServerSocketFactory sockets, Script script) throws IOException {
        this.script = script;
        this.socket = sockets.createServerSocket(0, 50, InetAddress.getLoopbackAddress());
        run(this::accept);
    }

    public HttpRecorder(Script script) throws IOException {
        this(ServerSocketFactory.getDefault(), script);
    }

    /** An answer without a body, after which the connection stays. */
    public static String answer(int status) {
        return answer(status, "", "");
    }

    /** @param headers each with its line's end */
    public static String answer(int status, String headers, String body) {
        return "HTTP/1.1 " + status + " Status\r\nContent-Length: " + body.length() + "\r\n" + headers + "\r\n" + body;
    }

    public int port() {
        return socket.getLocalPort();
    }

    /** All of them, in the order in which they were read. */
    public List<Request> requests() {
        return List.copyOf(requests);
    }

    /** Their bodies. */
    public List<String> bodies() {
        return requests.stream().map(Request::body).toList();
    }

    /** How many there were. */
    public int connections() {
        return connections.get();
    }

    /** How many there are. */
    public int openConnections() {
        return open.size();
    }

    private static void run(Runnable work) {
        Thread thread = new Thread(work, "http-recorder");
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() {
        while (!socket.isClosed()) {
            try {
                Socket connection = socket.accept();
                open.add(connection);
                connections.incrementAndGet();
                run(() -> serve(connection));
            } catch (IOException e) {
                return; // closed
            }
        }
    }

    private void serve(Socket connection) {
        try (connection) {
            InputStream in = new BufferedInputStream(connection.getInputStream());
            OutputStream out = connection.getOutputStream();
            for (Request request; (request = read(in)) != null; ) {
                requests.add(request);
                String answer = script.answer(request);
                if (answer == null) {
                    return;
                }
                out.write(answer.getBytes(StandardCharsets.ISO_8859_1));
                out.flush();
                if (answer.contains("Connection: close")) {
                    return;
                }
            }
        } catch (IOException e) {
            // the client is gone, or we are closed: the test sees what was noted
        } finally {
            open.remove(connection);
        }
    }

    private static @Nullable Request read(InputStream in) throws IOException {
        String first = line(in);
        if (first == null) {
            return null;
        }
        Map<String, String> headers = new TreeMap<>();
        for (String line; (line = line(in)) != null && !line.isEmpty(); ) {
            int colon = line.indexOf(':');
            headers.put(
                    line.substring(0, colon).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).trim());
        }
        byte[] body = in.readNBytes(Integer.parseInt(headers.getOrDefault("content-length", "0")));
        return new Request(first, headers, new String(body, StandardCharsets.UTF_8), () -> in.available() > 0);
    }

    private static @Nullable String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int b; (b = in.read()) >= 0; ) {
            if (b == '\n') {
                return line.toString().stripTrailing();
            }
            line.append((char) b);
        }
        return null;
    }

    @Override
    public void close() {
        try {
            socket.close();
            for (Socket connection : open) {
                connection.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
