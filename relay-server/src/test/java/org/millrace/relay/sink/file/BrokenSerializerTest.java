package org.millrace.relay.sink.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.OutputStream;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.millrace.api.DeliveryException;
import org.millrace.api.Sink;
import org.millrace.api.deadletter.SerializerHealth;
import org.millrace.api.part.EventSerializer;
import org.millrace.codec.EventReader;
import org.millrace.testkit.Batches;
import org.millrace.testkit.LogLines;

/** A serializer that is broken is no fault of an event, and costs neither events nor handles. */
class BrokenSerializerTest extends FileRollFixture {
    @Test
    void aSerializerThatThrowsAtEveryEventOfSeveralBatchesIsBrokenAndTheEventsStay() throws Exception {
        AtomicBoolean isBroken = new AtomicBoolean(true);
        EventSerializer serializer = out -> isBroken.get() ? throwingAtAll(out) : new PickySerialization(out);
        Map<String, String> keys = Map.of(
                "deadLetter.maxTries",
                "1",
                "sink.batchSize",
                "50",
                "sink.emptyFiles",
                "false",
                "sink.rollInterval",
                "5");
        try (LogLines log = LogLines.of(SerializerHealth.class);
                Sink sink = started(serializer, keys)) {
            for (int i = 0; i < 10; i++) {
                submit(Batches.numbered(50 * i, 50));
            }
            for (int batch = 0; batch < 3; batch++) {
                assertThat(sink.drain()).isEqualTo(Sink.Drain.DELIVERED);
            }
            for (int turn = 0; turn < 3; turn++) {
                assertThatThrownBy(sink::drain)
                        .isInstanceOf(DeliveryException.class)
                        .hasMessageContaining(
                                "sink k1: the serializer has thrown at each of 150 events in 3 batches in a row")
                        .hasRootCauseMessage("of a plug-in");
            }
            assertThat(metrics.counter("deadLetteredEvents").getCount()).isEqualTo(150);
            assertThat(channel.bodies()).hasSize(350);
            assertThat(figure("serializerBroken")).isEqualTo(1);
            assertThat(log.errors()).hasSize(1);
            isBroken.set(false);
            clock.advance(Duration.ofSeconds(5)); // a new file is begun with it
            for (int batch = 0; batch < 7; batch++) {
                sink.drain();
            }
            assertThat(channel.bodies()).isEmpty();
            assertThat(metrics.drainSuccesses.getCount()).isEqualTo(350);
            assertThat(figure("serializerBroken")).isEqualTo(0);
            assertThat(said(log, "the serializer writes events again")).hasSize(1);
        }
    }

    private static EventSerializer.Serialization throwingAtAll(OutputStream out) {
        return new PickySerialization(out) {
            @Override
            public void append(EventReader event) {
                throw new IllegalStateException("of a plug-in");
            }
        };
    }

    @Test
    void aFileThatCannotBeBegunIsNoFaultOfAnEvent() throws Exception {
        EventSerializer broken = out -> {
            throw new IllegalStateException("of a plug-in");
        };
        Map<String, String> keys = Map.of("deadLetter.maxTries", "1", "sink.emptyFiles", "false");
        try (Sink sink = started(broken, keys)) {
            submit(Batches.of("a"));
            assertThatThrownBy(sink::drain).isInstanceOf(IllegalStateException.class);
        }
        assertThat(channel.bodies()).containsExactly("a");
        assertThat(metrics.counter("deadLetteredEvents").getCount()).isZero();
        assertThat(metrics.connectionsFailed.getCount()).isEqualTo(1);
        assertThat(content()).isEmpty();
    }

    @Test
    void aSerializerThatBreaksWithAnErrorAtTheBeginningLeaksNoHandle() throws Exception {
        EventSerializer broken = out -> {
            throw new NoClassDefFoundError("com/acme/Codec");
        };
        try (Sink sink = started(broken, Map.of("sink.emptyFiles", "false"))) {
            submit(Batches.of("a"));
            assertThatThrownBy(sink::drain).isInstanceOf(NoClassDefFoundError.class);
        }
        assertThat(disk.closes).isEqualTo(1);
        assertThat(content()).isEmpty();
        assertThat(metrics.connectionsFailed.getCount()).isEqualTo(1);
    }

    @Test
    void aHandleIsGivenBackAlsoWhereTheSerializerFailsAtTheEnd() throws Exception {
        EventSerializer throwing = out -> new PickySerialization(out) {
            @Override
            public void discard() {
                throw new IllegalStateException("of a plug-in");
            }
        };
        try (Sink sink = started(throwing, Map.of("sink.inUseSuffix", ".tmp"))) {
            submit(Batches.of("a"));
            sink.drain();
        }
        assertThat(disk.closes).isEqualTo(1);
        assertThat(content()).containsExactly(Map.entry(series() + "-1", "a"));
    }

    @ParameterizedTest
    @EnumSource(
            value = FaultyDisk.Op.class,
            names = {"WRITE", "FORCE_DIRECTORY"})
    void aFileThatFailsOnceItsSerializerHasBegunHasThatGiveItsMemoryBack(FaultyDisk.Op op) throws Exception {
        AtomicInteger discards = new AtomicInteger();
        EventSerializer withHeader = out -> {
            out.write('h');
            return new PickySerialization(out) {
                @Override
                public void discard() {
                    discards.incrementAndGet();
                }
            };
        };
        try (Sink sink = started(withHeader, Map.of("sink.emptyFiles", "false", "sink.sync", "fsync"))) {
            submit(Batches.of("a"));
            disk.failing = op;
            assertThatThrownBy(sink::drain).isInstanceOf(DeliveryException.class);
            disk.failing = FaultyDisk.Op.NONE;
        }
        assertThat(discards).hasValue(1);
        assertThat(disk.closes).isEqualTo(1);
        assertThat(content()).isEmpty();
    }
}
