package org.millrace.soak;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Short runs of {@code scripts/soak-hdfs}. */
class HdfsExactlyOnceIT {
    private static final int PASSED = 0;
    /** What stands beside a memory channel is the same for all formats: one of each type of file. */
    private static final String A_FEW = "TEXT,SEQUENCE,GZIP";

    /** In turn, in one run: three kills and two changes; more of them by {@code scripts/soak-hdfs}. */
    @Test
    void eachEventStandsInHdfsOnceThoughTheAgentIsKilledAndItsSinksAreGivenOtherDirectories(@TempDir Path dir) {
        assertThat(run(dir, "--mishaps", "KILL,RELOAD", "--blows", "5", "--check", "END"))
                .isEqualTo(PASSED);
    }

    @Test
    void withAMemoryChannelTheFilesOfAKilledAgentAreFinishedToo(@TempDir Path dir) {
        assertThat(run(dir, "--channel", "MEMORY", "--format", A_FEW, "--mishaps", "KILL", "--blows", "2"))
                .isEqualTo(PASSED);
    }

    @Test
    void withAMemoryChannelNothingIsLostWhileTheSinksAreGivenOtherDirectories(@TempDir Path dir) {
        assertThat(run(
                        dir,
                        "--channel",
                        "MEMORY",
                        "--format",
                        A_FEW,
                        "--mishaps",
                        "RELOAD",
                        "--blows",
                        "2",
                        "--check",
                        "END"))
                .isEqualTo(PASSED);
    }

    private static int run(Path dir, String... options) {
        List<String> all = new ArrayList<>(List.of(options));
        all.addAll(List.of("--seed", "1", "--seconds-between", "1", "--seconds-of", "1", "--dir", dir.toString()));
        return SoakHdfs.execute(all.toArray(new String[0]));
    }
}
