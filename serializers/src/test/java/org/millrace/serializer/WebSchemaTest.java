package org.millrace.serializer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Web servers that answer as they should not. */
@Timeout(60)
class WebSchemaTest {
    private ServerSocket server;

    @BeforeEach
    void listen() throws IOException {
        server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
    }

    @AfterEach
    void close() throws IOException {
        server.close();
    }

    /** One byte every 10 ms, as long as the other end is there. */
    @ParameterizedTest
    @ValueSource(strings = {"HTTP/1.1 200 OK\r\nX: ", "HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n"})
    void aServerThatDripsIsDisconnected(String start) throws Exception {
        CompletableFuture<Boolean> disconnected = serve(connection -> drip(connection, start, 500));
        assertThatThrownBy(() -> WebSchema.read(address(), Duration.ofMillis(500)))
                .isInstanceOf(HttpTimeoutException.class);
        assertThat(disconnected.get()).isTrue();
    }

    private static boolean drip(Socket connection, String start, int bytes) throws IOException {
        connection.getOutputStream().write(start.getBytes(StandardCharsets.US_ASCII));
        connection.setSoTimeout(10);
        for (int i = 0; i < bytes; i++) {
            connection.getOutputStream().write('x');
            if (isGone(connection)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isGone(Socket connection) throws IOException {
        try {
            return connection.getInputStream().read(new byte[1000]) < 0;
        } catch (SocketTimeoutException e) {
            return false;
        }
    }

    @Test
    void anAnswerThatIsTooLongIsNotTaken() throws Exception {
        CompletableFuture<Boolean> served = serve(connection -> answer(connection, "200 OK", WebSchema.MOST_BYTES + 1));
        assertThatThrownBy(() -> WebSchema.read(address())).hasMessage("is longer than 262144 bytes");
        served.cancel(true);
    }

    @Test
    void anAnswerThatIsJustNotTooLongIs() throws Exception {
        serve(connection -> answer(connection, "200 OK", WebSchema.MOST_BYTES));
        assertThat(WebSchema.read(address())).hasSize(WebSchema.MOST_BYTES);
    }

    @Test
    void aStatusIsTold() throws Exception {
        serve(connection -> answer(connection, "404 Not Found", 5));
        assertThatThrownBy(() -> WebSchema.read(address())).hasMessage("the server answers 404 (expected: 200)");
    }

    @Test
    void whoIsNotThereIsTold() throws Exception {
        URI address = address();
        server.close();
        assertThatThrownBy(() -> WebSchema.read(address)).hasMessageContaining("no answer: java.net.ConnectException");
        assertThatThrownBy(() -> WebSchema.read(URI.create("http://a_b/")))
                .hasMessageContaining("its host is missing, or no name");
    }

    private static boolean answer(Socket connection, String status, int bytes) throws IOException {
        String head = "HTTP/1.1 " + status + "\r\nContent-Length: " + bytes + "\r\n\r\n";
        connection.getOutputStream().write((head + "x".repeat(bytes)).getBytes(StandardCharsets.US_ASCII));
        return connection.getInputStream().read(new byte[1000]) > 0; // the request
    }

    private interface Serving {
        boolean serve(Socket connection) throws IOException;
    }

    /** Serves one connection. */
    private CompletableFuture<Boolean> serve(Serving serving) {
        return CompletableFuture.supplyAsync(() -> {
            try (Socket connection = server.accept()) {
                return serving.serve(connection);
            } catch (IOException e) {
                return true; // disconnected
            }
        });
    }

    private URI address() {
        return URI.create("http://127.0.0.1:" + server.getLocalPort() + "/schema");
    }
}
