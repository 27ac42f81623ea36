package org.millrace.durable.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.millrace.api.ChannelException;
import org.millrace.codec.EventBatch;
import org.millrace.durable.format.GroupHeader;
import org.millrace.durable.storage.SimulatedDisks;
import org.millrace.durable.storage.SimulatedDisks.Operation;
import org.millrace.durable.storage.SimulatedStorage;
import org.millrace.durable.storage.Stall;
import org.millrace.testkit.Batches;

class GroupingTest {
    private final SimulatedDisks disks = new SimulatedDisks(11);
    private final SimulatedStorage disk = disks.add("one", Long.MAX_VALUE);
    private final TestLog test = new TestLog();

    @Test
    void putsThatComeWhileTheDiskIsBusyShareAForce() throws Exception {
        try (DurableLog log = test.open(disk)) {
            long forces = disks.count(Operation.FORCE);
            Stall force = disks.stall(Operation.FORCE);
            append(log, 0);
            force.awaitArrival();
            List<TestPut> puts = new ArrayList<>();
            for (int number = 10; number < 60; number += 10) {
                puts.add(append(log, number));
            }
            force.open();
            for (TestPut put : puts) {
                put.get();
            }
            assertThat(disks.count(Operation.FORCE)).isEqualTo(forces + 2);
        }
        assertThat(eventsByGroup(WrittenLog.in(disk))).containsExactly(10, 50);
    }

    @Test
    void putsThatAreFlushedTogetherShareAForceThoughTheDiskIsIdle() throws Exception {
        try (DurableLog log = test.open(disk)) {
            awaitIdleDisk();
            long forces = disks.count(Operation.FORCE);
            List<TestPut> puts = new ArrayList<>();
            for (int number = 0; number < 50; number += 10) {
                TestPut put = TestPut.unflushed(number, 10);
                log.append(put);
                puts.add(put);
            }
            log.flush();
            for (TestPut put : puts) {
                put.get();
            }
            assertThat(disks.count(Operation.FORCE)).isEqualTo(forces + 1);
        }
        assertThat(eventsByGroup(WrittenLog.in(disk))).containsExactly(50);
    }

    /** A disk thread that has just begun would take what there is, flushed or not. */
    private static void awaitIdleDisk() {
        await().until(() -> Thread.getAllStackTraces().keySet().stream()
                .anyMatch(thread -> thread.getName().equals("c1-disk")
                        && (thread.getState() == Thread.State.WAITING
                                || thread.getState() == Thread.State.TIMED_WAITING)));
    }

    @Test
    void aFullGroupIsWrittenBeforeTheFlush() throws Exception {
        try (DurableLog log = test.open(disk)) {
            awaitIdleDisk();
            List<TestPut> puts = new ArrayList<>();
            for (int bytes = 0;
                    bytes < 2 * test.mostGroupBytes;
                    bytes += puts.get(0).encodedBytes()) {
                TestPut put = TestPut.unflushed(puts.size() * 10, 10);
                log.append(put);
                puts.add(put);
            }
            puts.get(0).get();
            log.flush();
            for (TestPut put : puts) {
                put.get();
            }
        }
        assertThat(eventsByGroup(WrittenLog.in(disk))).hasSizeGreaterThan(1);
    }

    @Test
    void groupsGrowWithTheBytesInFlightUpToTheMost() throws Exception {
        List<TestPut> puts = new ArrayList<>();
        try (DurableLog log = test.open(disk)) {
            Stall force = disks.stall(Operation.FORCE);
            append(log, 0);
            force.awaitArrival();
            for (int number = 10; number < 3000; number += 10) {
                puts.add(append(log, number));
            }
            force.open();
            for (TestPut put : puts) {
                put.get();
            }
        }
        WrittenLog written = WrittenLog.in(disk);
        assertThat(written.numbers).isEqualTo(IntStream.range(0, 3000).boxed().toList());
        assertThat(written.groups).extracting(GroupHeader::usedBytes).allMatch(bytes -> bytes <= test.mostGroupBytes);
        assertThat(written.groups)
                .extracting(GroupHeader::usedBytes)
                .anyMatch(bytes -> bytes > test.mostGroupBytes / 2);
    }

    @Test
    void aPutThatIsLongerThanAGroupGoesOutAlone() throws Exception {
        int bytes = 2 * test.mostGroupBytes;
        try (DurableLog log = test.open(disk)) {
            Stall force = disks.stall(Operation.FORCE);
            List<TestPut> puts = new ArrayList<>(List.of(append(log, 0)));
            force.awaitArrival();
            for (int i = 0; i < 3; i++) {
                TestPut large = TestPut.sized(bytes);
                log.append(large);
                puts.add(large);
                puts.add(append(log, 10));
            }
            force.open();
            List<Long> sequences = new ArrayList<>();
            for (TestPut put : puts) {
                sequences.add(put.get());
            }
            assertThat(sequences).containsExactly(0L, 10L, 11L, 21L, 22L, 32L, 33L);
        }
    }

    @Test
    void aPutThatFitsInNoSegmentFailsAtOnce() throws Exception {
        try (DurableLog log = test.open(disk)) {
            TestPut tooLong = TestPut.sized(TestLog.SEGMENT_BYTES);
            log.append(tooLong);
            assertThat(tooLong).isDone();
            assertThatThrownBy(tooLong::get).hasMessageContaining("raise segmentSize");
            assertThat(append(log, 0).get()).isZero();
            assertThat(log.trouble()).isNull();
        }
    }

    @Test
    void aPutThatFitsNoMoreBesideThePositionsFailsAlone() throws Exception {
        try (DurableLog log = test.open(disk)) {
            append(log, 0).get();
            log.commitAndWait(Positions.attaching(1, new byte[TestLog.SEGMENT_BYTES / 2]));
            TestPut tooLong = TestPut.sized(TestLog.SEGMENT_BYTES * 3 / 4);
            log.append(tooLong);
            assertThatThrownBy(tooLong::get).hasMessageContaining("raise segmentSize");
            assertThat(append(log, 10).get()).isEqualTo(10);
            assertThat(log.trouble()).isNull();
        }
    }

    @Test
    void aPutThatCannotBeCopiedFailsAndTheLogGoesOn() throws Exception {
        try (DurableLog log = test.open(disk)) {
            append(log, 0).get();
            TestPut broken = new TestPut(Batches.numbered(10, 10)) {
                private int calls;

                @Override
                public List<EventBatch> batches() {
                    if (++calls > 1) {
                        throw new IllegalStateException("given back too early");
                    }
                    return super.batches();
                }
            };
            log.append(broken);
            assertThatThrownBy(broken::get).hasCauseInstanceOf(ChannelException.class);
            assertThat(putAtLast(log, 10)).isEqualTo(10);
        }
        assertThat(WrittenLog.in(disk).numbers).hasSize(20);
    }

    /** Puts again while the log waits after a failure. */
    private static long putAtLast(DurableLog log, int number) throws Exception {
        while (true) {
            TestPut put = append(log, number);
            try {
                return put.get();
            } catch (ExecutionException e) {
                assertThat(e).hasCauseInstanceOf(ChannelException.class);
            }
        }
    }

    @Test
    void aCallbackThatThrowsHarmsNobodyElse() throws Exception {
        try (DurableLog log = test.open(disk)) {
            TestPut rude = new TestPut(Batches.numbered(0, 10)) {
                @Override
                public void durable(long firstSequence) {
                    super.durable(firstSequence);
                    throw new IllegalStateException("rude");
                }
            };
            log.append(rude);
            assertThat(rude.get()).isZero();
            assertThat(append(log, 10).get()).isEqualTo(10);
        }
    }

    @Test
    void manyThreadsPutAtOnceAndEachKeepsItsOrder() throws Exception {
        int threads = 8;
        int puts = 400;
        List<List<TestPut>> all = IntStream.range(0, threads)
                .<List<TestPut>>mapToObj(i -> new ArrayList<>())
                .toList();
        try (DurableLog log = test.open(disk)) {
            CountDownLatch start = new CountDownLatch(1);
            List<Thread> running = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                int thread = i;
                running.add(new Thread(() -> {
                    awaitStart(start);
                    for (int n = 0; n < puts; n++) {
                        TestPut put = TestPut.numbered(thread * puts + n, 1 + n % 3);
                        log.append(put);
                        all.get(thread).add(put);
                    }
                }));
            }
            running.forEach(Thread::start);
            start.countDown();
            for (Thread thread : running) {
                thread.join();
            }
            for (List<TestPut> ofThread : all) {
                long last = -1;
                for (TestPut put : ofThread) {
                    assertThat(put.get()).isGreaterThan(last);
                    last = put.get();
                }
            }
        }
        WrittenLog written = WrittenLog.in(disk);
        assertThat(written.numbers)
                .hasSize(all.stream()
                        .flatMap(List::stream)
                        .mapToInt(TestPut::events)
                        .sum());
        for (int thread = 0; thread < threads; thread++) {
            for (int n = 0; n < puts; n++) {
                long sequence = all.get(thread).get(n).get();
                assertThat(written.numbers.get((int) sequence)).isEqualTo(thread * puts + n);
            }
        }
    }

    private static void awaitStart(CountDownLatch start) {
        try {
            start.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static List<Integer> eventsByGroup(WrittenLog written) {
        return written.groups.stream()
                .map(GroupHeader::events)
                .filter(events -> events > 0)
                .toList();
    }

    private static TestPut append(DurableLog log, int number) {
        TestPut put = TestPut.numbered(number, 10);
        log.append(put);
        return put;
    }
}
