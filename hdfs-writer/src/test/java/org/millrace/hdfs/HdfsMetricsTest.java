package org.millrace.hdfs;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.testkit.Batches;

class HdfsMetricsTest {
    @TempDir
    private Path directory;

    @Test
    void whatIsOpenSinceWhenAndHowMuchOfItIsShown() throws Exception {
        try (SinkUnderTest sut = SinkUnderTest.started(directory.toUri() + "/%{b}", "hdfs.idleTimeout", "60")) {
            assertOpen(sut, 0, 0, 0, 0);
            assertThat(sut.gauge("oldestOpenFile")).isEqualTo("");

            sut.put(Batches.of(Map.of("b", "first"), "12345")).drainAll();
            sut.clock.advance(Duration.ofSeconds(5));
            sut.put(Batches.of(Map.of("b", "second"), "123"))
                    .put(Batches.of(Map.of("b", "first"), "12"))
                    .drainAll();
            assertOpen(sut, 2, 3, 13, 5000); // with three line ends
            assertThat((String) sut.gauge("oldestOpenFile")).endsWith("/first/FlumeData.1700000000001.tmp");

            sut.clock.advance(Duration.ofSeconds(30));
            sut.put(Batches.of(Map.of("b", "second"), "1")).drainAll();
            sut.clock.advance(Duration.ofSeconds(30));
            sut.sink.drain();
            assertOpen(sut, 1, 2, 6, 60_000);
            assertThat((String) sut.gauge("oldestOpenFile")).contains("/second/");
            assertThat(sut.gauge("hangingCalls")).isEqualTo(0);

            sut.sink.close();
            assertOpen(sut, 0, 0, 0, 0);
        }
    }

    private static void assertOpen(SinkUnderTest sut, int files, long events, long bytes, long oldestMillis) {
        assertThat(sut.gauge("openFiles")).isEqualTo(files);
        assertThat(sut.gauge("openFileEvents")).isEqualTo(events);
        assertThat(sut.gauge("openFileBytes")).isEqualTo(bytes);
        assertThat(sut.gauge("oldestOpenFileMillis")).isEqualTo(oldestMillis);
    }
}
