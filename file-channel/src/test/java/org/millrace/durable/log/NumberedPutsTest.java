package org.millrace.durable.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.millrace.api.ChannelException;
import org.millrace.api.support.LockedException;
import org.millrace.codec.EventBatch;
import org.millrace.codec.Origin;
import org.millrace.durable.format.SeenEvents;
import org.millrace.durable.storage.SimulatedDisks;
import org.millrace.durable.storage.SimulatedDisks.Operation;
import org.millrace.durable.storage.SimulatedStorage;
import org.millrace.testkit.Batches;

/** What a log remembers of the numbers that senders give their events. */
class NumberedPutsTest {
    private static final UUID SENDER = new UUID(3, 4);
    private static final int FIRST = 1_000;

    private final SimulatedDisks disks = new SimulatedDisks(7);
    private final SimulatedStorage disk = disks.add("one", Long.MAX_VALUE);
    private final TestLog test = new TestLog();

    @Test
    void whatWasAckedIsKnownAfterALossOfPowerThroughAllRolls() throws Exception {
        int events = 0;
        try (DurableLog log = test.open(disk)) {
            while (test.count("rolls") < 4) {
                put(log, FIRST + events).get();
                events += 10;
            }
            disks.cutPower();
        }
        disks.restart();
        SeenEvents seen = seen();
        assertThat(seen.senders()).isEqualTo(1);
        assertThat(seen.knownUntil(SENDER, FIRST)).isEqualTo(FIRST + events);
        assertThat(seen.knownUntil(SENDER, FIRST - 1)).isEqualTo(FIRST - 1);
    }

    @Test
    void aPutThatWasSaidToHaveFailedIsNotKnown() throws Exception {
        try (DurableLog log = test.open(disk)) {
            put(log, FIRST).get();
            disks.failNth(Operation.FORCE, 1, true);
            TestPut failing = put(log, FIRST + 10);
            assertThatThrownBy(failing::get).hasCauseInstanceOf(ChannelException.class);
            disks.heal();
            await().until(() -> log.trouble() == null);
            put(log, FIRST + 20).get();
            disks.cutPower();
        }
        disks.restart();
        SeenEvents seen = seen();
        assertThat(seen.knownUntil(SENDER, FIRST)).isEqualTo(FIRST + 10);
        assertThat(seen.nextKnown(SENDER, FIRST + 10)).isEqualTo(FIRST + 20);
        assertThat(seen.knownUntil(SENDER, FIRST + 20)).isEqualTo(FIRST + 30);
    }

    @Test
    void anEventThatIsKnownIsThereAndOneThatIsNotIsNot() throws Exception {
        for (int write = 1; write < 12; write++) {
            SimulatedDisks many = new SimulatedDisks(write);
            SimulatedStorage one = many.add("one", Long.MAX_VALUE);
            TestLog fresh = new TestLog();
            try (DurableLog log = fresh.open(one)) {
                put(log, FIRST).get();
                for (int i = 1; i <= write; i++) {
                    put(log, FIRST + 10L * i);
                }
                many.cutPower(); // wherever the log is with them
            }
            many.restart();
            try (DurableLog log = new TestLog().open(one)) {
                assertThat(log.recovered().seen().knownUntil(SENDER, FIRST))
                        .as("numbers and events are found together")
                        .isEqualTo(FIRST + log.recoveredEnd());
            }
        }
    }

    private SeenEvents seen() throws IOException, LockedException {
        try (DurableLog log = new TestLog().open(disk)) {
            return log.recovered().seen();
        }
    }

    /** Ten events. */
    private static TestPut put(DurableLog log, long sequence) {
        TestPut put = new Numbered(Batches.numbered((int) sequence, 10), new Origin(SENDER, sequence));
        log.append(put);
        return put;
    }

    private static final class Numbered extends TestPut {
        private final Origin origin;

        Numbered(EventBatch batch, Origin origin) {
            super(batch);
            this.origin = origin;
        }

        @Override
        public Origin origin() {
            return origin;
        }
    }
}
