package org.millrace.soak;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
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
    void threeTiersLoseAndRepeatNothingThoughTheMiddleOneIsKilled(@TempDir Path dir) {
        run(SoakTiers::execute, dir);
    }

    private static void run(ToIntFunction<String[]> soak, Path dir) {
        String[] options = {"--seed", "1", "--seconds", "5", "--seconds-between", "2", "--dir", dir.toString()};
        assertThat(soak.applyAsInt(options)).isEqualTo(PASSED);
    }
}
