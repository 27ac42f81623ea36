package org.millrace.soak;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run of {@code scripts/soak-fulldisk} as anybody can have it: the agent's reserve says when the disk is full. */
class SoakFullDiskIT {
    @Test
    void anAgentWhoseDiskFillsRefusesGoesOnAndLosesNothing(@TempDir Path dir) {
        assertThat(SoakFullDisk.execute("--seed", "1", "--dir", dir.toString())).isZero();
    }
}
