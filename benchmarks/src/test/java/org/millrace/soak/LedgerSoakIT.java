package org.millrace.soak;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToIntFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Short runs of {@code scripts/soak-ha} and {@code scripts/soak-tiers}. */
class LedgerSoakIT {
    private static final int PASSED = 0;

    @Test
    void aPairOfCollectorsLosesNothingThoughTheActiveOneIsKilled(@TempDir Path dir) {
        run(SoakHa::execute, dir);
    }

    @Test
    void loadBalancingLosesNothingThoughACollectorIsKilled(@TempDir Path dir) {
        run(SoakHa::execute, dir, "--balance");
    }

    @Test
    void aLoadBalancingGroupLosesNothingThoughACollectorIsKilled(@TempDir Path dir) {
        run(SoakHa::execute, dir, "--edge", "--balance");
    }

    @Test
    void threeTiersLoseAndRepeatNothingThoughTheMiddleOneIsKilled(@TempDir Path dir) {
        run(SoakTiers::execute, dir);
    }

    private static void run(ToIntFunction<String[]> soak, Path dir, String... more) {
        List<String> options = new ArrayList<>(
                List.of("--seed", "1", "--seconds", "5", "--seconds-between", "2", "--dir", dir.toString()));
        options.addAll(List.of(more));
        assertThat(soak.applyAsInt(options.toArray(new String[0]))).isEqualTo(PASSED);
    }
}
