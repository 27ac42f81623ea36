package org.millrace.relay.sink.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.avro.file.DataFileReader;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.junit.jupiter.api.Test;
import org.millrace.api.DeliveryException;
import org.millrace.api.Sink;
import org.millrace.api.part.EventSerializer;
import org.millrace.codec.EventBatch;
import org.millrace.codec.EventReader;
import org.millrace.testkit.Batches;

/** An event at which a serializer throws becomes a dead letter, and the others are written as if it had not been there. */
class RefusedEventsTest extends FileRollFixture {
    @Test
    void anEventAtWhichASerializerThrowsIsADeadLetterAndHoldsUpNoOther() throws Exception {
        try (Sink sink = started(PickySerialization::new, Map.of("deadLetter.maxTries", "2"))) {
            submit(Batches.of("a"), Batches.of("b", "bad", "c"), Batches.of("d"));
            assertThatThrownBy(sink::drain)
                    .isInstanceOf(DeliveryException.class)
                    .hasMessageContaining("try 1 of 2");
            assertThat(content().values()).containsExactly("");
            sink.drain();
            assertThat(content().values()).containsExactly("abcd");
        }
        assertThat(metrics.counter("deadLetteredEvents").getCount()).isEqualTo(1);
        assertThat(metrics.drainSuccesses.getCount()).isEqualTo(4);
    }

    @Test
    void whatIsAmongTheDeadLettersDoesNotComeAgainAfterACrash() throws Exception {
        try (Sink sink = started(PickySerialization::new, Map.of("deadLetter.maxTries", "1"))) {
            submit(Batches.of("a"));
            sink.drain();
            assertThat(channel.durableCommits()).isZero();
            submit(Batches.of("b", "bad"));
            sink.drain();
            assertThat(channel.durableCommits()).isEqualTo(1);
        }
    }

    @Test
    void howeverManyEventsAreRefusedEachOfTheOthersIsWrittenTwiceAtMost() throws Exception {
        List<String> expected = new ArrayList<>();
        List<EventBatch> batches = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            batches.add(Batches.of("bad", "a" + i, "b" + i, "bad", "bad", "c" + i));
            expected.addAll(List.of("a" + i, "b" + i, "c" + i));
        }
        Map<String, String> keys = Map.of("deadLetter.maxTries", "1", "sink.batchSize", "1000");
        AtomicInteger appends = new AtomicInteger();
        EventSerializer counting = out -> new PickySerialization(out) {
            @Override
            public void append(EventReader event) throws IOException {
                appends.incrementAndGet();
                super.append(event);
            }
        };
        try (Sink sink = started(counting, keys)) {
            submit(batches.toArray(EventBatch[]::new));
            sink.drain();
            assertThat(content().values()).containsExactly(String.join("", expected));
        }
        assertThat(metrics.drainSuccesses.getCount()).isEqualTo(60);
        assertThat(metrics.counter("deadLetteredEvents").getCount()).isEqualTo(60);
        assertThat(appends).hasValueLessThanOrEqualTo(60 + 2 * 60);
    }

    @Test
    void aTurnThatFailsAfterARefusalLeavesNothingInTheFile() throws Exception {
        FailingCommits commits = new FailingCommits(channel);
        commits.failing = false;
        try (Sink sink = started(commits, PickySerialization::new, Map.of("deadLetter.maxTries", "1"))) {
            submit(Batches.of("first"));
            sink.drain();
            commits.failing = true;
            submit(Batches.of("a", "bad", "b", "bad", "c"));
            assertThatThrownBy(sink::drain).isInstanceOf(DeliveryException.class);
            assertThat(content().values()).containsExactly("first");
            commits.failing = false;
            sink.drain();
            assertThat(content().values()).containsExactly("firstabc");
        }
    }

    @Test
    void anAvroContainerIsWholeAroundAnEventThatIsRefused() throws Exception {
        EventSerializer real = FileRollSettings.read(context, settings(Map.of("sink.serializer", "avro_event")))
                .serializer();
        EventSerializer throwing = out -> throwsAfterBad(real.begin(out));
        try (Sink sink = started(throwing, Map.of("deadLetter.maxTries", "1"))) {
            submit(Batches.of("a", "bad", "b"), Batches.of("c", "bad", "d"));
            sink.drain();
        }
        List<String> read = new ArrayList<>();
        try (DataFileReader<GenericRecord> reader =
                new DataFileReader<>(onlyFile().toFile(), new GenericDatumReader<>())) {
            reader.forEach(event -> read.add(StandardCharsets.UTF_8
                    .decode((ByteBuffer) event.get("body"))
                    .toString()));
        }
        assertThat(read).containsExactly("a", "b", "c", "d");
    }

    private static EventSerializer.Serialization throwsAfterBad(EventSerializer.Serialization real) {
        return new EventSerializer.Serialization() {
            @Override
            public void append(EventReader event) throws IOException {
                real.append(event);
                if (new String(event.body(), StandardCharsets.UTF_8).equals("bad")) {
                    throw new IllegalStateException("of a plug-in");
                }
            }

            @Override
            public void endBatch() throws IOException {
                real.endBatch();
            }

            @Override
            public void discard() {
                real.discard();
            }
        };
    }

    @Test
    void badEventsAmongGoodOnesGoToTheDeadLettersHoweverManyTheyAre() throws Exception {
        Map<String, String> keys = Map.of("deadLetter.maxTries", "1", "sink.batchSize", "100");
        try (Sink sink = started(PickySerialization::new, keys)) {
            String[] bad = new String[100];
            Arrays.fill(bad, "bad");
            for (int i = 0; i < 3; i++) {
                submit(Batches.of(bad));
                sink.drain();
            }
            submit(Batches.of("a"), Batches.of(bad));
            sink.drain();
            for (int i = 0; i < 2; i++) {
                submit(Batches.of(bad));
                sink.drain();
            }
            assertThat(content().values()).containsExactly("a");
        }
        assertThat(metrics.counter("deadLetteredEvents").getCount()).isEqualTo(599);
    }

    @Test
    void badEventsOneByOneAreNoBrokenSerializer() throws Exception {
        Map<String, String> keys = Map.of("deadLetter.maxTries", "1", "sink.batchSize", "1");
        try (Sink sink = started(PickySerialization::new, keys)) {
            for (int i = 0; i < 20; i++) {
                submit(Batches.of("bad"));
                assertThat(sink.drain()).isEqualTo(Sink.Drain.DELIVERED);
            }
        }
        assertThat(metrics.counter("deadLetteredEvents").getCount()).isEqualTo(20);
    }
}
