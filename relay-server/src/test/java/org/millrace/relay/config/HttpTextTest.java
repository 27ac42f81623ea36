package org.millrace.relay.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HttpTextTest {
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final CountDownLatch over = new CountDownLatch(1);
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private HttpServer server;
    private volatile String text = "a.sinks = k1";
    private volatile int status = 200;

    @BeforeEach
    void serve() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 10);
        server.createContext("/a", this::answer);
        server.createContext("/endless", exchange -> {
            exchange.sendResponseHeaders(200, 0);
            byte[] part = new byte[1 << 20];
            for (int i = 0; i < 20; i++) {
                exchange.getResponseBody().write(part);
            }
        });
        server.createContext("/slow", exchange -> {
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().write('x');
            exchange.getResponseBody().flush();
            await();
        });
        server.setExecutor(threads);
        server.start();
    }

    @AfterEach
    void stop() {
        over.countDown();
        server.stop(0);
        threads.shutdownNow();
    }

    @Test
    void isSentAgainOnlyOnceItHasChanged() throws IOException {
        TextSource source = source("/a", "");
        assertThat(source.read()).asString(StandardCharsets.UTF_8).isEqualTo("a.sinks = k1");
        assertThat(source.read()).asString(StandardCharsets.UTF_8).isEqualTo("a.sinks = k1");
        text = "a.sinks = k2";
        assertThat(source.read()).asString(StandardCharsets.UTF_8).isEqualTo("a.sinks = k2");
        assertThat(asked).containsExactly("200 null", "304 null", "200 null");
    }

    @Test
    void aPasswordIsSent() throws IOException {
        source("/a", "me").read();
        assertThat(asked).containsExactly("200 Basic bWU6aMO8");
        assertThat(source("/a", "me").name()).doesNotContain("me:");
    }

    @Test
    void anyOtherStatusIsAFailureAndTheTextIsAskedForAgain() throws IOException {
        TextSource source = source("/a", "");
        source.read();
        status = 401;
        assertThatThrownBy(source::read).isInstanceOf(IOException.class).hasMessageContaining("HTTP status 401");
        status = 200;
        assertThat(source.read()).asString(StandardCharsets.UTF_8).isEqualTo("a.sinks = k1");
    }

    @Test
    void aTextWithoutAnEndIsCutOff() {
        assertThatThrownBy(source("/endless", "")::read).hasMessageContaining("longer than 16777216 bytes");
    }

    @Test
    void anAnswerThatDoesNotComeToItsEndIsGivenUp() {
        assertThatThrownBy(new HttpText(uri("/slow"), "", "", Duration.ofMillis(200))::read)
                .hasMessageContaining("no whole answer");
    }

    @Test
    void aServerThatIsNotThereIsAFailureWithAMessage() {
        server.stop(0);
        assertThatThrownBy(source("/a", "")::read)
                .isInstanceOf(IOException.class)
                .message()
                .isNotEmpty();
    }

    private void answer(HttpExchange exchange) throws IOException {
        String tag = "\"" + text.hashCode() + "\"";
        boolean isKnown = tag.equals(exchange.getRequestHeaders().getFirst("If-None-Match"))
                && "Sun, 29 Nov 2026 00:00:00 GMT"
                        .equals(exchange.getRequestHeaders().getFirst("If-Modified-Since"));
        int answered = status == 200 && isKnown ? 304 : status;
        asked.add(answered + " " + exchange.getRequestHeaders().getFirst("Authorization"));
        exchange.getResponseHeaders().add("ETag", tag);
        exchange.getResponseHeaders().add("Last-Modified", "Sun, 29 Nov 2026 00:00:00 GMT");
        byte[] body = answered == 200 ? text.getBytes(StandardCharsets.UTF_8) : new byte[0];
        exchange.sendResponseHeaders(answered, body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    private void await() {
        try {
            over.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private TextSource source(String path, String user) {
        return ConfigurationUri.source(uri(path).toString(), user, "h\u00fc");
    }

    private URI uri(String path) {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path);
    }
}
