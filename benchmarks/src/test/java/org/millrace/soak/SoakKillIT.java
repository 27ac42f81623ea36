package org.millrace.soak;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A short run of {@code scripts/soak-kill}. */
class SoakKillIT {
    private static final int PASSED = 0;
    private static final int FOUND_WANTING = 1;

    @Test
    void aFileChannelLosesNothingWhenItsAgentIsKilled(@TempDir Path dir) {
        assertThat(run(dir, "--kills", "3")).isEqualTo(PASSED);
    }

    /** A proof that cannot fail proves nothing. */
    @Test
    void aMemoryChannelThatIsKilledIsFoundOut(@TempDir Path dir) {
        assertThat(run(dir, "--channel", "memory", "--kills", "1")).isEqualTo(FOUND_WANTING);
    }

    private static int run(Path dir, String... options) {
        List<String> all = new ArrayList<>(List.of(options));
        all.addAll(List.of("--seed", "1", "--seconds-between", "1", "--dir", dir.toString()));
        return SoakKill.execute(all.toArray(new String[0]));
    }
}
