package org.millrace.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RawDiskTest {
    private static final Duration WARM_UP = Duration.ZERO;
    private static final Duration MEASURED = Duration.ofMillis(50);

    @Test
    void countsHalfOfWhatIsInFlightWithEachForceAndLeavesNothingBehind(@TempDir Path dir) throws IOException {
        try (RawDisk disk = new RawDisk(dir)) {
            LoadResult result = disk.run(new Workload(4, 2, 10, 512), WARM_UP, MEASURED);

            assertThat(result.events()).isPositive();
            assertThat(result.events()).isEqualTo(result.latencyNanos().getTotalCount() * 4 * 10);
        }
        assertThat(dir).isEmptyDirectory();
    }

    @Test
    void writesOneBatchAtATimeWhereThatIsAll(@TempDir Path dir) throws IOException {
        try (RawDisk disk = new RawDisk(dir)) {
            LoadResult result = disk.run(new Workload(1, 1, 100, 512), WARM_UP, MEASURED);

            assertThat(result.events()).isEqualTo(result.latencyNanos().getTotalCount() * 100);
        }
    }
}
