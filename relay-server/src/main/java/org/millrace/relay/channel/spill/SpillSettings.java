package org.millrace.relay.channel.spill;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import org.millrace.api.Settings;
import org.millrace.relay.channel.heap.ByteLimits;

/**
 * How much a channel holds, and when it spills.
 *
 * @param memoryEvents in memory; 0: none, all go to disk
 * @param bytes of events in memory
 * @param overflowEvents on disk; 0: none
 * @param overflowTimeout how long a put waits for room in memory before the channel spills
 * @param roomTimeout how long it waits in all before it is refused
 * @param deactivationPercent of the memory's room that must be free before puts go to memory again
 */
record SpillSettings(
        int memoryEvents,
        ByteLimits bytes,
        int overflowEvents,
        int transactionEvents,
        Duration overflowTimeout,
        Duration roomTimeout,
        int deactivationPercent) {
    static final String MEMORY_CAPACITY = "memoryCapacity";
    static final String OVERFLOW_CAPACITY = "overflowCapacity";
    static final String TRANSACTION_CAPACITY = "transactionCapacity";
    /** What a put waits for room on disk, as in the file channel. */
    private static final Duration DISK_KEEP_ALIVE = Duration.ofSeconds(3);

    boolean canSpill() {
        return overflowEvents > 0;
    }

    long capacity() {
        return (long) memoryEvents + overflowEvents;
    }

    /** @param maxHeapBytes what the JVM may use; 80 % of it is the default for bytes */
    static SpillSettings read(Settings settings, long maxHeapBytes) {
        int memory = settings.integer(MEMORY_CAPACITY, 0, Integer.MAX_VALUE)
                .about("events that fit into memory; 0: all go to disk")
                .orElse(10_000);
        int overflow = settings.integer(OVERFLOW_CAPACITY, 0, Integer.MAX_VALUE)
                .about("events that fit on disk; 0: nothing goes there")
                .orElse(100_000_000);
        if (memory == 0 && overflow == 0) {
            settings.problem(MEMORY_CAPACITY, "0 (expected: at least 1, as overflowCapacity is 0 too)");
            memory = 1;
        }
        int transaction = settings.integer(TRANSACTION_CAPACITY, 1, Integer.MAX_VALUE)
                .about("the most events in a transaction, and so in a batch")
                .orElse(Math.min(10_000, Math.max(memory, overflow)));
        if (transaction > Math.max(memory, overflow)) {
            settings.problem(
                    TRANSACTION_CAPACITY,
                    transaction + " (expected: at most memoryCapacity or overflowCapacity, "
                            + Math.max(memory, overflow) + ")");
            transaction = Math.max(memory, overflow);
        }
        Duration timeout = settings.duration("overflowTimeout", ChronoUnit.SECONDS, 0, Integer.MAX_VALUE)
                .about("how long a put waits for room in memory before it goes to disk, and those behind it")
                .orElse(Duration.ofSeconds(3));
        ByteLimits bytes = ByteLimits.read(settings, maxHeapBytes, "into memory");
        int deactivation = settings.integer("overflowDeactivationThreshold", 0, 100)
                .about("per cent of the memory that must be free before puts go there again")
                .orElse(5);
        settings.ignored("bytes are counted as they are, not in slots", "avgEventSize");
        return new SpillSettings(
                memory,
                bytes,
                overflow,
                transaction,
                timeout,
                overflow == 0 ? timeout : timeout.plus(DISK_KEEP_ALIVE),
                deactivation);
    }
}
