package org.millrace.relay.sink.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.millrace.testkit.process.HttpRecorder.answer;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.millrace.api.DeliveryException;
import org.millrace.api.Sink;
import org.millrace.testkit.process.HttpRecorder;

/** What an answer means for its event: gone, or back in the channel, and with a pause or without. */
class HttpSinkAnswersTest extends HttpSinkFixture {
    @Test
    void withFlumesDefaultsEvenAnEventThatIsAnsweredWellStays() throws Exception {
        try (HttpRecorder server = new HttpRecorder(request -> answer(200));
                Sink sink = started(server, "/", Map.of())) {
            submit("a");
            assertThatThrownBy(sink::drain)
                    .isInstanceOf(DeliveryException.class)
                    .hasMessageContaining("answers 200: 1 events are back in the channel");
            assertThat(channel.bodies()).containsExactly("a");
            assertThat(metrics.drainSuccesses.getCount()).isZero();
        }
        assertThat(recorded.notes()).singleElement().asString().contains("rollback.2XX: true by default, as in Flume");
    }

    @Test
    void anEventThatIsRefusedGoesBackAndThoseBesideItAreGone() throws Exception {
        try (HttpRecorder server =
                        new HttpRecorder(request -> answer(request.body().equals("bad") ? 503 : 200));
                Sink sink = started(server, "/", SENSIBLE)) {
            submit("a", "bad", "b", "c");
            assertThatThrownBy(sink::drain)
                    .isInstanceOf(DeliveryException.class)
                    .hasMessageContaining("answers 503: 1 events are back in the channel");
            assertThat(channel.bodies()).containsExactly("bad");
            assertThatThrownBy(sink::drain).isInstanceOf(DeliveryException.class);
        }
        assertThat(metrics.drainSuccesses.getCount()).isEqualTo(3);
        assertThat(metrics.counter("answers5XX").getCount()).isEqualTo(2);
    }

    @Test
    void aStatusComesBeforeItsClassAndThatBeforeTheDefault() throws Exception {
        Map<String, String> keys = Map.of(
                "defaultRollback", "false",
                "defaultBackoff", "false",
                "rollback.4XX", "true",
                "rollback.404", "false",
                "defaultIncrementMetrics", "true",
                "incrementMetrics.404", "false");
        try (HttpRecorder server = new HttpRecorder(request -> answer(Integer.parseInt(request.body())));
                Sink sink = started(server, "/", keys)) {
            submit("404", "400", "500", "200");
            assertThat(sink.drain()).isEqualTo(Sink.Drain.DELIVERED);
            assertThat(channel.bodies()).containsExactly("400");
            assertThat(metrics.drainSuccesses.getCount()).isEqualTo(3);
        }
        assertThat(pauses).isEmpty();
    }

    @Test
    void anAnswerThatCallsForAPauseAndLetsTheEventGoIsFollowedByOneThatGrows() throws Exception {
        try (HttpRecorder server = new HttpRecorder(request -> answer(200));
                Sink sink = started(server, "/", Map.of("rollback.2XX", "false", "maxInFlight", "1"))) {
            submit("a", "b", "c", "d", "e", "f");
            drainAll(sink);
            assertThat(pauses.stream().map(Duration::toSeconds)).containsExactly(1L, 2L, 3L, 4L, 5L, 5L);
            assertThat(channel.bodies()).isEmpty();
        }
        assertThat(recorded.notes()).singleElement().asString().startsWith("backoff.2XX: true by default");
    }

    @Test
    void aProvisionalAnswerIsWaitedOut() throws Exception {
        try (HttpRecorder server = new HttpRecorder(request -> "HTTP/1.1 100 Continue\r\n\r\n" + answer(200));
                Sink sink = started(server, "/", SENSIBLE)) {
            submit("a", "b");
            drainAll(sink);
            assertThat(server.bodies()).containsExactly("a", "b");
        }
        assertThat(metrics.counter("answers2XX").getCount()).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"SSH-2.0-OpenSSH\r\n\r\n", "HTTP/1.1 099 low\r\nContent-Length: 0\r\n\r\n"})
    void whatIsNoAnswerClosesTheConnection(String answer) throws Exception {
        try (HttpRecorder server = new HttpRecorder(request -> answer);
                Sink sink = started(server, "/", SENSIBLE)) {
            submit("a");
            assertThatThrownBy(sink::drain).isInstanceOf(DeliveryException.class);
            assertThat(channel.bodies()).containsExactly("a");
        }
    }

    @Test
    void aHeaderThatNeverEndsIsNotKeptInMemory() throws Exception {
        String answer = "HTTP/1.1 200 OK\r\nX: " + "x".repeat(100_000) + "\r\nContent-Length: 0\r\n\r\n";
        try (HttpRecorder server = new HttpRecorder(request -> answer);
                Sink sink = started(server, "/", SENSIBLE)) {
            submit("a");
            assertThatThrownBy(sink::drain)
                    .cause()
                    .hasMessageContaining("the answer is malformed")
                    .hasMessageContaining("TooLongHttpHeaderException");
        }
    }
}
