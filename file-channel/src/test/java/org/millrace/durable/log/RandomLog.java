package org.millrace.durable.log;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.millrace.durable.storage.SimulatedDisks;
import org.millrace.durable.storage.SimulatedStorage;
import org.millrace.durable.storage.Storage;
import org.millrace.testkit.Batches;
import org.millrace.testkit.FakeClock;

/** A log on one or two simulated disks, which is driven at random, and what it has acked. */
abstract class RandomLog {
    final Random random;
    final SimulatedDisks disks;
    final List<SimulatedStorage> directories = new ArrayList<>();
    private final FakeClock clock = new FakeClock();

    /** Acked: the number of each event, by its sequence. */
    final TreeMap<Long, Integer> acked = new TreeMap<>();

    int nextNumber;
    DrivenLog driven;

    RandomLog(long seed) throws IOException {
        this.random = new Random(seed);
        this.disks = new SimulatedDisks(seed);
        for (int i = random.nextInt(2); i >= 0; i--) {
            directories.add(disks.add("disk" + i, Long.MAX_VALUE));
        }
    }

    void open(
            Durability durability,
            Duration forceInterval,
            Duration retention,
            boolean isEncrypted,
            List<String> readers)
            throws Exception {
        LogSettings settings = new LogSettings(
                "model",
                durability,
                forceInterval,
                TestLog.SEGMENT_BYTES,
                4 << 10,
                16 << 10,
                0,
                retention,
                Duration.ZERO,
                isEncrypted ? new XorCiphers() : null);
        driven = DrivenDurableLog.open(settings, List.<Storage>copyOf(directories), readers, clock);
    }

    void put(int events) {
        int number = nextNumber;
        nextNumber += events;
        driven.log().append(new TestPut(Batches.numbered(number, events)) {
            @Override
            public void durable(long firstSequence) {
                super.durable(firstSequence);
                for (int i = 0; i < events; i++) {
                    ack(firstSequence + i, number + i);
                }
            }
        });
    }

    void ack(long sequence, int number) {
        acked.put(sequence, number);
    }

    void work() {
        for (int turns = random.nextInt(6); turns > 0 && driven.work(); turns--) {
            // goes on
        }
    }

    /** Of the first reader. Gives its watermark then; 0: there is nothing to commit. */
    long commit() {
        if (acked.isEmpty()) {
            return 0;
        }
        long watermark = acked.firstKey() + 1 + random.nextInt(acked.size());
        driven.log().commit(Positions.upTo(watermark));
        return watermark;
    }
}
