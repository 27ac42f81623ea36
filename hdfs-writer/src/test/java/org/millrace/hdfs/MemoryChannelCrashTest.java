package org.millrace.hdfs;

import static org.assertj.core.api.Assertions.assertThat;

import com.codahale.metrics.MetricRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.millrace.api.DeliveryException;
import org.millrace.api.Sink;
import org.millrace.api.SinkContext;
import org.millrace.api.SinkMetrics;
import org.millrace.api.StartException;
import org.millrace.hdfs.FaultyFileSystem.Fault;
import org.millrace.hdfs.FaultyFileSystem.Op;
import org.millrace.testkit.Batches;
import org.millrace.testkit.FakeClock;
import org.millrace.testkit.LogLines;
import org.millrace.testkit.RecordedProblems;

/** A sink on a channel that ends with its agent, which is killed: what was committed stands in finished files, and no other file is left. */
class MemoryChannelCrashTest {
    private static final int EVENTS = 30;

    @TempDir
    private Path directory;

    private final FakeClock clock = new FakeClock();
    private final RecordedProblems problems = new RecordedProblems();
    private CrashableChannel channel = new CrashableChannel(false);
    private List<String> committedBefore = List.of();

    @AfterEach
    void end() {
        FaultyFileSystem.fault = Fault.NONE;
        channel.close();
    }

    /** The agent is killed at a call of its own: what it notes after that is noted by nobody. */
    private final class Kill implements Fault {
        private final int atCall;
        private final boolean answerLost;
        private final Path record;
        private final Path recordThen;
        private final AtomicInteger calls = new AtomicInteger();

        Kill(int atCall, boolean answerLost, Path record, Path recordThen) {
            this.atCall = atCall;
            this.answerLost = answerLost;
            this.record = record;
            this.recordThen = recordThen;
        }

        @Override
        public boolean before(Op op, org.apache.hadoop.fs.Path path) throws IOException {
            int call = calls.incrementAndGet();
            if (call > atCall || (call == atCall && !answerLost)) {
                die();
            }
            return true;
        }

        @Override
        public void after(Op op, org.apache.hadoop.fs.Path path) throws IOException {
            if (isOver()) {
                die();
            }
        }

        private void die() throws IOException {
            channel.crash();
            if (Files.notExists(recordThen)) {
                copy(record, recordThen);
            }
            throw new IOException("killed");
        }

        boolean isOver() {
            return calls.get() >= atCall;
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> all = Files.walk(from)) {
            all.sorted().forEach(path -> {
                try {
                    Files.copy(path, to.resolve(from.relativize(path).toString()));
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void wheneverAnAgentIsKilledTheNextOneFinishesItsFiles(boolean answerLost) throws Exception {
        boolean killed = true;
        for (int atCall = 1; killed; atCall++) {
            Path files = Files.createDirectories(directory.resolve("files-" + atCall));
            Path record = directory.resolve("record-" + atCall);
            Path recordThen = directory.resolve("record-then-" + atCall);
            fill();
            Kill kill = new Kill(atCall, answerLost, record, recordThen);
            live(files, record, kill);
            killed = kill.isOver();
            List<String> committed = committed();
            channel.close();
            channel = new CrashableChannel(false);
            live(files, killed ? recordThen : record, Fault.NONE);

            Tree tree = new Tree(files);
            assertThat(tree.inUse()).as("killed at call " + atCall).isEmpty();
            assertThat(tree.lines())
                    .as("killed at call " + atCall)
                    .containsAll(committed)
                    .doesNotHaveDuplicates()
                    .allMatch(line -> line.matches("event \\d+"));
        }
    }

    @Test
    void filesOfAnAgentWithTheSameNamesAndADirectoryOfItsOwnAreLeftAlone() throws Exception {
        Path files = Files.createDirectories(directory.resolve("files"));
        fill();
        Sink theirs = sink(files, directory.resolve("theirs"));
        theirs.start();
        theirs.drain();
        List<String> open = new Tree(files).inUse();
        assertThat(open).isNotEmpty();

        live(files, directory.resolve("ours"), Fault.NONE);
        assertThat(new Tree(files).inUse()).containsAll(open);
        theirs.close();
        assertThat(new Tree(files).inUse()).isEmpty();
    }

    @Test
    void twoAgentsOfTheSameNamesDoNotShareADirectory() throws Exception {
        Sink first = sink(directory.resolve("files"), directory.resolve("record"));
        first.start();
        Sink second = sink(directory.resolve("files"), directory.resolve("record"));
        assertThat(org.assertj.core.api.Assertions.catchThrowable(second::start))
                .isInstanceOf(StartException.class)
                .hasMessageContaining("hdfs.manifestDirectory")
                .hasMessageContaining("in use by another agent");
        first.close();
    }

    @Test
    void afterALossOfPowerNothingIsCutOffThatMayBeMoreThanWasNoted() throws Exception {
        Path files = Files.createDirectories(directory.resolve("files"));
        Path older = losePower(files, 1);
        live(files, older, Fault.NONE);

        assertOnlyB1IsLeftWithAllItsLines(files);
    }

    /** What an agent notes that could not look at a file says no more of it than was known before. */
    @Test
    void norIsItByTheAgentAfterOneThatDidNotGetToIt() throws Exception {
        Path files = Files.createDirectories(directory.resolve("files"));
        Path older = losePower(files, 1);
        for (int lives = 0; lives < 2; lives++) {
            live(files, older, (op, path) -> {
                if (op == Op.STATUS && path.getName().endsWith(".tmp")) {
                    throw new IOException("the name node is away");
                }
                return true;
            });
        }
        live(files, older, Fault.NONE);

        assertOnlyB1IsLeftWithAllItsLines(files);
    }

    @Test
    void norIsAFileWhoseOpeningAloneWasNoted() throws Exception {
        Path files = Files.createDirectories(directory.resolve("files"));
        Path older = losePower(files, Integer.MAX_VALUE);
        live(files, older, (op, path) -> {
            throw new IOException("the name node is away");
        });
        live(files, older, Fault.NONE);

        assertOnlyB1IsLeftWithAllItsLines(files);
    }

    @Test
    void afterALossOfPowerAnEmptyFileThatHeldEventsIsNotCalledOneWithoutAny() throws Exception {
        Path files = Files.createDirectories(directory.resolve("files"));
        Path older = losePower(files, 0);
        for (String name : new Tree(files).inUse()) {
            Files.write(files.resolve(name), new byte[0]);
        }
        try (LogLines log = LogLines.of(UnfinishedFile.class)) {
            live(files, older, Fault.NONE);
            assertThat(log.errors()).isNotEmpty().allMatch(line -> line.contains("has 0 bytes where"));
        }
        assertThat(new Tree(files).inUse()).isNotEmpty();
    }

    /**
     * A sink has files open when the power goes, and with it the last notes.
     *
     * @param unnoted so many bytes of the file of b1, at most
     * @return where the note is
     */
    private Path losePower(Path files, int unnoted) throws Exception {
        Path record = directory.resolve("record");
        Path older = directory.resolve("older");
        fill();
        Sink sink = sink(files, record);
        sink.start();
        sink.drain();
        try (LocalRecord now = LocalRecord.open(copyOf(record, directory.resolve("now")), "a1", "k1");
                LocalRecord then = LocalRecord.open(older, "a1", "k1", "another boot")) {
            byte[] state = now.found();
            assertThat(state).isNotNull();
            then.write(
                    ManifestCodec.encode(ManifestCodec.decode(state).stream()
                            .map(entry -> entry.prefix().equals("b1") ? older(entry, unnoted) : entry)
                            .toList()),
                    true);
        }
        FaultyFileSystem.fault = (op, path) -> {
            throw new IOException("power is off");
        };
        sink.close();
        committedBefore = committed();
        channel.close();
        channel = new CrashableChannel(false);
        return older;
    }

    private static FileEntry older(FileEntry entry, int unnoted) {
        if (entry.state() == FileEntry.State.FINISHING) {
            return entry; // forced
        }
        return unnoted >= entry.bytes()
                ? FileEntry.opening(entry.naming(), entry.directory(), entry.prefix(), entry.counter())
                : entry.open(entry.bytes() - unnoted);
    }

    private List<String> committed() {
        return channel.committed().stream().map(number -> "event " + number).toList();
    }

    private void assertOnlyB1IsLeftWithAllItsLines(Path files) {
        Tree tree = new Tree(files);
        assertThat(tree.inUse()).singleElement().asString().startsWith("b1.");
        assertThat(tree.lines()).containsAll(committedBefore);
    }

    private static Path copyOf(Path from, Path to) throws IOException {
        copy(from, to);
        return to;
    }

    private void fill() {
        channel.close();
        channel = new CrashableChannel(false);
        for (int i = 0; i < EVENTS; i++) {
            channel.put(i, Batches.of(Map.of("b", "b" + i % 3), "event " + i));
        }
    }

    private void live(Path files, Path record, Fault fault) throws Exception {
        FaultyFileSystem.fault = fault;
        Sink sink = sink(files, record);
        sink.start();
        int idle = 0;
        for (int turn = 0; turn < 100 && idle < 3 && !(fault instanceof Kill kill && kill.isOver()); turn++) {
            clock.advance(Duration.ofSeconds(1));
            try {
                idle = sink.drain() == Sink.Drain.IDLE ? idle + 1 : 0;
            } catch (DeliveryException e) {
                idle = 0;
            }
        }
        sink.close();
        clock.advance(Duration.ofSeconds(1));
    }

    private Sink sink(Path files, Path record) {
        Map<String, String> keys = new HashMap<>(Map.of(
                "hdfs.path", "fault://" + files,
                "hdfs.filePrefix", "%{b}",
                "hdfs.fileType", "DataStream",
                "hdfs.rollInterval", "0",
                "hdfs.rollSize", "0",
                "hdfs.rollCount", "7",
                "hdfs.batchSize", "10",
                "hdfs.threadsPoolSize", "1",
                "hdfs.maxOpenFiles", "2",
                "hdfs.manifestDirectory", record.toString()));
        Sink sink = new HdfsSinkFactory()
                .create(
                        new SinkContext("a1", "k1", channel, new SinkMetrics("k1", new MetricRegistry()), clock),
                        problems.settings(keys));
        assertThat(problems.problems()).isEmpty();
        return sink;
    }
}
