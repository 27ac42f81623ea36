package org.millrace.relay.sink.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.millrace.testkit.process.HttpRecorder.answer;

import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.millrace.api.Sink;
import org.millrace.testkit.process.HttpRecorder;

/** What the sink sends, and how much at a time. */
class HttpSinkRequestsTest extends HttpSinkFixture {
    @Test
    void eachBodyIsPostedInOrderOverOneConnection() throws Exception {
        try (HttpRecorder server = new HttpRecorder(request -> answer(200, "", "thanks"));
                Sink sink = started(server, "/in?tenant=a%20b", SENSIBLE)) {
            submit(IntStream.range(0, 50).mapToObj(i -> "event " + i).toArray(String[]::new));
            drainAll(sink);

            assertThat(server.bodies())
                    .containsExactly(
                            IntStream.range(0, 50).mapToObj(i -> "event " + i).toArray(String[]::new));
            assertThat(server.connections()).isEqualTo(1);
            HttpRecorder.Request first = server.requests().get(0);
            assertThat(first.line()).isEqualTo("POST /in?tenant=a%20b HTTP/1.1");
            assertThat(first.headers())
                    .containsOnly(
                            Map.entry("content-type", "text/plain"),
                            Map.entry("accept", "text/plain"),
                            Map.entry("user-agent", "Millrace"),
                            Map.entry("host", "127.0.0.1:" + server.port()),
                            Map.entry("connection", "keep-alive"),
                            Map.entry("content-length", "7"));
        }
        assertThat(metrics.drainAttempts.getCount()).isEqualTo(50);
        assertThat(metrics.drainSuccesses.getCount()).isEqualTo(50);
        assertThat(metrics.counter("answers2XX").getCount()).isEqualTo(50);
        assertThat(metrics.connectionsCreated.getCount()).isEqualTo(1);
        assertThat(metrics.connectionsClosed.getCount()).isEqualTo(1);
        assertThat(pauses).isEmpty();
    }

    @Test
    void theNextRequestDoesNotWaitForTheAnswerToTheOneBefore() throws Exception {
        try (HttpRecorder server = new HttpRecorder(request -> {
                    if (request.body().equals("a")) {
                        await().until(request.followed()::isThere);
                    }
                    return answer(200);
                });
                Sink sink = started(server, "/", SENSIBLE)) {
            submit("a", "b");
            drainAll(sink);
            assertThat(server.bodies()).containsExactly("a", "b");
        }
    }

    @Test
    void aTurnTakesAFewMegabytesAndAtLeastOneEvent() throws Exception {
        try (HttpRecorder server = new HttpRecorder(request -> answer(200));
                Sink sink = started(server, "/", SENSIBLE)) {
            submit(IntStream.range(0, 16).mapToObj(i -> "x".repeat(1 << 20)).toArray(String[]::new));
            submit("x".repeat(5 << 20));
            sink.drain();
            assertThat(channel.bodies()).hasSize(13);
            drainAll(sink);
            assertThat(server.requests()).hasSize(17);
        }
    }

    @Test
    void theHeadersAreAsConfigured() throws Exception {
        try (HttpRecorder server = new HttpRecorder(request -> answer(204));
                Sink sink = started(
                        server, "", and(SENSIBLE, "contentTypeHeader", "application/json", "acceptHeader", "*/*"))) {
            submit("{}");
            drainAll(sink);
            assertThat(server.requests().get(0).line()).isEqualTo("POST / HTTP/1.1");
            assertThat(server.requests().get(0).headers())
                    .contains(Map.entry("content-type", "application/json"), Map.entry("accept", "*/*"));
        }
    }

    @Test
    void anEmptyBodyIsNotSentAndIsGone() throws Exception {
        try (HttpRecorder server = new HttpRecorder(request -> answer(200));
                Sink sink = started(server, "/", SENSIBLE)) {
            submit("a", "", "b");
            drainAll(sink);
            assertThat(server.bodies()).containsExactly("a", "b");
            assertThat(channel.bodies()).isEmpty();
        }
        assertThat(metrics.counter("emptyEvents").getCount()).isEqualTo(1);
    }
}
