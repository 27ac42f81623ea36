package org.millrace.durable.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.millrace.api.ChannelException;
import org.millrace.durable.storage.SimulatedDisks;
import org.millrace.durable.storage.SimulatedDisks.Operation;
import org.millrace.durable.storage.SimulatedStorage;

class WriteFailureTest {
    private final SimulatedDisks disks = new SimulatedDisks(7);
    private final SimulatedStorage disk = disks.add("one", Long.MAX_VALUE);
    private final TestLog test = new TestLog();

    @ParameterizedTest
    @EnumSource(names = {"WRITE", "FORCE"})
    void aGroupThatFailsIsWrittenAgainInAFreshSegment(Operation operation) throws Exception {
        try (DurableLog log = test.open(disk)) {
            put(log, 0);
            disks.failNth(operation, 1, false);
            assertThat(put(log, 10)).isEqualTo(10);
            assertThat(put(log, 20)).isEqualTo(20);
            assertThat(log.trouble()).isNull();
            assertThat(test.count("ioErrors")).isEqualTo(1);
            disks.cutPower();
        }
        disks.restart();

        WrittenLog written = WrittenLog.in(disk);
        assertThat(written.numbers).isEqualTo(numbers(30));
        assertThat(written.segments).hasSize(2);
        assertThat(written.segments.get(1).firstSequence()).isEqualTo(10);
    }

    @Test
    void theFreshSegmentIsInAnotherDirectoryIfThereIsOne() throws Exception {
        SimulatedStorage other = disks.add("two", Long.MAX_VALUE);
        try (DurableLog log = test.open(disk, other)) {
            put(log, 0);
            SimulatedStorage used =
                    (SimulatedStorage) WrittenLog.in(disk, other).places.get(0);
            used.failNth(Operation.FORCE, 1, true);
            used.failNth(Operation.WRITE, 1, true);
            for (int number = 10; number < 100; number += 10) {
                assertThat(put(log, number)).isEqualTo(number);
            }
            assertThat(log.trouble()).isNull();
        }

        WrittenLog written = WrittenLog.in(disk, other);
        assertThat(written.places).hasSize(2).doesNotHaveDuplicates();
        assertThat(written.numbers).isEqualTo(numbers(100));
    }

    @ParameterizedTest
    @EnumSource(names = {"WRITE", "FORCE"})
    void afterASecondFailureThePutFailsAndItsSequenceIsGivenAgain(Operation operation) throws Exception {
        AtomicInteger changes = new AtomicInteger();
        try (DurableLog log = test.open(disk)) {
            log.onChange(changes::incrementAndGet);
            put(log, 0);
            disks.failNth(operation, 1, true);
            TestPut failing = TestPut.numbered(10, 10);
            log.append(failing);
            assertThatThrownBy(failing::get).hasCauseInstanceOf(ChannelException.class);
            assertThat(log.trouble()).contains("Input/output error");
            assertThat(changes).hasValue(1);

            disks.heal();
            await().until(() -> log.trouble() == null);
            assertThat(changes).hasValue(2);
            assertThat(put(log, 10)).isEqualTo(10);
            disks.cutPower();
        }
        disks.restart();

        assertThat(WrittenLog.in(disk).numbers).isEqualTo(numbers(20));
    }

    @Test
    void whatIsBehindAFailedGroupFailsWithIt() throws Exception {
        try (DurableLog log = test.open(disk)) {
            put(log, 0);
            var stall = disks.stall(Operation.WRITE);
            disks.failNth(Operation.FORCE, 1, true);
            List<TestPut> puts = new ArrayList<>();
            for (int number = 10; number < 2000; number += 10) {
                puts.add(append(log, number));
            }
            stall.open();
            for (TestPut put : puts) {
                assertThatThrownBy(put::get).hasCauseInstanceOf(ChannelException.class);
            }
            assertThat(log.figures().inFlightBytes()).isZero();
        }
    }

    @Test
    void aFailedForceDoesNotStopPositions() throws Exception {
        try (DurableLog log = test.open(disk)) {
            put(log, 0);
            disks.failNth(Operation.FORCE, 1, false);
            log.commitAndWait(Positions.upTo(4));
            disks.cutPower();
        }
        disks.restart();

        assertThat(WrittenLog.in(disk).state.watermark(TestLog.READER)).isEqualTo(4);
    }

    @Test
    void positionsThatNobodyWaitsForAreWrittenLater() throws Exception {
        try (DurableLog log = test.open(disk)) {
            put(log, 0);
            disks.failNth(Operation.FORCE, 1, true);
            log.commit(Positions.upTo(4));
            await().until(() -> log.trouble() != null);
            disks.heal();
            await().until(() -> log.trouble() == null);
            disks.cutPower();
        }
        disks.restart();

        assertThat(WrittenLog.in(disk).state.watermark(TestLog.READER)).isEqualTo(4);
    }

    @Test
    void aCommitThatWasSaidToHaveFailedIsInNoLaterState() throws Exception {
        byte[] attached = {1};
        try (DurableLog log = test.open(disk)) {
            put(log, 0);
            disks.failNth(Operation.FORCE, 1, true);
            log.commit(Positions.upTo(2));
            assertThatThrownBy(() -> log.commitAndWait(Positions.attaching(4, attached)))
                    .isInstanceOf(ChannelException.class);
            disks.heal();
            await().until(() -> log.trouble() == null);
            put(log, 10);
            disks.cutPower();
        }
        disks.restart();

        WrittenLog written = WrittenLog.in(disk);
        assertThat(written.state.watermark(TestLog.READER))
                .as("the other one's")
                .isEqualTo(2);
        assertThat(written.state.attached(TestLog.READER, "sink")).isNull();
    }

    @Test
    void aCommitThatIsMadeOnceMoreAfterItFailedCounts() throws Exception {
        try (DurableLog log = test.open(disk)) {
            put(log, 0);
            disks.failNth(Operation.WRITE, 1, true);
            assertThatThrownBy(() -> log.commitAndWait(Positions.upTo(4))).isInstanceOf(ChannelException.class);
            disks.heal();
            log.commitAndWait(Positions.upTo(3));
            disks.cutPower();
        }
        disks.restart();

        assertThat(WrittenLog.in(disk).state.watermark(TestLog.READER)).isEqualTo(3);
    }

    @Test
    void closesWhileTheDiskFails() throws Exception {
        DurableLog log = test.open(disk);
        put(log, 0);
        disks.failNth(Operation.FORCE, 1, true);
        log.commit(Positions.upTo(2));
        log.close();
        disks.heal();

        disk.lock().close();
        TestPut late = append(log, 10);
        assertThatThrownBy(late::get).hasCauseInstanceOf(ChannelException.class);
    }

    static Stream<Arguments> everyOperation() {
        return Stream.of(Operation.WRITE, Operation.FORCE, Operation.CREATE_ZEROED, Operation.OPEN, Operation.DELETE)
                .flatMap(operation -> Stream.of(true, false)
                        .flatMap(forEver ->
                                IntStream.rangeClosed(1, 20).mapToObj(n -> Arguments.of(operation, n, forEver))));
    }

    @ParameterizedTest(name = "{0} {1}, for ever: {2}")
    @MethodSource("everyOperation")
    void whicheverOperationFailsAPutIsEitherDurableOrFailed(Operation operation, int n, boolean forEver)
            throws Exception {
        SimulatedDisks two = new SimulatedDisks(n);
        SimulatedStorage[] directories = {two.add("one", Long.MAX_VALUE), two.add("two", Long.MAX_VALUE)};
        two.failNth(operation, n, forEver);
        List<Integer> acked = new ArrayList<>();
        try (DurableLog log = test.open(directories)) {
            int number = 0;
            for (int round = 0; round < 40; round++) {
                List<TestPut> puts = new ArrayList<>();
                List<Integer> firsts = new ArrayList<>();
                for (int i = 0; i < 4; i++) {
                    puts.add(append(log, number));
                    firsts.add(number);
                    number += 10;
                }
                for (int i = 0; i < puts.size(); i++) {
                    if (isDurable(puts.get(i))) {
                        acked.addAll(IntStream.range(firsts.get(i), firsts.get(i) + 10)
                                .boxed()
                                .toList());
                    }
                }
                if (!acked.isEmpty()) {
                    log.commit(Positions.upTo(acked.size() / 2));
                }
            }
            two.heal();
            await().until(() -> log.trouble() == null && !log.isFull());
            assertThat(put(log, number)).isEqualTo(acked.size());
            acked.addAll(IntStream.range(number, number + 10).boxed().toList());
            two.cutPower();
        }
        two.restart();

        WrittenLog written = WrittenLog.in(directories);
        long first = written.endSequence - written.numbers.size();
        assertThat(written.numbers).isEqualTo(acked.subList((int) first, acked.size()));
        assertThat(first).isLessThanOrEqualTo(written.state.watermark(TestLog.READER));
        if (!forEver) {
            assertThat(acked).hasSizeGreaterThan(40 * 4 * 10 / 2);
        }
    }

    /** Looks often: most of what is waited for here takes a few milliseconds, and there are hundreds. */
    private static ConditionFactory await() {
        return Awaitility.await().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(2));
    }

    private static boolean isDurable(TestPut put) throws InterruptedException {
        try {
            put.get();
            return true;
        } catch (ExecutionException e) {
            assertThat(e).hasCauseInstanceOf(ChannelException.class);
            return false;
        }
    }

    /** Ten events. */
    private static TestPut append(DurableLog log, int number) {
        TestPut put = TestPut.numbered(number, 10);
        log.append(put);
        return put;
    }

    private static long put(DurableLog log, int number) throws Exception {
        return append(log, number).get();
    }

    private static List<Integer> numbers(int end) {
        return IntStream.range(0, end).boxed().toList();
    }
}
