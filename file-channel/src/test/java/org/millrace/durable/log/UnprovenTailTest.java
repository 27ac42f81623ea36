package org.millrace.durable.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.millrace.api.support.LockedException;
import org.millrace.codec.EventBatch;
import org.millrace.codec.Origin;
import org.millrace.durable.format.SeenEvents;
import org.millrace.durable.storage.SimulatedDisks;
import org.millrace.durable.storage.SimulatedDisks.Operation;
import org.millrace.durable.storage.SimulatedStorage;
import org.millrace.durable.storage.Stall;
import org.millrace.testkit.Batches;

/** What a restart without a loss of power makes of bytes that can be read and may be on no disk. */
final class UnprovenTailTest {
    private static final UUID SENDER = new UUID(3, 4);
    private static final int MOST_SEEDS = 40;

    private final TestLog test = new TestLog();

    /** A disk of many: what a failed force leaves is different in each. */
    interface Scenario {
        void run(SimulatedDisks disks, SimulatedStorage disk) throws Exception;
    }

    private static void onManyDisks(Scenario scenario) throws Exception {
        for (int seed = 1; seed <= MOST_SEEDS; seed++) {
            SimulatedDisks disks = new SimulatedDisks(seed);
            scenario.run(disks, disks.add("one", Long.MAX_VALUE));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatIsKnownIsThereThoughItsForceFailed(boolean isKilled) throws Exception {
        Set<Integer> found = new HashSet<>();
        onManyDisks((disks, disk) -> {
            try (DurableLog log = test.open(disk)) {
                put(log, 0).get();
                disks.failNth(Operation.FORCE, 1, true);
                assertThatThrownBy(put(log, 10)::get).hasMessageContaining("Input/output error");
                if (isKilled) {
                    disks.killAt(1);
                }
            }
            restartProcess(disks);
            List<Integer> known;
            try (DurableLog log = test.open(disk)) {
                known = known(log);
                found.addAll(known);
                disks.cutPower();
            }
            disks.restart();

            assertThat(events(disk)).containsAll(known);
        });
        assertThat(found).contains(0, 19);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4})
    void whatIsKnownIsThereThoughItCannotBeForcedNow(int failures) throws Exception {
        Set<Long> found = new HashSet<>();
        onManyDisks((disks, disk) -> {
            try (DurableLog log = test.open(disk)) {
                put(log, 0).get();
                Stall force = disks.stall(Operation.FORCE);
                TestPut put = put(log, 10);
                force.awaitArrival(); // it is written
                disks.killAt(1);
                force.open();
                assertThatThrownBy(put::get).isNotNull();
            }
            restartProcess(disks);
            for (int n = 1; n <= failures; n++) {
                disks.failNth(Operation.FORCE, n, false);
            }
            List<Integer> known;
            try (DurableLog log = test.open(disk)) {
                known = known(log);
                long end = log.recoveredEnd(); // what the failed force has left
                assertThat(known).hasSize(failures == 1 ? (int) end : 10);
                found.add(end);
                disks.cutPower();
            }
            disks.restart();

            assertThat(events(disk)).containsAll(known);
        });
        assertThat(found).contains(20L);
    }

    /** Power stays on. */
    private static void restartProcess(SimulatedDisks disks) {
        disks.kill();
        disks.heal();
    }

    /** Numbers of events that would be answered, and not stored, if they were sent again. */
    private static List<Integer> known(DurableLog log) {
        SeenEvents seen = log.recovered().seen();
        return IntStream.range(0, 20)
                .filter(number -> seen.knownUntil(SENDER, number) > number)
                .boxed()
                .toList();
    }

    private List<Integer> events(SimulatedStorage disk) throws IOException, LockedException {
        List<Integer> numbers = new ArrayList<>();
        try (DurableLog log = test.open(disk);
                RecordReader reader = log.read(0)) {
            for (RecordReader.Entry entry; (entry = reader.next(log.recoveredEnd())) != null; ) {
                if (entry instanceof RecordReader.Stored stored) {
                    numbers.addAll(Batches.numbers(stored.batch()));
                    stored.batch().release();
                }
            }
        }
        return numbers;
    }

    /** Ten events, numbered by their sender. */
    private static TestPut put(DurableLog log, int first) {
        EventBatch batch = Batches.numbered(first, 10);
        TestPut put = new TestPut(batch) {
            @Override
            public Origin origin() {
                return new Origin(SENDER, first);
            }
        };
        log.append(put);
        return put;
    }
}
