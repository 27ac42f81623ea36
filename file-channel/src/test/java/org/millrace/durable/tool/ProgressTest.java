package org.millrace.durable.tool;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.millrace.testkit.FakeClock;

class ProgressTest {
    private final FakeClock clock = new FakeClock();
    private final StringWriter err = new StringWriter();

    @Test
    void itTellsHowFarHowFastAndHowLong() {
        Progress progress = new Progress("read", 10 << 20, new PrintWriter(err), true, clock);
        clock.advance(Duration.ofSeconds(1));
        progress.at(2 << 20);
        assertThat(err.toString()).isEqualTo("\rread 2.0 MiB of 10.0 MiB, 2.0 MiB/s, 4 s left");
    }

    @Test
    void itDoesNotFlickerAndLeavesNothingBehind() {
        Progress progress = new Progress("read", 10, new PrintWriter(err), true, clock);
        progress.at(1);
        assertThat(err.toString()).isEmpty();
        clock.advance(Duration.ofSeconds(1));
        progress.at(10);
        String line = err.toString();
        progress.end();
        assertThat(err.toString()).isEqualTo(line + "\r" + " ".repeat(line.length() - 1) + "\r");
    }

    @Test
    void aFileGetsNone() {
        Progress progress = new Progress("read", 10, new PrintWriter(err), false, clock);
        clock.advance(Duration.ofSeconds(1));
        progress.at(10);
        progress.end();
        assertThat(err.toString()).isEmpty();
    }
}
