package org.millrace.serializer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.millrace.testkit.FakeClock;

/** Places that do not answer, and others beside them. */
@Timeout(60)
class SchemaLookUpsTest {
    private final FakeClock clock = new FakeClock();
    private final Places places = new Places();
    private final SchemaLookUps lookUps = new SchemaLookUps(places, clock, Duration.ofMillis(1));

    @AfterEach
    void close() {
        places.answer.countDown();
        lookUps.close();
    }

    @Test
    void aPlaceThatDoesNotAnswerIsAskedOneThingAtATime() {
        for (int turn = 0; turn < 3; turn++) {
            lookUps.turnBegins();
            for (int i = 0; i < 20; i++) {
                String url = "http://silent:81/" + i;
                assertThatThrownBy(() -> lookUps.read(url))
                        .hasMessageContaining("http://silent:81 has not answered yet");
            }
        }
        places.awaitReads("http://silent:81/0", 1);
        assertThat(places.reads).hasSize(1);
    }

    @Test
    void whatTookLongIsThereForWhoAsksInALaterTurn() throws Exception {
        assertThatThrownBy(() -> lookUps.read("http://silent/a")).hasMessageContaining("has not answered yet");
        places.answer.countDown();
        assertThat(eventually("http://silent/a")).isEqualTo("text of http://silent/a");
        places.awaitReads("http://silent/a", 1);
        assertThat(eventually("http://silent/b")).isEqualTo("text of http://silent/b");
    }

    @Test
    void aPlaceThatHasNotAnsweredForLongIsGivenUpAndLeftAloneForAWhile() throws Exception {
        assertThatThrownBy(() -> lookUps.read("http://silent/a")).hasMessageContaining("has not answered yet");
        places.awaitReads("http://silent/a", 1);
        clock.advance(SchemaLookUps.LONGEST);
        lookUps.turnBegins();
        places.interrupted.await();
        assertThatThrownBy(() -> lookUps.read("http://silent/b"))
                .hasMessageContaining("http://silent did not answer, and is left alone for another 30 s");
        assertThat(places.reads).doesNotContainKey("http://silent/b");

        places.answer.countDown();
        clock.advance(SchemaLookUps.LEFT_ALONE);
        assertThat(eventually("http://silent/b")).isEqualTo("text of http://silent/b");
    }

    @Test
    void howeverManyPlacesDoNotAnswerThereAreFewThreads() {
        for (int i = 0; i < 50; i++) {
            String url = "http://silent" + i + "/a";
            assertThatThrownBy(() -> lookUps.read(url)).isInstanceOf(IOException.class);
        }
        assertThatThrownBy(() -> lookUps.read("http://other/a"))
                .hasMessageContaining("8 look-ups of schemas have not come back");
        assertThat(places.reads).hasSizeLessThanOrEqualTo(SchemaLookUps.MOST_UNDER_WAY);
    }

    @Test
    void aPlaceThatDoesNotAnswerIsInNobodysWay() throws Exception {
        assertThatThrownBy(() -> lookUps.read("http://silent/a")).hasMessageContaining("has not answered yet");
        assertThat(eventually("http://user:secret@good/a")).isEqualTo("text of http://user:secret@good/a");
    }

    @Test
    void anInterruptIsNoFailureAndIsKept() throws Exception {
        assertThatThrownBy(() -> lookUps.read("http://silent/a")).hasMessageContaining("has not answered yet");
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> lookUps.read("http://silent/a")).hasMessageContaining("has not answered yet");
        assertThat(Thread.interrupted()).isTrue();
        places.answer.countDown();
        assertThat(eventually("http://silent/a")).isEqualTo("text of http://silent/a");
    }

    @Test
    void aFailureIsNoReasonToLeaveAPlaceAlone() throws Exception {
        for (int turn = 1; turn < 4; turn++) {
            lookUps.turnBegins();
            IOException failure = failure("http://failing/a");
            while (failure.getMessage().contains("has not answered yet")) {
                lookUps.turnBegins();
                failure = failure("http://failing/a");
            }
            assertThat(failure).hasMessage("none at http://failing/a");
            places.awaitReads("http://failing/a", turn);
        }
    }

    private IOException failure(String url) {
        try {
            lookUps.read(url);
            throw new AssertionError("no failure");
        } catch (IOException e) {
            return e;
        }
    }

    /** In as many turns as it takes. */
    private String eventually(String url) {
        while (true) {
            lookUps.turnBegins();
            try {
                return lookUps.read(url);
            } catch (IOException e) {
                assertThat(e).hasMessageContaining("has not answered yet");
            }
        }
    }

    /** Those called silent answer when the test says so. */
    private static final class Places implements EventSchemas.Locations {
        private final CountDownLatch answer = new CountDownLatch(1);
        private final CountDownLatch interrupted = new CountDownLatch(1);
        private final Map<String, AtomicInteger> reads = new ConcurrentHashMap<>();

        @Override
        public String read(String url) throws IOException {
            reads.computeIfAbsent(url, any -> new AtomicInteger()).incrementAndGet();
            if (url.contains("failing")) {
                throw new IOException("none at " + url);
            }
            try {
                if (url.contains("silent")) {
                    answer.await();
                }
            } catch (InterruptedException e) {
                interrupted.countDown();
                throw new InterruptedIOException();
            }
            return "text of " + url;
        }

        @Override
        public void checkSender(String url) {}

        private void awaitReads(String url, int count) {
            while (!reads.containsKey(url)) {
                Thread.onSpinWait();
            }
            assertThat(reads.get(url)).hasValue(count);
        }
    }
}
