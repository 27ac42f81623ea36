package org.millrace.hdfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.codahale.metrics.MetricRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.api.Destinations;
import org.millrace.api.Sink;
import org.millrace.api.SinkContext;
import org.millrace.api.SinkMetrics;
import org.millrace.hdfs.FaultyFileSystem.Fault;
import org.millrace.hdfs.FaultyFileSystem.Op;
import org.millrace.testkit.Batches;
import org.millrace.testkit.FakeClock;
import org.millrace.testkit.LogLines;
import org.millrace.testkit.RecordedProblems;

/** A sink that stops gives everything back, whatever breaks meanwhile: after a reload it is to start again in the same process. */
class SinkCloseTest {
    /** A call that takes longer is one that hangs, also on a slow machine. */
    private static final Duration PATIENCE = Duration.ofSeconds(3);

    @TempDir
    private Path directory;

    private Path files;
    private Tree tree;
    private final ScarceThreads threads = ScarceThreads.plenty();
    private final CrashableChannel channel = new CrashableChannel(false);
    private final int openBefore = FaultyFileSystem.open();

    @BeforeEach
    void begin() {
        files = directory.resolve("files");
        tree = new Tree(files);
    }

    @AfterEach
    void end() {
        FaultyFileSystem.fault = Fault.NONE;
        channel.close();
    }

    private Sink started() throws Exception {
        RecordedProblems problems = new RecordedProblems();
        SinkContext context = new SinkContext(
                "a1",
                "k1",
                channel,
                new SinkMetrics("k1", new MetricRegistry()),
                new FakeClock(),
                Destinations.NONE,
                false);
        Sink sink = new HdfsSinkFactory(new Callers(threads, PATIENCE))
                .create(
                        context,
                        problems.settings(Map.of(
                                "hdfs.path", "fault://" + files,
                                "hdfs.filePrefix", "%{b}",
                                "hdfs.fileType", "DataStream",
                                "hdfs.rollInterval", "0",
                                "hdfs.rollSize", "0",
                                "hdfs.rollCount", "0",
                                "hdfs.manifestDirectory",
                                        directory.resolve("record").toString())));
        assertThat(problems.problems()).isEmpty();
        sink.start();
        return sink;
    }

    private void assertAllIsGivenBack() throws Exception {
        assertThat(FaultyFileSystem.open()).isEqualTo(openBefore);
        LocalRecord.open(directory.resolve("record"), "a1", "k1").close(); // it is not locked
    }

    private Sink withTwoFilesOpen() throws Exception {
        Sink sink = started();
        channel.put(0, Batches.of(Map.of("b", "a"), "a 0"));
        channel.put(1, Batches.of(Map.of("b", "b"), "b 0"));
        sink.drain();
        assertThat(tree.inUse()).hasSize(2);
        return sink;
    }

    @Test
    void whereThereAreNoMoreThreadsThoseThatItHasFinishItsFiles() throws Exception {
        Sink sink = withTwoFilesOpen();
        threads.leave(0);
        sink.close();

        assertThat(tree.inUse()).isEmpty();
        assertThat(tree.lines()).containsExactly("a 0", "b 0");
        assertAllIsGivenBack();
    }

    @Test
    void whereThereIsNoThreadAtAllItsFileSystemIsClosedAllTheSame() throws Exception {
        threads.leave(0);
        started().close();

        assertAllIsGivenBack();
    }

    private static void breakOneClose() {
        AtomicBoolean has = new AtomicBoolean();
        FaultyFileSystem.fault = (op, path) -> {
            if (op == Op.CLOSE && path.getName().startsWith("a") && !has.getAndSet(true)) {
                throw new OutOfMemoryError("unable to create native thread");
            }
            return true;
        };
    }

    @Test
    void anErrorInACallKeepsNoOtherFileFromBeingFinishedAndNothingFromBeingGivenBack() throws Exception {
        Sink sink = withTwoFilesOpen();
        breakOneClose();
        assertThatThrownBy(sink::close).isInstanceOf(OutOfMemoryError.class);

        assertThat(tree.inUse()).isEmpty();
        assertThat(tree.lines()).containsExactly("a 0", "b 0");
        assertAllIsGivenBack();
        sink.close();
    }

    @Test
    void anErrorInTheWriteOfHeldEventsKeepsNothingFromBeingFinishedOrGivenBack() throws Exception {
        Sink sink = withTwoFilesOpen();
        Hang hang = new Hang();
        Fault hangs = hang.once(Op.FLUSH, "a");
        FaultyFileSystem.fault = (op, path) -> {
            hangs.before(op, path);
            if (op == Op.FLUSH && path.getName().startsWith("a")) {
                throw new OutOfMemoryError("unable to create native thread");
            }
            return true;
        };
        channel.put(2, Batches.of(Map.of("b", "a"), "a 1"));
        channel.put(3, Batches.of(Map.of("b", "b"), "b 1"));
        sink.drain();
        hang.end();
        assertThatThrownBy(sink::close).isInstanceOf(OutOfMemoryError.class);

        assertThat(channel.committed()).containsExactly(0, 1, 3);
        assertThat(channel.isEmpty())
                .as("what was held back is the channel's again")
                .isFalse();
        assertThat(tree.complete()).hasSize(2);
        assertThat(tree.lines()).containsExactly("a 0", "b 0", "b 1");
        assertAllIsGivenBack();
    }

    @Test
    void whatTheChannelThrowsUnforeseenKeepsNothingFromBeingFinishedOrGivenBack() throws Exception {
        Sink sink = withTwoFilesOpen();
        FaultyFileSystem.fault = Fault.failing(Op.FLUSH.on("a"), 1);
        channel.put(2, Batches.of(Map.of("b", "a"), "a 1"));
        channel.put(3, Batches.of(Map.of("b", "b"), "b 1"));
        sink.drain();
        channel.breakBegins(1);
        assertThatThrownBy(sink::close).isInstanceOf(IllegalStateException.class);

        assertThat(channel.isEmpty())
                .as("what was held back is the channel's again")
                .isFalse();
        assertThat(tree.complete()).hasSize(2);
        assertThat(tree.lines()).containsExactly("a 0", "b 0", "b 1");
        assertAllIsGivenBack();
    }

    @Test
    void whatIsFinishedAfterAnErrorIsNotLookedForByTheNextStart() throws Exception {
        Sink sink = withTwoFilesOpen();
        breakOneClose();
        assertThatThrownBy(sink::close).isInstanceOf(OutOfMemoryError.class);
        assertThat(tree.inUse()).isEmpty();

        try (LogLines log = LogLines.of(OpenStore.class)) {
            started().close();
            assertThat(log.lines()).noneMatch(line -> line.contains("are not finished"));
        }
    }
}
