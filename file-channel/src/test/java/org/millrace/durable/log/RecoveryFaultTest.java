package org.millrace.durable.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.millrace.durable.storage.SimulatedDisks.Operation;
import org.millrace.durable.storage.SimulatedStorage;

/** Recovery on a disk that fails. It may fail too; but what the disk still has must be there the next time. */
final class RecoveryFaultTest {
    private static final int MOST_OPERATIONS = 60;

    @ParameterizedTest
    @EnumSource(Operation.class)
    void anOperationThatFailsOnceCostsNothing(Operation operation) throws IOException {
        int failures = 0;
        for (int n = 1; n <= MOST_OPERATIONS; n++) {
            failures += recoverWithFailure(operation, n, false);
        }
        assertThat(failures).as("starts that failed").isLessThan(MOST_OPERATIONS / 4);
    }

    @ParameterizedTest
    @EnumSource(Operation.class)
    void aDiskThatDiesOnTheWayCostsNothing(Operation operation) throws IOException {
        for (int n = 1; n <= MOST_OPERATIONS; n++) {
            recoverWithFailure(operation, n, true);
        }
    }

    /** Recovers once with the failure, and once without; gives 1 if the first time it did not succeed. */
    private static int recoverWithFailure(Operation operation, int n, boolean forEver) throws IOException {
        SimulatedStorage storage = SimulatedStorage.withSeed(n);
        LogImage image = new LogImage(storage);
        image.roll(5);
        image.roll(6);
        image.put(7);
        image.commit(0, 5); // the first segment is done
        image.put(3).cut(20); // torn
        storage.createZeroed("slot-0003.seg", 8192).close(); // of another size
        int failed = 0;

        storage.failNth(operation, n, forEver);
        try {
            assertThat(Logs.recover(storage).endSequence())
                    .as("%s %d", operation, n)
                    .isEqualTo(18);
        } catch (IOException e) {
            failed = 1;
        }
        storage.disks().heal();

        Recovered log = Logs.recover(storage);
        assertThat(log.lostEvents()).as("%s %d", operation, n).isZero();
        assertThat(Logs.read(log)).as("%s %d", operation, n).isIn("0-17", "5-17");
        assertThat(log.state().watermark(LogImage.READER)).isEqualTo(5);
        return failed;
    }
}
