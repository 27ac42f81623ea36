package org.millrace.soak;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A short run of {@code scripts/soak-kill}. */
class SoakKillIT {
    @Test
    void aMemoryChannelThatIsKilledIsFoundOut(@TempDir Path dir) {
        assertThat(run(dir, "--channel", "memory", "--kills", "1")).isEqualTo(1);
    }

    private static int run(Path dir, String... options) {
        String[] all = new String[options.length + 6];
        System.arraycopy(options, 0, all, 0, options.length);
        System.arraycopy(
                new String[] {"--seed", "1", "--seconds-between", "1", "--dir", dir.toString()},
                0,
                all,
                options.length,
                6);
        return SoakKill.run(all);
    }
}
