package org.millrace.hdfs;

import static org.assertj.core.api.Assertions.assertThat;

import com.codahale.metrics.MetricRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.api.Sink;
import org.millrace.api.SinkContext;
import org.millrace.api.SinkMetrics;
import org.millrace.api.StartException;
import org.millrace.testkit.FakeClock;
import org.millrace.testkit.RecordedProblems;

/** A sink that does not come to its start leaves nothing behind, also where it is an Error that keeps it from it. */
class SinkStartTest {
    @TempDir
    private Path directory;

    private final CrashableChannel channel = new CrashableChannel(false);
    private final int openBefore = FaultyFileSystem.open();

    @AfterEach
    void end() {
        channel.close();
    }

    @Test
    void anErrorAtAnyLookAtTheClockLeavesNothingBehind() throws Exception {
        int looks = 0;
        while (!startsWithAnErrorAfter(looks)) {
            assertAllIsGivenBack();
            looks++;
        }
        assertThat(looks).as("while it is opened, and once it is open").isGreaterThanOrEqualTo(2);
        assertAllIsGivenBack();
    }

    /** @return whether it has started, since it looked at the clock less often */
    private boolean startsWithAnErrorAfter(int looks) throws StartException {
        AtomicInteger left = new AtomicInteger(looks);
        InstantSource clock = new FakeClock();
        Sink sink = sink(() -> {
            if (left.getAndDecrement() == 0) {
                throw new NoClassDefFoundError("injected");
            }
            return clock.instant();
        });
        try {
            sink.start();
        } catch (NoClassDefFoundError e) {
            return false;
        }
        left.set(-1);
        sink.close();
        return true;
    }

    private Sink sink(InstantSource clock) {
        RecordedProblems problems = new RecordedProblems();
        SinkContext context = new SinkContext("a1", "k1", channel, new SinkMetrics("k1", new MetricRegistry()), clock);
        Sink sink = new HdfsSinkFactory()
                .create(
                        context,
                        problems.settings(Map.of(
                                "hdfs.path",
                                "fault://" + directory.resolve("files"),
                                "hdfs.fileType",
                                "DataStream",
                                "hdfs.manifestDirectory",
                                directory.resolve("record").toString(),
                                "deadLetter.directory",
                                directory.resolve("dead").toString(),
                                "serializer",
                                "org.apache.flume.sink.hdfs.AvroEventSerializer$Builder")));
        assertThat(problems.problems()).isEmpty();
        return sink;
    }

    private void assertAllIsGivenBack() throws IOException {
        assertThat(FaultyFileSystem.open()).isEqualTo(openBefore);
        LocalRecord.open(directory.resolve("record"), "a1", "k1").close(); // it is not locked
    }
}
