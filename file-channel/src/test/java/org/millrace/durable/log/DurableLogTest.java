package org.millrace.durable.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.durable.storage.DiskStorage;
import org.millrace.durable.storage.SimulatedStorage;

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
