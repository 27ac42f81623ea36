package org.millrace.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.EncodableHistogram;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramLogReader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HdrLogTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final Instant START = Instant.ofEpochMilli(1_700_000_000_000L);

    @TempDir
    Path dir;

    @Test
    void theLibrarysReaderFindsEachMeasuredSecondWithItsLatenciesAndOurOwnDelaysApart() throws Exception {
        Path file = dir.resolve("run.hlog");
        Figures first = figures(1_000_000, 2_000_000);
        Figures second = figures(5_000_000);
        try (HdrLog log = HdrLog.create(file, () -> START)) {
            log.second(new LoadListener.Second(SECOND, SECOND, false, 0, figures(9_000_000_000L)));
            log.second(new LoadListener.Second(2 * SECOND, SECOND, true, 0, first));
            log.second(new LoadListener.Second(3 * SECOND, SECOND, true, 0, second));
        }
        List<Histogram> latencies = new ArrayList<>();
        List<Histogram> ownDelays = new ArrayList<>();
        try (HistogramLogReader reader = new HistogramLogReader(file.toFile())) {
            for (EncodableHistogram next = reader.nextIntervalHistogram();
                    next != null;
                    next = reader.nextIntervalHistogram()) {
                (HdrLog.OWN_DELAY.equals(next.getTag()) ? ownDelays : latencies).add((Histogram) next);
            }
        }
        assertThat(latencies).containsExactly(first.latencyNanos, second.latencyNanos);
        assertThat(latencies.get(0).getTag()).isNull();
        assertThat(latencies.get(0).getStartTimeStamp())
                .isEqualTo(START.plusSeconds(1).toEpochMilli());
        assertThat(latencies.get(1).getEndTimeStamp())
                .isEqualTo(START.plusSeconds(3).toEpochMilli());
        assertThat(ownDelays).containsExactly(first.ownDelayNanos, second.ownDelayNanos);
    }

    @Test
    void aFileThatCannotBeMadeIsNamed() {
        Path file = dir.resolve("missing").resolve("run.hlog");
        assertThatThrownBy(() -> HdrLog.create(file, () -> START))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(file.toString());
    }

    private static Figures figures(long... latencies) {
        Figures figures = new Figures();
        for (long latency : latencies) {
            figures.latencyNanos.recordValue(latency);
        }
        figures.ownDelayNanos.recordValue(1234);
        return figures;
    }
}
