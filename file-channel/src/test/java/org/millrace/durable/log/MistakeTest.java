package org.millrace.durable.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.millrace.api.ChannelException;
import org.millrace.durable.format.SegmentHeader;
import org.millrace.durable.storage.SimulatedDisks;
import org.millrace.durable.storage.SimulatedDisks.Operation;
import org.millrace.durable.storage.SimulatedStorage;

/** What is thrown that nobody has reckoned with; here by the keys, when a segment is to begin. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class MistakeTest {
    private final SimulatedDisks disks = new SimulatedDisks(9);
    private final SimulatedStorage disk = disks.add("one", Long.MAX_VALUE);
    private final TestLog test = new TestLog();
    private final BrokenKeys keys = new BrokenKeys();

    MistakeTest() {
        test.cipher = keys;
    }

    private static final class BrokenKeys implements SegmentCiphers {
        private final SegmentCiphers sound = new XorCiphers();
        private volatile boolean isBroken;

        @Override
        public Fresh fresh() {
            if (isBroken) {
                throw new IllegalStateException("a mistake");
            }
            return sound.fresh();
        }

        @Override
        public SegmentCipher of(SegmentHeader header) throws UnknownKeyException {
            return sound.of(header);
        }
    }

    @Test
    void whoeverWaitsForAPositionIsTold() throws Exception {
        try (DurableLog log = test.open(disk)) {
            put(log);
            breakNextRoll();
            assertThatThrownBy(() -> log.commitAndWait(Positions.upTo(4)))
                    .isInstanceOf(ChannelException.class)
                    .hasMessageContaining("a mistake");
            keys.isBroken = false;
            await().until(() -> log.trouble() == null);
            log.commitAndWait(Positions.upTo(5));
        }
    }

    @Test
    void closeEndsThoughNothingCanBeWritten() throws Exception {
        DurableLog log = test.open(disk);
        put(log);
        breakNextRoll();
        log.commit(Positions.upTo(4));
        log.close();
        disk.lock().close();
    }

    @Test
    void aStartThatFailsGivesTheDirectoryBack() throws Exception {
        keys.isBroken = true;
        assertThatThrownBy(() -> test.open(disk)).hasMessageContaining("a mistake");
        keys.isBroken = false;
        try (DurableLog log = test.open(disk)) {
            assertThat(put(log)).isZero();
        }
    }

    private void breakNextRoll() {
        keys.isBroken = true;
        disks.failNth(Operation.WRITE, 1, false);
    }

    private static long put(DurableLog log) throws Exception {
        TestPut put = TestPut.numbered(0, 10);
        log.append(put);
        return put.get();
    }
}
