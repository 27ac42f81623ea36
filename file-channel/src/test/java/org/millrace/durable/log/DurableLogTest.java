package org.millrace.durable.log;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.api.ChannelException;
import org.millrace.api.support.LockedException;
import org.millrace.codec.EventBatch;
import org.millrace.durable.storage.DiskStorage;
import org.millrace.durable.storage.SimulatedDisks.Operation;
import org.millrace.durable.storage.SimulatedStorage;
import org.millrace.durable.storage.Stall;
import org.millrace.durable.storage.Storage;
import org.millrace.testkit.Batches;

class DurableLogTest {
    private final SimulatedStorage disk = SimulatedStorage.withSeed(1);
    private final TestLog test = new TestLog();

    @Test
    void whatWasAnsweredAsDurableSurvivesALossOfPower() throws Exception {
        DurableLog log = test.open(disk);
        TestPut first = TestPut.numbered(0, 3);
        TestPut second = TestPut.numbered(3, 2);
        log.append(first);
        log.append(second);
        assertThat(first.get()).isEqualTo(0);
        assertThat(second.get()).isEqualTo(3);
        disk.crash();
        log.close();

        assertThat(WrittenLog.in(disk).numbers).containsExactly(0, 1, 2, 3, 4);
    }

    @Test
    void goesOnInAnotherSegmentWhenOneIsUsedUp() throws Exception {
        int puts = 1000;
        try (DurableLog log = test.open(disk)) {
            List<TestPut> all = new ArrayList<>();
            for (int i = 0; i < puts; i++) {
                TestPut put = TestPut.numbered(10 * i, 10);
                log.append(put);
                all.add(put);
            }
            for (int i = 0; i < puts; i++) {
                assertThat(all.get(i).get()).isEqualTo(10L * i);
            }
        }

        WrittenLog written = WrittenLog.in(disk);
        assertThat(written.segments).hasSizeGreaterThan(3);
        assertThat(written.numbers)
                .isEqualTo(IntStream.range(0, 10 * puts).boxed().toList());
    }

    @Test
    void readsBackWhatIsDurableWhileItIsBeingWritten() throws Exception {
        int puts = 500;
        try (DurableLog log = test.open(disk);
                RecordReader reader = log.read(0)) {
            List<Integer> read = new ArrayList<>();
            for (int number = 0; number < 10 * puts; number += 10) {
                TestPut put = TestPut.numbered(number, 10);
                log.append(put);
                assertThat(put.get()).isEqualTo(number);
                read.addAll(readUpTo(reader, number + 10));
            }
            assertThat(test.count("rolls")).isGreaterThan(3);
            assertThat(read).isEqualTo(IntStream.range(0, 10 * puts).boxed().toList());
        }
    }

    @Test
    void readsBackWhatIsEncryptedOnTheDisk() throws Exception {
        test.cipher = new XorCiphers();
        try (DurableLog log = test.open(disk)) {
            for (int number = 0; test.count("rolls") < 3; number += 10) {
                TestPut put = TestPut.numbered(number, 10);
                log.append(put);
                put.get();
            }
            log.commitAndWait(Positions.upTo(3));
        }
        for (String slot : disk.list()) {
            assertThat(new String(disk.readAll(slot), ISO_8859_1)).doesNotContain("event 1");
        }
        try (DurableLog log = test.open(disk);
                RecordReader reader = log.read(0)) {
            assertThat(log.recovered().watermark(TestLog.READER)).isEqualTo(3);
            int end = (int) log.recoveredEnd();
            assertThat(readUpTo(reader, end))
                    .isEqualTo(IntStream.range(0, end).boxed().toList());
        }
    }

    private static List<Integer> readUpTo(RecordReader reader, long end) throws IOException {
        List<Integer> numbers = new ArrayList<>();
        for (RecordReader.Entry entry; (entry = reader.next(end)) != null; ) {
            assertThat(entry).isInstanceOf(RecordReader.Stored.class);
            EventBatch batch = ((RecordReader.Stored) entry).batch();
            numbers.addAll(Batches.numbers(batch));
            batch.release();
        }
        return numbers;
    }

    @Test
    void closeWritesWhatWasAppendedAndGivesTheDirectoryBack() throws Exception {
        DurableLog log = test.open(disk);
        Stall force = disk.disks().stall(Operation.FORCE);
        List<TestPut> puts = new ArrayList<>();
        for (int number = 0; number < 2000; number += 10) {
            TestPut put = TestPut.numbered(number, 10);
            log.append(put);
            puts.add(put);
        }
        force.open();
        log.close();
        log.close();

        assertThat(puts).allMatch(put -> put.isDone() && !put.isCompletedExceptionally());
        TestPut late = TestPut.numbered(0, 1);
        log.append(late);
        assertThat(late).isCompletedExceptionally();
        assertThatThrownBy(() -> log.commitAndWait(Positions.upTo(1))).isInstanceOf(ChannelException.class);
        disk.lock().close();
        assertThat(WrittenLog.in(disk).numbers).hasSize(2000);
    }

    @Test
    void aLogThatIsOpenKeepsOthersOut() throws Exception {
        try (DurableLog log = test.open(disk)) {
            assertThat(log.trouble()).isNull();
            assertThatThrownBy(() -> test.open(disk)).isInstanceOf(LockedException.class);
        }
    }

    @Test
    void aLogThatCannotBeOpenedGivesTheDirectoryBack() throws Exception {
        disk.disks().failNth(Operation.LIST, 1, true);
        assertThatThrownBy(() -> test.open(disk)).isInstanceOf(IOException.class);
        disk.lock().close();
    }

    /** An interrupt closes a file that is being written, as by a start that is given up. */
    @Test
    void aStartThatIsInterruptedOpensALogThatIsWell(@TempDir Path directory) throws Exception {
        try (DurableLog log = test.open(interruptingAtTheLock(DiskStorage.in(directory)))) {
            assertThat(Thread.interrupted()).as("interrupted").isTrue();
            assertThat(log.trouble()).isNull();
            TestPut put = TestPut.numbered(0, 3);
            log.append(put);
            assertThat(put.get()).isZero();
        }
    }

    /** Else what senders send again of it would be stored again. */
    @Test
    void aStartThatIsInterruptedStillWritesOnceMoreWhatNothingProvesToBeOnDisk(@TempDir Path directory)
            throws Exception {
        DiskStorage storage = DiskStorage.in(directory);
        LogImage image = new LogImage(storage);
        image.roll(5);
        image.stopForcing();
        image.put(6);
        try (DurableLog log = test.open(interruptingAtTheLock(storage))) {
            assertThat(Thread.interrupted()).as("interrupted").isTrue();
            assertThat(log.recovered().seen().knownUntil(new UUID(0, 9), 50)).isEqualTo(56);
        }
    }

    /** The thread that makes this one is interrupted when the directory is locked, whichever locks it. */
    private static Storage interruptingAtTheLock(Storage storage) {
        Thread starter = Thread.currentThread();
        return (Storage) Proxy.newProxyInstance(
                DurableLogTest.class.getClassLoader(), new Class<?>[] {Storage.class}, (proxy, method, arguments) -> {
                    try {
                        Object result = method.invoke(storage, arguments);
                        if (method.getName().equals("lock")) {
                            starter.interrupt();
                        }
                        return result;
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    @Test
    void goesOnAfterARestartWhereItEnded() throws Exception {
        for (int round = 0; round < 5; round++) {
            try (DurableLog log = test.open(disk)) {
                assertThat(log.recoveredEnd()).isEqualTo(10L * round);
                TestPut put = TestPut.numbered(10 * round, 10);
                log.append(put);
                assertThat(put.get()).isEqualTo(10L * round);
                disk.crash();
            }
        }
        assertThat(WrittenLog.in(disk).numbers)
                .isEqualTo(IntStream.range(0, 50).boxed().toList());
    }

    @Test
    void writesToADirectory(@TempDir Path directory) throws Exception {
        DiskStorage storage = DiskStorage.in(directory);
        try (DurableLog log = test.open(storage)) {
            TestPut put = TestPut.numbered(0, 100);
            log.append(put);
            assertThat(put.get()).isEqualTo(0);
        }

        assertThat(WrittenLog.in(storage).numbers).hasSize(100);
    }
}
