package org.millrace.soak;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A small run of {@code scripts/soak-backlog}: more of a backlog than the agent's heap could show by chance. */
class SoakBacklogIT {
    private static final String A_TENTH_FILLS_NO_CACHE = "128";
    private static final String NO_LIMIT = "60"; // seconds to the first take: a busy machine is no failure here

    @Test
    void aBacklogSurvivesAKillShowsInNoHeapAndComesOutWhole(@TempDir Path dir) {
        assertThat(SoakBacklog.execute(
                        "--gb",
                        "0.2",
                        "--events",
                        "200000",
                        "--first-take",
                        NO_LIMIT,
                        "--heap-growth-by-backlog",
                        A_TENTH_FILLS_NO_CACHE,
                        "--dir",
                        dir.toString()))
                .isZero();
    }
}
