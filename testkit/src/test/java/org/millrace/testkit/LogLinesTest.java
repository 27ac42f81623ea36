package org.millrace.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;
import org.junit.jupiter.api.Test;

class LogLinesTest {
    private static final Logger log = LogManager.getLogger(LogLinesTest.class);

    @Test
    void linesAreKeptFromInfoOnUntilItIsClosedAndThenTheLevelIsWhatItWas() {
        Level before = log.getLevel();
        LogLines lines = LogLines.of(LogLinesTest.class, LogLines.class);
        log.debug("not this");
        log.info("this");
        log.error("and {}", "that");
        lines.close();
        log.error("nor this, which stands in the log alone");

        assertThat(lines.lines()).containsExactly("INFO this", "ERROR and that");
        assertThat(lines.errors()).containsExactly("ERROR and that");
        assertThat(log.getLevel()).isEqualTo(before);
    }
}
