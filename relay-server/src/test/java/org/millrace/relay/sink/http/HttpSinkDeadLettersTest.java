package org.millrace.relay.sink.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.millrace.testkit.process.HttpRecorder.answer;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.api.DeliveryException;
import org.millrace.api.Sink;
import org.millrace.testkit.process.HttpRecorder;

/** Which events become dead letters: those that the server refuses for what they are. */
class HttpSinkDeadLettersTest extends HttpSinkFixture {
    @TempDir
    private Path letters;

    @Test
    void anEventThatIsNeverTakenIsADeadLetterAfterItsTriesAndOthersGoOn() throws Exception {
        Map<String, String> keys =
                and(SENSIBLE, "deadLetter.directory", letters.toString(), "deadLetter.maxTries", "2");
        try (HttpRecorder server =
                        new HttpRecorder(request -> answer(request.body().equals("bad") ? 400 : 200));
                Sink sink = started(server, "/", keys)) {
            submit("bad", "a");
            assertThatThrownBy(sink::drain).isInstanceOf(DeliveryException.class);
            assertThat(channel.bodies()).containsExactly("bad");
            assertThat(channel.durableCommits()).isZero();
            sink.drain();
            assertThat(channel.bodies()).isEmpty();
            assertThat(channel.durableCommits()).isEqualTo(1);
        }
        assertThat(metrics.counter("deadLetteredEvents").getCount()).isEqualTo(1);
        assertThat(letters).isNotEmptyDirectory();
    }

    @Test
    void whileADeadLetterCannotBeWrittenOnlyItsEventIsPostedAgain() throws Exception {
        Map<String, String> keys = and(
                SENSIBLE,
                "deadLetter.directory",
                letters.toString(),
                "deadLetter.maxTries",
                "1",
                "deadLetter.maxBytes",
                "1024");
        String tooLarge = "bad".repeat(1000);
        try (HttpRecorder server =
                        new HttpRecorder(request -> answer(request.body().startsWith("bad") ? 400 : 200));
                Sink sink = started(server, "/", keys)) {
            submit("a", tooLarge, "b");
            for (int i = 0; i < 3; i++) {
                assertThatThrownBy(sink::drain)
                        .isInstanceOf(DeliveryException.class)
                        .hasMessageContaining("cannot be written to the dead letters");
                assertThat(channel.bodies()).containsExactly(tooLarge);
            }
            assertThat(server.bodies()).containsExactly("a", tooLarge, "b", tooLarge, tooLarge);
        }
        assertThat(metrics.counter("deadLetteredEvents").getCount()).isZero();
    }

    @Test
    void aServerThatIsBusyMakesNoDeadLetters() throws Exception {
        Map<String, String> keys =
                and(SENSIBLE, "deadLetter.directory", letters.toString(), "deadLetter.maxTries", "1");
        try (HttpRecorder server = new HttpRecorder(request -> answer(503));
                Sink sink = started(server, "/", keys)) {
            submit("a");
            for (int i = 0; i < 3; i++) {
                assertThatThrownBy(sink::drain).isInstanceOf(DeliveryException.class);
            }
            assertThat(channel.bodies()).containsExactly("a");
        }
    }
}
