package org.millrace.hdfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.millrace.api.DeliveryException;
import org.millrace.api.StartException;
import org.millrace.api.deadletter.SerializerHealth;
import org.millrace.hdfs.FaultyFileSystem.Op;
import org.millrace.hdfs.PickySerializerFactory.Broken;
import org.millrace.testkit.Batches;
import org.millrace.testkit.LogLines;

/** A serializer that throws at whatever it gets is the sink's trouble: the events stay in the channel. */
class BrokenSerializerTest {
    /** Three of them are more than a hundred events. */
    private static final int BATCH = 34;

    @RegisterExtension
    private final FaultyFiles files = FaultyFiles.create();

    @TempDir
    private Path dead;

    private final Tree tree = files.tree();
    private Letters letters;

    @BeforeEach
    void begin() {
        letters = new Letters(dead);
    }

    @AfterEach
    void heal() {
        PickySerializerFactory.broken = Broken.NOWHERE;
    }

    /** On a slow machine too, a call that takes long is waited for, so that the turns are always the same. */
    private SinkUnderTest started() throws StartException {
        return files.sink(
                "serializer",
                "picky",
                "hdfs.batchSize",
                "" + BATCH,
                "hdfs.heldEvents",
                "0",
                "deadLetter.maxTries",
                "1",
                "deadLetter.directory",
                dead.toString());
    }

    private static SinkUnderTest putBatches(SinkUnderTest sut, int batches) {
        for (int i = 0; i < batches; i++) {
            sut.put(Batches.numbered(BATCH * i, BATCH));
        }
        return sut;
    }

    /** @return what the turn failed with; empty if it did not */
    private static String turn(SinkUnderTest sut) throws InterruptedException {
        try {
            sut.sink.drain();
            return "";
        } catch (DeliveryException e) {
            return e.getMessage();
        }
    }

    private static void turnsUntil(SinkUnderTest sut, String failure) throws InterruptedException {
        for (int turns = 0; turns < 1000; turns++) {
            if (turn(sut).contains(failure)) {
                return;
            }
        }
        assertThat(sut.channel.bodies())
                .as("in a thousand turns none failed with: " + failure)
                .isNull();
    }

    private static void turnsUntilEmpty(SinkUnderTest sut) throws InterruptedException {
        for (int turns = 0; turns < 1000 && !sut.channel.bodies().isEmpty(); turns++) {
            turn(sut);
        }
        assertThat(sut.channel.bodies()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(
            value = Broken.class,
            names = {"CHECK", "APPEND"})
    void whatItThrowsAtStaysInTheChannelUntilItIsWell(Broken where) throws Exception {
        PickySerializerFactory.broken = where;
        try (LogLines log = LogLines.of(SerializerHealth.class);
                SinkUnderTest sut = putBatches(started(), 5)) {
            turnsUntil(sut, "sink k1: the serializer has thrown at each of 102 events in 3 batches in a row");
            turnsUntil(sut, "it is taken to be broken");
            assertThat(letters.all()).hasSize(3 * BATCH);
            assertThat(sut.channel.bodies()).hasSize(2 * BATCH);
            assertThat(sut.gauge("serializerBroken")).isEqualTo(1);
            assertThat(log.lines()).singleElement().asString().startsWith("ERROR");

            PickySerializerFactory.broken = Broken.NOWHERE;
            turnsUntilEmpty(sut);
            assertThat(sut.gauge("serializerBroken")).isEqualTo(0);
            assertThat(log.lines()).hasSize(2).last().asString().contains("writes events again");
        }
        assertThat(letters.all()).hasSize(3 * BATCH);
        assertThat(tree.inUse()).isEmpty();
        assertThat(tree.lines()).hasSize(2 * BATCH).doesNotHaveDuplicates();
    }

    /** By then some of a batch have had their try, and the others have not. */
    @ParameterizedTest(name = "after {0} more turns")
    @ValueSource(ints = {1, 10, BATCH - 1, BATCH})
    void whatHadItsTryWhileItWasBrokenHasAnother(int turns) throws Exception {
        PickySerializerFactory.broken = Broken.APPEND;
        try (SinkUnderTest sut = putBatches(started(), 4)) {
            turnsUntil(sut, "it is taken to be broken");
            for (int i = 0; i < turns; i++) {
                assertThat(turn(sut)).contains("broken in APPEND");
            }
            PickySerializerFactory.broken = Broken.NOWHERE;
            turnsUntilEmpty(sut);
            assertThat(sut.gauge("serializerBroken")).isEqualTo(0);
        }
        assertThat(letters.all()).hasSize(3 * BATCH);
        assertThat(tree.lines()).hasSize(BATCH).doesNotHaveDuplicates();
    }

    @Test
    void anEventThatIsWrittenAmongThoseItThrowsAtShowsThatItIsNotBroken() throws Exception {
        String[] poison = new String[BATCH];
        Arrays.fill(poison, "poison");
        try (SinkUnderTest sut = started()) {
            for (int i = 0; i < 3; i++) {
                sut.put(Batches.of(poison));
            }
            sut.put(Batches.of("poison"));
            turnsUntil(sut, "it is taken to be broken");
            sut.put(Batches.of("good"));
            turnsUntilEmpty(sut);
            assertThat(sut.gauge("serializerBroken")).isEqualTo(0);

            for (int i = 0; i < 3; i++) {
                sut.put(Batches.of(poison));
            }
            turnsUntilEmpty(sut);
        }
        assertThat(letters.all()).hasSize(6 * BATCH + 1);
        assertThat(tree.lines()).containsExactly("good");
    }

    @Test
    void oneThatBreaksWithAnErrorAsItBeginsAFileLeavesNoStreamOpen() throws Exception {
        AtomicInteger closed = new AtomicInteger();
        FaultyFileSystem.fault = (op, path) -> {
            if (op == Op.CLOSE) {
                closed.incrementAndGet();
            }
            return true;
        };
        PickySerializerFactory.broken = Broken.BEGIN;
        try (SinkUnderTest sut = putBatches(started(), 1)) {
            assertThatThrownBy(sut.sink::drain).isInstanceOf(NoClassDefFoundError.class);
            assertThat(closed).hasValue(1);

            PickySerializerFactory.broken = Broken.NOWHERE;
            turnsUntilEmpty(sut);
        }
        assertThat(letters.all()).isEmpty();
        assertThat(tree.lines()).hasSize(BATCH);
    }
}
