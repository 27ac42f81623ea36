package org.millrace.hdfs;

import static org.assertj.core.api.Assertions.assertThat;

import com.codahale.metrics.MetricRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.apache.hadoop.hdfs.protocol.AlreadyBeingCreatedException;
import org.apache.hadoop.ipc.RemoteException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.millrace.api.DeliveryException;
import org.millrace.api.Settings;
import org.millrace.api.Sink;
import org.millrace.api.SinkContext;
import org.millrace.api.SinkMetrics;
import org.millrace.api.StartException;
import org.millrace.codec.EventBatch;
import org.millrace.hdfs.FaultyFileSystem.Fault;
import org.millrace.hdfs.FaultyFileSystem.Op;
import org.millrace.testkit.Batches;
import org.millrace.testkit.FakeClock;
import org.millrace.testkit.LogLines;
import org.millrace.testkit.RecordedProblems;

/** A sink whose agent crashes at any of its calls, or whose calls fail: each event stands in complete files once, and no other file is left. */
class HdfsSinkCrashTest {
    /** No call hangs here: one that a busy machine holds up is no such call, and the turns of a life are numbered. */
    private static final Callers PATIENT = new Callers(Thread::new, Duration.ofMinutes(1));

    private static final int EVENTS = 30;
    /** For a life in which too many calls fail. */
    private static final int MOST_TURNS = 100;

    @TempDir
    private Path directory;

    private final FakeClock clock = new FakeClock();
    private final Map<Integer, EventBatch> events = new TreeMap<>();
    private final RecordedProblems problems = new RecordedProblems();
    private CrashableChannel channel = new CrashableChannel();

    @AfterEach
    void end() {
        FaultyFileSystem.fault = Fault.NONE;
        channel.close();
        events.values().forEach(EventBatch::release);
    }

    /** What befalls the calls of one agent, counted from its start. */
    private final class Fate implements Fault {
        private final int crashAt;
        private final boolean answersLost;
        private final int failEvery;
        private final AtomicInteger calls = new AtomicInteger();

        /**
         * @param crashAt the number of its last call
         * @param answersLost whether that, and those that fail, are carried out all the same
         * @param failEvery 0: none fails
         */
        Fate(int crashAt, boolean answersLost, int failEvery) {
            this.crashAt = crashAt;
            this.answersLost = answersLost;
            this.failEvery = failEvery;
        }

        @Override
        public boolean before(Op op, org.apache.hadoop.fs.Path path) throws IOException {
            int call = calls.incrementAndGet();
            if (call > crashAt || (call == crashAt && !answersLost)) {
                crash();
            }
            if (fails(call) && !answersLost) {
                throw new IOException("injected: " + op);
            }
            return true;
        }

        @Override
        public void after(Op op, org.apache.hadoop.fs.Path path) throws IOException {
            int call = calls.get();
            if (call >= crashAt) {
                crash();
            }
            if (fails(call) && answersLost) {
                throw new IOException("injected: the answer to " + op);
            }
        }

        private boolean fails(int call) {
            return failEvery > 0 && call % failEvery == 0;
        }

        private void crash() throws IOException {
            channel.crash();
            throw new IOException("crashed");
        }

        boolean isOver() {
            return calls.get() >= crashAt;
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void wheneverAnAgentCrashesTheNextOneFinishesItsFiles(boolean answersLost) throws Exception {
        boolean crashed = true;
        for (int crashAt = 1; crashed; crashAt++) {
            Path own = Files.createDirectory(directory.resolve(Integer.toString(crashAt)));
            fill();
            Fate fate = new Fate(crashAt, answersLost, 0);
            Map<String, String> keys = Map.of("hdfs.rollCount", "7", "hdfs.batchSize", "10", "hdfs.maxOpenFiles", "2");
            live(own, keys, fate, new Random(crashAt));
            crashed = fate.isOver();
            live(own, keys, Fault.NONE, new Random(crashAt));
            assertThat(channel.isEmpty()).isTrue();
            assertOnce(own, "crash at call " + crashAt);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 5, 7, 11})
    void whenEveryNthCallFailsAllArriveOnce(int failEvery) throws Exception {
        for (boolean answersLost : new boolean[] {false, true}) {
            Path own = Files.createDirectory(directory.resolve(Boolean.toString(answersLost)));
            fill();
            Map<String, String> keys = Map.of("hdfs.rollCount", "7", "hdfs.batchSize", "10", "hdfs.retryInterval", "1");
            live(own, keys, new Fate(Integer.MAX_VALUE, answersLost, failEvery), new Random(1));
            live(own, keys, Fault.NONE, new Random(1));
            assertOnce(own, "every call " + failEvery + " fails");
        }
    }

    @ParameterizedTest
    @EnumSource(Op.class)
    void whatFailsForEverInOneLifeIsDoneInTheNext(Op failing) throws Exception {
        for (int succeedingBefore : new int[] {0, 3}) {
            Path own = Files.createDirectory(directory.resolve(Integer.toString(succeedingBefore)));
            fill();
            Map<String, String> keys = Map.of("hdfs.rollCount", "7", "hdfs.batchSize", "10", "hdfs.retryInterval", "1");
            AtomicInteger calls = new AtomicInteger();
            live(
                    own,
                    keys,
                    (op, path) -> {
                        if (op == failing && calls.incrementAndGet() > succeedingBefore) {
                            throw new IOException("injected: " + op);
                        }
                        return true;
                    },
                    new Random(1));
            live(own, keys, Fault.NONE, new Random(1));
            assertThat(channel.isEmpty()).isTrue();
            assertOnce(own, failing + " fails for ever");
        }
    }

    /** @param isOpen whether the other one is still writing, for which HDFS has another word */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aNameThatAnotherWriterTakesFirstIsLeftAlone(boolean isOpen) throws Exception {
        fill();
        Path own = Files.createDirectory(directory.resolve("shared"));
        AtomicReference<Path> theirs = new AtomicReference<>();
        live(
                own,
                Map.of(),
                (op, path) -> {
                    if (op == Op.CREATE && theirs.get() == null) {
                        theirs.set(Files.writeString(own.resolve(path.getName()), "theirs"));
                        if (isOpen) {
                            throw new RemoteException(
                                    AlreadyBeingCreatedException.class.getName(), "currently owned by somebody else");
                        }
                    }
                    return true;
                },
                new Random(1));
        live(own, Map.of(), Fault.NONE, new Random(1));

        assertThat(theirs.get()).hasContent("theirs");
        Files.delete(theirs.get());
        assertOnce(own, "another writer");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void manyLivesWithCrashesAndFailuresEndWell(int seed) throws Exception {
        Random random = new Random(seed);
        Path own = Files.createDirectory(directory.resolve("lives"));
        fill();
        for (int lives = 0; lives < 6; lives++) {
            Fate fate = new Fate(1 + random.nextInt(120), random.nextBoolean(), random.nextInt(20));
            live(own, randomKeys(random), fate, random);
        }
        live(own, randomKeys(random), Fault.NONE, random);
        assertThat(channel.isEmpty()).isTrue();
        assertOnce(own, "seed " + seed);
    }

    @ParameterizedTest
    @ValueSource(strings = {"true", "false"})
    void onALocalDiskTooAFileIsCutBackToTheLastCommit(String rawLocal) throws Exception {
        fill();
        Path own = Files.createDirectory(directory.resolve("local"));
        Map<String, String> keys = Map.of(
                "hdfs.path", own.toUri().toString(),
                "hdfs.rollCount", "0",
                "hdfs.batchSize", "10",
                "hdfs.flushEvents", "0",
                "hdfs.useRawLocalFileSystem", rawLocal);
        Sink killed = started(own, keys);
        killed.drain();
        channel.crash();
        for (String name : new Tree(own).inUse()) {
            Files.writeString(own.resolve(name), "event 1 is cut sho", StandardOpenOption.APPEND);
        }
        killed.close();
        channel = channel.restart(events, new Random(1));
        live(own, keys, Fault.NONE, new Random(1));

        assertThat(channel.isEmpty()).isTrue();
        assertOnce(own, "useRawLocalFileSystem = " + rawLocal);
    }

    @Test
    void whatWasNeverFlushedIsMissedOnceAndNotWaitedFor() throws Exception {
        fill();
        Path own = Files.createDirectory(directory.resolve("unflushed"));
        Map<String, String> keys = Map.of("hdfs.rollCount", "0", "hdfs.sync", "none");
        Sink killed = started(own, keys);
        killed.drain();
        channel.crash();
        killed.close();
        List<String> inUse = new Tree(own).inUse();
        assertThat(inUse).hasSize(3);
        Files.writeString(own.resolve(inUse.get(0)), "event"); // the rest was in the client's memory
        Files.delete(own.resolve(inUse.get(1))); // as where files are there once they are closed
        channel = channel.restart(events, new Random(1));
        try (LogLines log = LogLines.of(UnfinishedFile.class)) {
            live(own, keys, Fault.NONE, new Random(1));
            assertThat(log.errors())
                    .hasSize(2)
                    .allMatch(line -> line.contains("hdfs.sync = none"))
                    .anyMatch(line -> line.contains(inUse.get(0)) && line.contains("it has 5 bytes where"))
                    .anyMatch(line -> line.contains(inUse.get(1)) && line.contains("is gone"));
        }
        assertThat(new Tree(own).inUse()).containsExactly(inUse.get(0));
        assertThat(channel.isEmpty()).isTrue();
    }

    /** Readers move what is finished, long before the next commit says that it is. */
    @Test
    void aFinishedFileThatAReaderHasTakenAwayIsNotCalledLost() throws Exception {
        fill();
        Path own = Files.createDirectory(directory.resolve("taken"));
        Map<String, String> keys = Map.of("hdfs.rollCount", "0", "hdfs.rollInterval", "5");
        Sink killed = started(own, keys);
        killed.drain();
        clock.advance(Duration.ofSeconds(5));
        killed.drain();
        assertThat(new Tree(own).inUse()).isEmpty();
        for (String name : new Tree(own).names()) {
            Files.delete(own.resolve(name));
        }
        channel.crash();
        killed.close();
        channel = channel.restart(events, new Random(1));
        try (LogLines log = LogLines.of(UnfinishedFile.class)) {
            live(own, keys, Fault.NONE, new Random(1));
            assertThat(log.lines())
                    .filteredOn(line -> !line.startsWith("INFO"))
                    .hasSize(3)
                    .allMatch(line -> line.startsWith("WARN") && line.contains("neither") && line.contains("reader"));
        }
    }

    private static Map<String, String> randomKeys(Random random) {
        Map<String, String> keys = new HashMap<>();
        keys.put("hdfs.rollCount", Integer.toString(random.nextInt(9)));
        keys.put("hdfs.rollInterval", Integer.toString(random.nextInt(3)));
        keys.put("hdfs.batchSize", Integer.toString(1 + random.nextInt(20)));
        keys.put("hdfs.maxOpenFiles", Integer.toString(1 + random.nextInt(3)));
        keys.put("hdfs.retryInterval", "1");
        return keys;
    }

    private void fill() {
        channel.close();
        events.values().forEach(EventBatch::release);
        channel = new CrashableChannel();
        for (int i = 0; i < EVENTS; i++) {
            events.put(i, Batches.of(Map.of("b", "b" + i % 3), "event " + i));
            channel.put(i, events.get(i).retain());
        }
    }

    /** An agent runs until it crashes, or has nothing left to do; then the channel is as the next one finds it. */
    private void live(Path own, Map<String, String> otherKeys, Fault fault, Random random) throws Exception {
        FaultyFileSystem.fault = fault;
        Sink sink = started(own, otherKeys);
        int idle = 0;
        for (int turn = 0; turn < MOST_TURNS && idle < 3 && !(fault instanceof Fate fate && fate.isOver()); turn++) {
            clock.advance(Duration.ofSeconds(1));
            channel.failCommits(fault instanceof Fate && random.nextInt(10) == 0 ? 1 : 0);
            try {
                idle = sink.drain() == Sink.Drain.IDLE ? idle + 1 : 0;
            } catch (DeliveryException e) {
                idle = 0;
            }
        }
        sink.close();
        clock.advance(Duration.ofSeconds(1));
        channel = channel.restart(events, random);
    }

    private Sink started(Path own, Map<String, String> otherKeys) throws StartException {
        Map<String, String> keys = new HashMap<>(Map.of(
                "hdfs.path", "fault://" + own,
                "hdfs.filePrefix", "%{b}",
                "hdfs.fileType", "DataStream",
                "hdfs.rollInterval", "0",
                "hdfs.rollSize", "0",
                "hdfs.threadsPoolSize", "1"));
        keys.putAll(otherKeys);
        Settings settings = problems.settings(keys);
        Sink sink = new HdfsSinkFactory(PATIENT)
                .create(
                        new SinkContext("a1", "k1", channel, new SinkMetrics("k1", new MetricRegistry()), clock),
                        settings);
        assertThat(problems.problems()).isEmpty();
        sink.start();
        return sink;
    }

    private static void assertOnce(Path own, String what) {
        Tree tree = new Tree(own);
        assertThat(tree.inUse()).as(what).isEmpty();
        assertThat(tree.lines())
                .as(what)
                .containsExactlyInAnyOrderElementsOf(
                        IntStream.range(0, EVENTS).mapToObj(i -> "event " + i).toList());
        assertThat(List.of(own.toFile().list())).as(what).noneMatch(name -> name.startsWith("."));
    }
}
