package org.millrace.relay.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.codahale.metrics.MetricRegistry;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.millrace.api.Channel;
import org.millrace.api.ChannelContext;
import org.millrace.api.ChannelException;
import org.millrace.api.ChannelMetrics;
import org.millrace.api.DeliveryException;
import org.millrace.api.Destinations;
import org.millrace.api.SinkContext;
import org.millrace.api.SinkMetrics;
import org.millrace.api.StartException;
import org.millrace.api.Transaction;
import org.millrace.api.deadletter.DeadLetters;
import org.millrace.codec.EventBatch;
import org.millrace.codec.EventBatchBuilder;
import org.millrace.codec.EventReader;
import org.millrace.relay.channel.memory.MemoryChannelFactory;
import org.millrace.testkit.Batches;
import org.millrace.testkit.FakeChannel;
import org.millrace.testkit.FakeClock;
import org.millrace.testkit.RecordedProblems;
import org.millrace.testkit.ReleaseCheck;

/** Dead letters that go to a channel of the agent. */
class LetterChannelTest {
    private final ReleaseCheck releases = new ReleaseCheck();
    private final RecordedProblems problems = new RecordedProblems();
    private final FakeChannel channel = new FakeChannel("c2");
    private final SinkMetrics metrics = new SinkMetrics("k1", new MetricRegistry());
    private final FakeClock clock = new FakeClock();

    @AfterEach
    void everythingIsGivenBack() {
        channel.close();
        releases.assertAllReleased();
    }

    @Test
    void eventsAreInTheChannelBeforeTheTransactionMayCommitAndSayWhatHappened() throws Exception {
        DeadLetters dead = letters(channel);
        dead.start();
        assertThat(dead.isConfigured()).isTrue();
        refuse(dead, "bad", Map.of("h", "v", "deadLetter.sink", "an earlier one"));
        dead.settle();
        assertThat(channel.bodies()).containsExactly("bad");
        assertThat(channel.headers())
                .containsExactly(Map.of(
                        "h", "v",
                        "deadLetter.reason", "reason of bad",
                        "deadLetter.sink", "k1",
                        "deadLetter.time", Long.toString(clock.millis()),
                        "deadLetter.tries", "1"));
        assertThat(dead.committed()).isEqualTo(1);
        assertThat(metrics.counter("deadLetteredEvents").getCount()).isEqualTo(1);
        dead.close();
    }

    @Test
    void eventsOfATurnThatCameToNothingAreNotPutAgain() throws Exception {
        DeadLetters dead = letters(channel);
        for (int turn = 0; turn < 3; turn++) {
            refuse(dead, "one");
            refuse(dead, "twin");
            refuse(dead, "twin");
            dead.settle();
            dead.rolledBack();
        }
        refuse(dead, "twin");
        refuse(dead, "twin");
        refuse(dead, "twin");
        refuse(dead, "one");
        dead.settle();
        assertThat(dead.committed()).isEqualTo(4);
        assertThat(channel.bodies()).containsExactly("one", "twin", "twin", "twin");

        refuse(dead, "twin");
        dead.settle();
        assertThat(dead.committed()).isEqualTo(1);
        assertThat(channel.bodies()).containsExactly("one", "twin", "twin", "twin", "twin");
        dead.close();
    }

    @Test
    void whileTheChannelTakesNothingTheTurnFailsAndNothingIsDropped() throws Exception {
        DeadLetters dead = letters(channel);
        channel.refuseWith(new ChannelException("full"));
        for (int turn = 0; turn < 2; turn++) {
            refuse(dead, "bad");
            assertThatThrownBy(dead::settle)
                    .isInstanceOf(DeliveryException.class)
                    .hasMessageContainingAll("reason of bad", "dead letters in channel c2", "nothing is dropped");
            dead.rolledBack();
        }
        channel.refuseWith(null);
        refuse(dead, "bad");
        dead.settle();
        assertThat(dead.committed()).isEqualTo(1);
        assertThat(channel.bodies()).containsExactly("bad");
        dead.close();
    }

    @Test
    void whatGoesInBeforeTheChannelIsFullIsNotPutAgain() throws Exception {
        try (Channel small = memory("capacity", "4", "transactionCapacity", "2", "keep-alive", "0")) {
            small.start();
            DeadLetters dead = letters(small);
            List<String> bodies = List.of("1", "2", "3", "4", "5");
            for (String body : bodies) {
                refuse(dead, body);
            }
            assertThatThrownBy(dead::settle)
                    .isInstanceOf(DeliveryException.class)
                    .hasMessageContaining("c2");
            dead.rolledBack();
            List<String> taken = new ArrayList<>(take(small));
            assertThat(taken).containsExactly("1", "2", "3", "4");
            for (String body : bodies) {
                refuse(dead, body);
            }
            dead.settle();
            assertThat(dead.committed()).isEqualTo(5);
            assertThat(take(small)).containsExactly("5");
            dead.close();
        }
    }

    @Test
    void anEventThatMayHealIsPutAfterItsTries() throws Exception {
        DeadLetters dead = letters(channel);
        for (int turn = 1; turn < 3; turn++) {
            refuse(dead, "well", Map.of(), true);
            assertThatThrownBy(dead::settle).hasMessageContainingAll("try " + turn + " of 3", "channel c2");
            dead.rolledBack();
            assertThat(channel.bodies()).isEmpty();
        }
        refuse(dead, "well", Map.of(), true);
        dead.settle();
        dead.committed();
        assertThat(channel.headers())
                .singleElement()
                .satisfies(headers -> assertThat(headers).containsEntry("deadLetter.tries", "3"));
        dead.close();
    }

    @Test
    void aSinkWhoseChannelIsNotThereDoesNotStart() {
        DeadLetters dead = letters(Destinations.NONE);
        assertThatThrownBy(dead::start)
                .isInstanceOf(StartException.class)
                .hasMessageContainingAll("sink k1", "channel c2");
        dead.close();
    }

    private DeadLetters letters(Channel to) {
        return letters((key, name) -> {
            assertThat(key).isEqualTo("deadLetter.channel");
            assertThat(name).isEqualTo("c2");
            return to;
        });
    }

    private DeadLetters letters(Destinations destinations) {
        SinkContext context = new SinkContext("a1", "k1", new FakeChannel("c1"), metrics, clock, destinations);
        return DeadLetters.read(
                context, problems.settings(Map.of("deadLetter.type", "channel", "deadLetter.channel", "c2")));
    }

    private Channel memory(String... keysAndValues) {
        Map<String, String> values = new HashMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            values.put(keysAndValues[i], keysAndValues[i + 1]);
        }
        ChannelMetrics figures = new ChannelMetrics("c2", new MetricRegistry());
        return new MemoryChannelFactory()
                .create(new ChannelContext("a1", "c2", figures, InstantSource.system()), problems.settings(values));
    }

    private static void refuse(DeadLetters dead, String body) {
        refuse(dead, body, Map.of());
    }

    private static void refuse(DeadLetters dead, String body, Map<String, String> headers) {
        refuse(dead, body, headers, false);
    }

    private static void refuse(DeadLetters dead, String body, Map<String, String> headers, boolean mayHeal) {
        try (EventBatchBuilder builder = new EventBatchBuilder()) {
            EventBatch batch =
                    builder.add(headers, body.getBytes(StandardCharsets.UTF_8)).build();
            EventReader event = batch.reader();
            event.next();
            dead.refuse(event, "reason of " + body, mayHeal);
            batch.release();
        }
    }

    private static List<String> take(Channel from) throws InterruptedException {
        List<String> bodies = new ArrayList<>();
        try (Transaction transaction = from.begin()) {
            for (EventBatch batch; (batch = transaction.take(100)) != null; ) {
                bodies.addAll(Batches.bodies(batch));
            }
            transaction.commit();
        }
        return bodies;
    }
}
