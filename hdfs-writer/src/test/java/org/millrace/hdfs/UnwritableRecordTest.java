package org.millrace.hdfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.codahale.metrics.MetricRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.api.DeliveryException;
import org.millrace.api.Destinations;
import org.millrace.api.Sink;
import org.millrace.api.SinkContext;
import org.millrace.api.SinkMetrics;
import org.millrace.hdfs.FaultyFileSystem.Fault;
import org.millrace.hdfs.FaultyFileSystem.Op;
import org.millrace.testkit.Batches;
import org.millrace.testkit.FakeClock;
import org.millrace.testkit.RecordedProblems;

/**
 * The agent's disk takes no note of which files are open: that is the trouble of the sink, whose group goes on with another one; not of
 * the channel, for which a group blames no sink.
 */
class UnwritableRecordTest {
    /** A file on a disk that is full. */
    private static final Path FULL = Path.of("/dev/full");

    @TempDir
    private Path directory;

    private final CrashableChannel channel = new CrashableChannel(false);
    private final SinkMetrics metrics = new SinkMetrics("k1", new MetricRegistry());
    private final RecordedProblems problems = new RecordedProblems();
    private final Hang hang = new Hang();
    private @Nullable Sink sink;

    @BeforeEach
    void aSystemWithSuchAFile() {
        assumeTrue(Files.isWritable(FULL));
    }

    @AfterEach
    void end() {
        FaultyFileSystem.fault = Fault.NONE;
        hang.end();
        if (sink != null) {
            sink.close();
        }
        channel.close();
    }

    @Test
    void aTurnFailsForTheSink() throws Exception {
        Path record = record();
        Files.createSymbolicLink(record.resolve("k1.1"), FULL);
        Sink started = started();
        channel.put(0, Batches.of(Map.of("b", "good"), "1"));

        assertIsTheSinksOwn(catchThrowable(started::drain));
        assertThat(channel.isEmpty()).isFalse();
        started.close();
        assertThat(new Tree(files()).names()).isEmpty();
    }

    @Test
    void soDoesTheEndOfItsTurns() throws Exception {
        Path record = record();
        try (LocalRecord older = LocalRecord.open(record.getParent(), "a1", "k1")) {
            older.write(ManifestCodec.encode(List.of()), true);
        }
        Files.move(record.resolve("k1.1"), record.resolve("k1.0"), StandardCopyOption.REPLACE_EXISTING);
        Files.createSymbolicLink(record.resolve("k1.1"), FULL); // the next note, of a name, goes to the other one
        FaultyFileSystem.fault = hang.once(Op.FLUSH, "bad");
        Sink started = started();
        channel.put(0, Batches.of(Map.of("b", "bad"), "1"));
        started.drain();
        hang.end();

        assertIsTheSinksOwn(catchThrowable(started::settle));
        assertThat(channel.isEmpty()).isFalse();
        started.close();
        assertThat(channel.committed()).isEmpty();
    }

    private void assertIsTheSinksOwn(Throwable failure) {
        assertThat(failure)
                .isInstanceOf(DeliveryException.class)
                .hasMessageStartingWith("sink k1: which files are open cannot be noted in")
                .hasCauseInstanceOf(ManifestException.class);
        assertThat(metrics.channelReadFails.getCount()).isZero();
    }

    private Path files() {
        return directory.resolve("files");
    }

    /** Where the two files are that notes go to in turn, the first one to {@code k1.1}. */
    private Path record() throws IOException {
        return Files.createDirectories(directory.resolve("record/a1"));
    }

    private Sink started() throws Exception {
        Files.createDirectory(files());
        Map<String, String> keys = Map.of(
                "hdfs.path", "fault://" + files(),
                "hdfs.filePrefix", "%{b}",
                "hdfs.fileType", "DataStream",
                "hdfs.rollInterval", "0",
                "hdfs.rollSize", "0",
                "hdfs.rollCount", "0",
                "hdfs.heldEvents", "10",
                "hdfs.manifestDirectory", directory.resolve("record").toString());
        SinkContext context = new SinkContext("a1", "k1", channel, metrics, new FakeClock(), Destinations.NONE, true);
        Sink created = new HdfsSinkFactory().create(context, problems.settings(keys));
        assertThat(problems.problems()).isEmpty();
        sink = created;
        created.start();
        return created;
    }
}
