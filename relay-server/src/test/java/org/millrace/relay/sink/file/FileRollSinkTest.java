package org.millrace.relay.sink.file;

import static org.assertj.core.api.Assertions.as;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import com.codahale.metrics.MetricRegistry;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.avro.file.DataFileReader;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.millrace.api.ChannelException;
import org.millrace.api.ChannelReader;
import org.millrace.api.DeliveryException;
import org.millrace.api.Settings;
import org.millrace.api.Sink;
import org.millrace.api.SinkContext;
import org.millrace.api.SinkMetrics;
import org.millrace.api.StartException;
import org.millrace.api.Transaction;
import org.millrace.api.deadletter.DeadLetters;
import org.millrace.api.deadletter.SerializerHealth;
import org.millrace.api.part.EventSerializer;
import org.millrace.codec.EventBatch;
import org.millrace.codec.EventReader;
import org.millrace.relay.fakes.LogLines;
import org.millrace.testkit.Batches;
import org.millrace.testkit.FakeChannel;
import org.millrace.testkit.FakeClock;
import org.millrace.testkit.RecordedProblems;
import org.millrace.testkit.ReleaseCheck;

class FileRollSinkTest {
    private static final String LITERAL = "flume.avro.schema.literal";
    private static final String BODY_SERIALIZER = "org.apache.flume.sink.hdfs.AvroEventSerializer$Builder";

    @TempDir
    private Path home;

    private Path directory;
    private final FakeChannel channel = new FakeChannel("c1");
    private final FakeClock clock = new FakeClock();
    private final MetricRegistry registry = new MetricRegistry();
    private final SinkMetrics metrics = new SinkMetrics("k1", registry);
    private final SinkContext context = new SinkContext("a1", "k1", channel, metrics, clock);
    private final RecordedProblems recorded = new RecordedProblems();
    private final ReleaseCheck releases = new ReleaseCheck();
    private final FaultyDisk disk = new FaultyDisk();
    private int appends;

    @BeforeEach
    void makeDirectory() throws IOException {
        directory = Files.createDirectory(home.resolve("out"));
    }

    @AfterEach
    void everythingIsGivenBack() {
        assertThat(channel.openTransactions()).isZero();
        channel.close();
        releases.assertAllReleased();
    }

    @Test
    void bodiesStandInAFileAsLinesOnceTheTurnIsOver() throws Exception {
        try (Sink sink = started()) {
            submit(Batches.of("a", "b"), Batches.of("c"));
            assertThat(sink.drain()).isEqualTo(Sink.Drain.DELIVERED);
            assertThat(sink.drain()).isEqualTo(Sink.Drain.IDLE);

            assertThat(content()).containsExactly(Map.entry(series() + "-1", "a\nb\nc\n"));
        }
        assertThat(metrics.drainAttempts.getCount()).isEqualTo(3);
        assertThat(metrics.drainSuccesses.getCount()).isEqualTo(3);
        assertThat(metrics.connectionsCreated.getCount()).isEqualTo(1);
        assertThat(metrics.connectionsClosed.getCount()).isEqualTo(1);
    }

    @Test
    void aTurnTakesUpToABatch() throws Exception {
        try (Sink sink = started("sink.batchSize", "2")) {
            submit(Batches.of("a", "b", "c"));
            sink.drain();
            assertThat(content().values()).containsExactly("a\nb\n");
            sink.drain();
            assertThat(content().values()).containsExactly("a\nb\nc\n");
        }
        assertThat(metrics.batchesComplete.getCount()).isEqualTo(1);
        assertThat(metrics.batchesUnderflow.getCount()).isEqualTo(1);
    }

    @Test
    void eachIntervalHasAFileAlsoOneWithoutEvents() throws Exception {
        long begun = clock.millis();
        try (Sink sink = started("sink.pathManager.prefix", "log-", "sink.pathManager.extension", "txt")) {
            sink.drain();
            assertThat(sink.idleLimit()).isEqualTo(Duration.ofSeconds(30));
            submit(Batches.of("a"));
            sink.drain();
            clock.advance(Duration.ofSeconds(31));
            assertThat(sink.idleLimit()).isZero();
            sink.drain();
            assertThat(sink.idleLimit()).isEqualTo(Duration.ofSeconds(29));
            clock.advance(Duration.ofSeconds(95));
            submit(Batches.of("b"));
            sink.drain();

            assertThat(content())
                    .containsExactly(
                            Map.entry("log-" + begun + "-1.txt", "a\n"),
                            Map.entry("log-" + begun + "-2.txt", ""),
                            Map.entry("log-" + begun + "-3.txt", "b\n"));
        }
    }

    @Test
    void aPrefixDoesNotLeadOutOfTheDirectory() throws Exception {
        Files.createDirectory(directory.resolve("sub"));
        long begun = clock.millis();
        try (Sink sink = started("sink.pathManager.prefix", "//sub/log-")) {
            submit(Batches.of("a"));
            sink.drain();
            assertThat(directory.resolve("sub/log-" + begun + "-1")).hasContent("a\n");
        }
    }

    @Test
    void withoutEmptyFilesAFileBeginsWithItsFirstEvent() throws Exception {
        try (Sink sink = started("sink.emptyFiles", "false", "sink.rollInterval", "5")) {
            sink.drain();
            assertThat(content()).isEmpty();
            submit(Batches.of("a"));
            sink.drain();
            clock.advance(Duration.ofSeconds(5));
            sink.drain();
            submit(Batches.of("b"));
            sink.drain();
            assertThat(content().values()).containsExactly("a\n", "b\n");
        }
    }

    @ParameterizedTest
    @CsvSource({"0", "-1"})
    void anIntervalOfNothingMeansOneFile(String interval) throws Exception {
        try (Sink sink = started("sink.rollInterval", interval)) {
            for (String body : List.of("a", "b")) {
                submit(Batches.of(body));
                sink.drain();
                clock.advance(Duration.ofDays(1));
            }
            assertThat(sink.idleLimit()).isEqualTo(Duration.ofMinutes(1));
            assertThat(content().values()).containsExactly("a\nb\n");
        }
    }

    @Test
    void byRollTimeTheNumberBeginsAgainWithEachSecond() throws Exception {
        String time = DateTimeFormatter.ofPattern("yyyyMMddHHmmss")
                .format(clock.instant().atZone(ZoneId.systemDefault()));
        Files.writeString(directory.resolve("p" + time + "-1"), "somebody else's");
        try (Sink sink =
                started("sink.pathManager", "ROLLTIME", "sink.pathManager.prefix", "p", "sink.rollInterval", "10")) {
            submit(Batches.of("a"));
            sink.drain();
            clock.advance(Duration.ofSeconds(10));
            submit(Batches.of("b"));
            sink.drain();
        }
        String later = DateTimeFormatter.ofPattern("yyyyMMddHHmmss")
                .format(clock.instant().atZone(ZoneId.systemDefault()));
        assertThat(content())
                .containsExactly(
                        Map.entry("p" + time + "-1", "somebody else's"),
                        Map.entry("p" + time + "-2", "a\n"),
                        Map.entry("p" + later + "-1", "b\n"));
    }

    @Test
    void nothingIsWrittenOverAFileThatIsThere() throws Exception {
        Files.writeString(directory.resolve(series() + "-1"), "somebody else's");
        try (Sink sink = started()) {
            submit(Batches.of("a"));
            sink.drain();
        }
        assertThat(content())
                .containsExactly(Map.entry(series() + "-1", "somebody else's"), Map.entry(series() + "-2", "a\n"));
    }

    @Test
    void aWriteThatFailsLeavesNoHalfBatchInTheFile() throws Exception {
        try (Sink sink = started()) {
            submit(Batches.of("first"));
            sink.drain();
            disk.failing = FaultyDisk.Op.WRITE;
            submit(Batches.of("second", "third"));
            assertThatThrownBy(sink::drain)
                    .isInstanceOf(DeliveryException.class)
                    .hasMessageContaining("cannot write to " + directory)
                    .hasRootCauseMessage("No space left on device (WRITE)");
            assertThat(content().values()).containsExactly("first\n");
            disk.failing = FaultyDisk.Op.NONE;
            sink.drain();

            assertThat(content().values()).containsExactly("first\nsecond\nthird\n");
        }
        assertThat(metrics.eventWriteFails.getCount()).isEqualTo(1);
    }

    @Test
    void anEventAtWhichASerializerThrowsIsADeadLetterAndHoldsUpNoOther() throws Exception {
        try (Sink sink = started(FileRollSinkTest::throwsAtBad, Map.of("deadLetter.maxTries", "2"))) {
            submit(Batches.of("a"), Batches.of("b", "bad", "c"), Batches.of("d"));
            assertThatThrownBy(sink::drain)
                    .isInstanceOf(DeliveryException.class)
                    .hasMessageContaining("try 1 of 2");
            assertThat(content().values()).containsExactly("");
            sink.drain();
            assertThat(content().values()).containsExactly("abcd");
        }
        assertThat(metrics.counter("deadLetteredEvents").getCount()).isEqualTo(1);
        assertThat(metrics.drainSuccesses.getCount()).isEqualTo(4);
    }

    @Test
    void whatIsAmongTheDeadLettersDoesNotComeAgainAfterACrash() throws Exception {
        try (Sink sink = started(FileRollSinkTest::throwsAtBad, Map.of("deadLetter.maxTries", "1"))) {
            submit(Batches.of("a"));
            sink.drain();
            assertThat(channel.durableCommits()).isZero();
            submit(Batches.of("b", "bad"));
            sink.drain();
            assertThat(channel.durableCommits()).isEqualTo(1);
        }
    }

    @Test
    void howeverManyEventsAreRefusedEachOfTheOthersIsWrittenTwiceAtMost() throws Exception {
        List<String> expected = new ArrayList<>();
        List<EventBatch> batches = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            batches.add(Batches.of("bad", "a" + i, "b" + i, "bad", "bad", "c" + i));
            expected.addAll(List.of("a" + i, "b" + i, "c" + i));
        }
        Map<String, String> keys = Map.of("deadLetter.maxTries", "1", "sink.batchSize", "1000");
        appends = 0;
        try (Sink sink = started(this::counted, keys)) {
            submit(batches.toArray(EventBatch[]::new));
            sink.drain();
            assertThat(content().values()).containsExactly(String.join("", expected));
        }
        assertThat(metrics.drainSuccesses.getCount()).isEqualTo(60);
        assertThat(metrics.counter("deadLetteredEvents").getCount()).isEqualTo(60);
        assertThat(appends).isLessThanOrEqualTo(60 + 2 * 60);
    }

    private EventSerializer.Serialization counted(OutputStream out) {
        EventSerializer.Serialization real = throwsAtBad(out);
        return new EventSerializer.Serialization() {
            @Override
            public void append(EventReader event) throws IOException {
                appends++;
                real.append(event);
            }

            @Override
            public void endBatch() throws IOException {
                real.endBatch();
            }

            @Override
            public void discard() {
                real.discard();
            }
        };
    }

    @Test
    void aTurnThatFailsAfterARefusalLeavesNothingInTheFile() throws Exception {
        FailingCommits commits = new FailingCommits(channel);
        commits.failing = false;
        try (Sink sink = started(commits, FileRollSinkTest::throwsAtBad, Map.of("deadLetter.maxTries", "1"))) {
            submit(Batches.of("first"));
            sink.drain();
            commits.failing = true;
            submit(Batches.of("a", "bad", "b", "bad", "c"));
            assertThatThrownBy(sink::drain).isInstanceOf(DeliveryException.class);
            assertThat(content().values()).containsExactly("first");
            commits.failing = false;
            sink.drain();
            assertThat(content().values()).containsExactly("firstabc");
        }
    }

    @Test
    void anAvroContainerIsWholeAroundAnEventThatIsRefused() throws Exception {
        EventSerializer real = FileRollSettings.read(context, settings(Map.of("sink.serializer", "avro_event")))
                .serializer();
        EventSerializer throwing = out -> throwsAfterBad(real.begin(out));
        try (Sink sink = started(throwing, Map.of("deadLetter.maxTries", "1"))) {
            submit(Batches.of("a", "bad", "b"), Batches.of("c", "bad", "d"));
            sink.drain();
        }
        List<String> read = new ArrayList<>();
        try (DataFileReader<GenericRecord> reader =
                new DataFileReader<>(onlyFile().toFile(), new GenericDatumReader<>())) {
            reader.forEach(event -> read.add(StandardCharsets.UTF_8
                    .decode((ByteBuffer) event.get("body"))
                    .toString()));
        }
        assertThat(read).containsExactly("a", "b", "c", "d");
    }

    private static EventSerializer.Serialization throwsAfterBad(EventSerializer.Serialization real) {
        return new EventSerializer.Serialization() {
            @Override
            public void append(EventReader event) throws IOException {
                real.append(event);
                if (new String(event.body(), StandardCharsets.UTF_8).equals("bad")) {
                    throw new IllegalStateException("of a plug-in");
                }
            }

            @Override
            public void endBatch() throws IOException {
                real.endBatch();
            }

            @Override
            public void discard() {
                real.discard();
            }
        };
    }

    @Test
    void aFileThatCannotBeBegunIsNoFaultOfAnEvent() throws Exception {
        EventSerializer broken = out -> {
            throw new IllegalStateException("of a plug-in");
        };
        Map<String, String> keys = Map.of("deadLetter.maxTries", "1", "sink.emptyFiles", "false");
        try (Sink sink = started(broken, keys)) {
            submit(Batches.of("a"));
            assertThatThrownBy(sink::drain).isInstanceOf(IllegalStateException.class);
        }
        assertThat(channel.bodies()).containsExactly("a");
        assertThat(metrics.counter("deadLetteredEvents").getCount()).isZero();
        assertThat(metrics.connectionsFailed.getCount()).isEqualTo(1);
        assertThat(content()).isEmpty();
    }

    @Test
    void whatFailsAfterTheCommitTakesNoFileAway() throws Exception {
        try (Sink sink = started("sink.serializer", BODY_SERIALIZER, "sink.inUseSuffix", ".tmp")) {
            submit(Batches.of(Map.of(LITERAL, "\"string\""), "\2a"), Batches.of(Map.of(LITERAL, "\"bytes\""), "\2b"));
            disk.failing = FaultyDisk.Op.RENAME;
            disk.failsUnchecked = true;
            assertThat(sink.drain()).isEqualTo(Sink.Drain.DELIVERED);
            assertThat(content()).hasSize(2);
            disk.failing = FaultyDisk.Op.NONE;
        }
        assertThat(content())
                .hasSize(2)
                .allSatisfy((name, text) -> assertThat(name).doesNotEndWith(".tmp"));
    }

    @Test
    void aHandleIsGivenBackAlsoWhereTheSerializerFailsAtTheEnd() throws Exception {
        EventSerializer throwing = out -> new EventSerializer.Serialization() {
            @Override
            public void append(EventReader event) throws IOException {
                out.write(event.body());
            }

            @Override
            public void endBatch() {
                // nothing is gathered
            }

            @Override
            public void discard() {
                throw new IllegalStateException("of a plug-in");
            }
        };
        try (Sink sink = started(throwing, Map.of("sink.inUseSuffix", ".tmp"))) {
            submit(Batches.of("a"));
            sink.drain();
        }
        assertThat(disk.closes).isEqualTo(1);
        assertThat(content()).containsExactly(Map.entry(series() + "-1", "a"));
    }

    @Test
    void aDirectoryThatCannotBeForcedDoesNotHaveAFinalNameGivenAgain() throws Exception {
        try (Sink sink = started("sink.sync", "fsync", "sink.inUseSuffix", ".tmp", "sink.emptyFiles", "false")) {
            submit(Batches.of("a"));
            sink.drain();
            disk.failing = FaultyDisk.Op.FORCE_DIRECTORY;
            rollTwice(sink);
        }
        assertThat(disk.renames).isEqualTo(1);
        assertThat(content().values()).containsExactly("a\n");
    }

    @Test
    void aFinalNameThatSomebodyHasTakenIsNotTriedAgain() throws Exception {
        long begun = clock.millis();
        try (Sink sink = started("sink.inUseSuffix", ".tmp", "sink.emptyFiles", "false")) {
            submit(Batches.of("a"));
            sink.drain();
            Files.writeString(directory.resolve(begun + "-1"), "somebody else's");
            rollTwice(sink);
        }
        assertThat(disk.renames).isEqualTo(1);
        assertThat(content())
                .containsExactly(Map.entry(begun + "-1", "somebody else's"), Map.entry(begun + "-1.tmp", "a\n"));
    }

    @Test
    void aFinalNameThatFailsForGoodIsSaidOnceForEachCauseAndTriedOn() throws Exception {
        LogLines log = new LogLines();
        log.attach(FileRollSink.class);
        try (Sink sink = started("sink.inUseSuffix", ".tmp", "sink.emptyFiles", "false")) {
            disk.failing = FaultyDisk.Op.RENAME;
            disk.cause = new AccessDeniedException("a.tmp", "a", null);
            for (String body : List.of("a", "b", "c")) {
                submit(Batches.of(body));
                sink.drain();
                disk.cause = new AccessDeniedException(body + ".tmp", body, null);
                rollTwice(sink);
            }
            assertThat(said(log, "does not get its final name")).hasSize(1);
            assertThat(figure("unfinishedFiles")).isEqualTo(3);
            assertThat(metrics.counter("renamesFailed").getCount()).isEqualTo(disk.renames);
            disk.cause = new FileSystemException("a.tmp", "a", "Read-only file system");
            rollTwice(sink);
            assertThat(said(log, "does not get its final name"))
                    .hasSize(2)
                    .last(as(STRING))
                    .contains("Read-only file system");
            disk.failing = FaultyDisk.Op.NONE;
            rollTwice(sink);
            assertThat(said(log, "no file waits for its final name any more")).hasSize(1);
            assertThat(figure("unfinishedFiles")).isEqualTo(0);
            assertThat(content().values()).containsExactly("a\n", "b\n", "c\n");
            assertThat(content().keySet()).noneMatch(name -> name.endsWith(".tmp"));
        } finally {
            log.detach(FileRollSink.class);
        }
    }

    @Test
    void aFileWhoseDirectoryVanishesGetsItsFinalNameOnceItIsBack() throws Exception {
        try (Sink sink = started("sink.inUseSuffix", ".tmp", "sink.emptyFiles", "false")) {
            submit(Batches.of("a"));
            sink.drain();
            Path elsewhere = Files.move(directory, home.resolve("elsewhere"));
            rollTwice(sink);
            assertThat(figure("unfinishedFiles")).isEqualTo(1);
            Files.move(elsewhere, directory);
            rollTwice(sink);
        }
        assertThat(content().keySet()).hasSize(1).noneMatch(name -> name.endsWith(".tmp"));
    }

    @Test
    void whatStaysWithoutItsFinalNameAtTheEndIsSaid() throws Exception {
        LogLines log = new LogLines();
        log.attach(FileRollSink.class);
        try (Sink sink = started("sink.inUseSuffix", ".tmp")) {
            submit(Batches.of("a"));
            sink.drain();
            disk.failing = FaultyDisk.Op.RENAME;
        } finally {
            log.detach(FileRollSink.class);
        }
        assertThat(said(log, "1 files are left with the suffix .tmp")).hasSize(1);
    }

    private static List<String> said(LogLines log, String part) {
        return log.lines().stream().filter(line -> line.contains(part)).toList();
    }

    private Object figure(String name) {
        return registry.getGauges().get("sink.k1." + name).getValue();
    }

    @Test
    void aSerializerThatThrowsAtEveryEventOfSeveralBatchesIsBrokenAndTheEventsStay() throws Exception {
        LogLines log = new LogLines();
        log.attach(SerializerHealth.class);
        AtomicBoolean isBroken = new AtomicBoolean(true);
        EventSerializer serializer = out -> isBroken.get() ? throwsAtAll() : throwsAtBad(out);
        Map<String, String> keys = Map.of(
                "deadLetter.maxTries",
                "1",
                "sink.batchSize",
                "50",
                "sink.emptyFiles",
                "false",
                "sink.rollInterval",
                "5");
        try (Sink sink = started(serializer, keys)) {
            for (int i = 0; i < 10; i++) {
                submit(Batches.numbered(50 * i, 50));
            }
            for (int batch = 0; batch < 3; batch++) {
                assertThat(sink.drain()).isEqualTo(Sink.Drain.DELIVERED);
            }
            for (int turn = 0; turn < 3; turn++) {
                assertThatThrownBy(sink::drain)
                        .isInstanceOf(DeliveryException.class)
                        .hasMessageContaining(
                                "sink k1: the serializer has thrown at each of 150 events in 3 batches in a row")
                        .hasRootCauseMessage("of a plug-in");
            }
            assertThat(metrics.counter("deadLetteredEvents").getCount()).isEqualTo(150);
            assertThat(channel.bodies()).hasSize(350);
            assertThat(figure("serializerBroken")).isEqualTo(1);
            assertThat(log.errors()).hasSize(1);
            isBroken.set(false);
            clock.advance(Duration.ofSeconds(5)); // a new file is begun with it
            for (int batch = 0; batch < 7; batch++) {
                sink.drain();
            }
            assertThat(channel.bodies()).isEmpty();
            assertThat(metrics.drainSuccesses.getCount()).isEqualTo(350);
            assertThat(figure("serializerBroken")).isEqualTo(0);
            assertThat(said(log, "the serializer writes events again")).hasSize(1);
        } finally {
            log.detach(SerializerHealth.class);
        }
    }

    @Test
    void badEventsAmongGoodOnesGoToTheDeadLettersHoweverManyTheyAre() throws Exception {
        Map<String, String> keys = Map.of("deadLetter.maxTries", "1", "sink.batchSize", "100");
        try (Sink sink = started(FileRollSinkTest::throwsAtBad, keys)) {
            String[] bad = new String[100];
            Arrays.fill(bad, "bad");
            for (int i = 0; i < 3; i++) {
                submit(Batches.of(bad));
                sink.drain();
            }
            submit(Batches.of("a"), Batches.of(bad));
            sink.drain();
            for (int i = 0; i < 2; i++) {
                submit(Batches.of(bad));
                sink.drain();
            }
            assertThat(content().values()).containsExactly("a");
        }
        assertThat(metrics.counter("deadLetteredEvents").getCount()).isEqualTo(599);
    }

    @Test
    void badEventsOneByOneAreNoBrokenSerializer() throws Exception {
        Map<String, String> keys = Map.of("deadLetter.maxTries", "1", "sink.batchSize", "1");
        try (Sink sink = started(FileRollSinkTest::throwsAtBad, keys)) {
            for (int i = 0; i < 20; i++) {
                submit(Batches.of("bad"));
                assertThat(sink.drain()).isEqualTo(Sink.Drain.DELIVERED);
            }
        }
        assertThat(metrics.counter("deadLetteredEvents").getCount()).isEqualTo(20);
    }

    private static EventSerializer.Serialization throwsAtAll() {
        return new EventSerializer.Serialization() {
            @Override
            public void append(EventReader event) {
                throw new IllegalStateException("of a plug-in");
            }

            @Override
            public void endBatch() {
                // nothing is gathered
            }

            @Override
            public void discard() {
                // nothing is gathered
            }
        };
    }

    @Test
    void aSerializerThatBreaksWithAnErrorAtTheBeginningLeaksNoHandle() throws Exception {
        EventSerializer broken = out -> {
            throw new NoClassDefFoundError("com/acme/Codec");
        };
        try (Sink sink = started(broken, Map.of("sink.emptyFiles", "false"))) {
            submit(Batches.of("a"));
            assertThatThrownBy(sink::drain).isInstanceOf(NoClassDefFoundError.class);
        }
        assertThat(disk.closes).isEqualTo(1);
        assertThat(content()).isEmpty();
        assertThat(metrics.connectionsFailed.getCount()).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource(
            value = FaultyDisk.Op.class,
            names = {"WRITE", "FORCE_DIRECTORY"})
    void aFileThatFailsOnceItsSerializerHasBegunHasThatGiveItsMemoryBack(FaultyDisk.Op op) throws Exception {
        AtomicInteger discards = new AtomicInteger();
        EventSerializer withHeader = out -> {
            out.write('h');
            EventSerializer.Serialization real = throwsAtBad(out);
            return new EventSerializer.Serialization() {
                @Override
                public void append(EventReader event) throws IOException {
                    real.append(event);
                }

                @Override
                public void endBatch() throws IOException {
                    real.endBatch();
                }

                @Override
                public void discard() {
                    discards.incrementAndGet();
                }
            };
        };
        try (Sink sink = started(withHeader, Map.of("sink.emptyFiles", "false", "sink.sync", "fsync"))) {
            submit(Batches.of("a"));
            disk.failing = op;
            assertThatThrownBy(sink::drain).isInstanceOf(DeliveryException.class);
            disk.failing = FaultyDisk.Op.NONE;
        }
        assertThat(discards).hasValue(1);
        assertThat(disk.closes).isEqualTo(1);
        assertThat(content()).isEmpty();
    }

    private void rollTwice(Sink sink) throws Exception {
        for (int roll = 0; roll < 2; roll++) {
            clock.advance(Duration.ofSeconds(31));
            sink.drain();
        }
    }

    @Test
    void aFileThatFailsWhenItIsBegunIsTakenAwayWhateverElseFails() throws Exception {
        try (Sink sink = started("sink.sync", "fsync")) {
            disk.failing = FaultyDisk.Op.FORCE_DIRECTORY;
            disk.failingToo = FaultyDisk.Op.CLOSE;
            submit(Batches.of("a"));
            assertThatThrownBy(sink::drain)
                    .isInstanceOf(DeliveryException.class)
                    .hasRootCauseMessage("No space left on device (FORCE_DIRECTORY)");
            assertThat(content()).isEmpty();
            disk.failing = FaultyDisk.Op.NONE;
            disk.failingToo = FaultyDisk.Op.NONE;
        }
    }

    /** Writes bodies, and half of a bad one. */
    private static EventSerializer.Serialization throwsAtBad(OutputStream out) {
        return new EventSerializer.Serialization() {
            @Override
            public void append(EventReader event) throws IOException {
                String body = new String(event.body(), StandardCharsets.UTF_8);
                if (body.equals("bad")) {
                    out.write('b');
                    throw new IllegalStateException("of a plug-in");
                }
                out.write(event.body());
            }

            @Override
            public void endBatch() {
                // nothing is gathered
            }

            @Override
            public void discard() {
                // nothing is gathered
            }
        };
    }

    @Test
    void aFileThatCannotBeCutBackIsLeftForAnother() throws Exception {
        FailingCommits commits = new FailingCommits(channel);
        try (Sink sink = started(commits, Map.of())) {
            submit(Batches.of("a"));
            disk.failing = FaultyDisk.Op.CUT;
            assertThatThrownBy(sink::drain).isInstanceOf(DeliveryException.class);
            commits.failing = false;
            sink.drain();
            assertThat(content().values()).containsExactly("a\n", "a\n"); // the first one is what could not be cut
        }
    }

    @Test
    void aCommitThatFailsLeavesNothingOfTheBatchInTheFile() throws Exception {
        FailingCommits commits = new FailingCommits(channel);
        try (Sink sink = started(commits, Map.of())) {
            submit(Batches.of("a"));
            assertThatThrownBy(sink::drain)
                    .isInstanceOf(DeliveryException.class)
                    .hasMessageContaining("channel c1: no commit today");
            assertThat(content().values()).containsExactly("");
            commits.failing = false;
            sink.drain();
            assertThat(content().values()).containsExactly("a\n");
        }
        assertThat(metrics.channelReadFails.getCount()).isEqualTo(1);
    }

    @Test
    void aFileThatCannotBeMadeIsTriedAgain() throws Exception {
        try (Sink sink = started()) {
            disk.failing = FaultyDisk.Op.CREATE;
            submit(Batches.of("a"));
            assertThatThrownBy(sink::drain).isInstanceOf(DeliveryException.class);
            disk.failing = FaultyDisk.Op.NONE;
            sink.drain();
            assertThat(content().values()).containsExactly("a\n");
        }
        assertThat(metrics.connectionsFailed.getCount()).isEqualTo(1);
    }

    @Test
    void aBatchIsForcedToDiskWhereTheSettingsSaySo() throws Exception {
        try (Sink sink = started("sink.sync", "fsync", "sink.inUseSuffix", ".tmp")) {
            submit(Batches.of("a"));
            sink.drain();
            sink.drain();
            assertThat(disk.directoryForces).as("for the new name").isEqualTo(1);
        }
        assertThat(disk.forces).isEqualTo(1);
        assertThat(disk.directoryForces).as("for the final name, too").isEqualTo(2);
    }

    @Test
    void aFileBeingWrittenHasTheInUseSuffixAndALeftOneLosesItAtTheNextStart() throws Exception {
        Files.writeString(directory.resolve("123-7.log.tmp"), "left");
        Files.writeString(directory.resolve("other.tmp"), "not ours");
        try (Sink sink = started("sink.inUseSuffix", ".tmp", "sink.pathManager.extension", "log")) {
            submit(Batches.of("a"));
            sink.drain();
            assertThat(content()).containsOnlyKeys("123-7.log", "other.tmp", series() + "-1.log.tmp");
        }
        assertThat(content()).containsOnlyKeys("123-7.log", "other.tmp", series() + "-1.log");
    }

    @ParameterizedTest
    @CsvSource({"sub//log-", "sub/./log-", "./sub/log-", "//sub/log-"})
    void aLeftFileIsFoundHoweverThePrefixIsWritten(String prefix) throws Exception {
        Path sub = Files.createDirectory(directory.resolve("sub"));
        Files.writeString(sub.resolve("log-123-7.tmp"), "left");
        try (Sink sink = started("sink.inUseSuffix", ".tmp", "sink.pathManager.prefix", prefix)) {
            assertThat(sink).isNotNull();
            assertThat(sub.resolve("log-123-7")).hasContent("left");
        }
    }

    @Test
    void aLeftFileWhoseFinalNameIsTakenStaysAsItIsAndHoldsUpNoStart() throws Exception {
        Files.writeString(directory.resolve("123-7.log.tmp"), "left");
        Files.writeString(directory.resolve("123-7.log"), "somebody else's");
        Files.writeString(directory.resolve("123-8.log.tmp"), "left, too");
        try (Sink sink = started("sink.inUseSuffix", ".tmp", "sink.pathManager.extension", "log")) {
            assertThat(sink).isNotNull();
            assertThat(content())
                    .containsExactly(
                            Map.entry("123-7.log", "somebody else's"),
                            Map.entry("123-7.log.tmp", "left"),
                            Map.entry("123-8.log", "left, too"));
        }
    }

    @Test
    void aFinalNameThatCannotBeGivenIsTriedAgainAtTheNextRoll() throws Exception {
        try (Sink sink = started("sink.inUseSuffix", ".tmp", "sink.emptyFiles", "false")) {
            submit(Batches.of("a"));
            sink.drain();
            disk.failing = FaultyDisk.Op.RENAME;
            clock.advance(Duration.ofSeconds(31));
            sink.drain();
            disk.failing = FaultyDisk.Op.NONE;
            clock.advance(Duration.ofSeconds(31));
            sink.drain();
            assertThat(content())
                    .hasSize(1)
                    .allSatisfy((name, text) -> assertThat(name).doesNotEndWith(".tmp"));
        }
    }

    @Test
    void headersStandBeforeTheBodyInTheOrderThatFlumesMapGivesThem() throws Exception {
        Map<String, String> headers = new HashMap<>();
        for (String name : List.of("timestamp", "host", "topic", "a", "zz", "basename")) {
            headers.put(name, "v-" + name);
        }
        try (Sink sink = started("sink.serializer", "HEADER_AND_TEXT", "sink.serializer.appendNewline", "false")) {
            submit(Batches.of(new TreeMap<>(headers), "body"));
            sink.drain();
            assertThat(content().values()).containsExactly(new HashMap<>(headers) + " body");
        }
    }

    @Test
    void avroEventsAreAContainerOfFlumesSchema() throws Exception {
        try (Sink sink = started("sink.serializer", "avro_event", "sink.serializer.compressionCodec", "deflate")) {
            submit(Batches.of(Map.of("k", "v"), "a"));
            sink.drain();
            submit(Batches.of("b"));
            sink.drain();
        }
        List<String> read = new ArrayList<>();
        try (DataFileReader<GenericRecord> reader =
                new DataFileReader<>(onlyFile().toFile(), new GenericDatumReader<>())) {
            assertThat(reader.getSchema().getFullName()).isEqualTo("Event");
            assertThat(reader.getMetaString("avro.codec")).isEqualTo("deflate");
            reader.forEach(event -> read.add(event.get("headers").toString()));
        }
        assertThat(read).containsExactly("{k=v}", "{}");
    }

    @Test
    void aFileHasOneSchemaOfBodiesAndABodyOfNoneIsADeadLetter() throws Exception {
        Path letters = home.resolve("letters");
        try (Sink sink = started("sink.serializer", BODY_SERIALIZER, "deadLetter.directory", letters.toString())) {
            submit(
                    Batches.of(Map.of(LITERAL, "\"string\""), "\2a"),
                    Batches.of(Map.of(LITERAL, "\"bytes\""), "\2b"),
                    Batches.of("without a schema"),
                    Batches.of(Map.of(LITERAL, "\"bytes\""), "\2c"));
            sink.drain();
            assertThat(content()).hasSize(2);
        }
        List<String> read = new ArrayList<>();
        for (Path file : files()) {
            try (DataFileReader<Object> reader = new DataFileReader<>(file.toFile(), new GenericDatumReader<>())) {
                reader.forEach(datum ->
                        read.add(reader.getSchema() + " " + datum.getClass().getSimpleName()));
            }
        }
        assertThat(read).containsExactly("\"string\" Utf8", "\"bytes\" HeapByteBuffer", "\"bytes\" HeapByteBuffer");
        assertThat(metrics.drainSuccesses.getCount()).isEqualTo(3);
        try (Stream<Path> files = Files.list(letters)) {
            assertThat(files).hasSize(1);
        }
    }

    @Test
    void aTurnThatFailsTakesTheFilesOfItsOtherSchemasAwayAgain() throws Exception {
        FailingCommits commits = new FailingCommits(channel);
        try (Sink sink = started(commits, Map.of("sink.serializer", BODY_SERIALIZER))) {
            submit(Batches.of(Map.of(LITERAL, "\"string\""), "\2a"), Batches.of(Map.of(LITERAL, "\"bytes\""), "\2b"));
            assertThatThrownBy(sink::drain).isInstanceOf(DeliveryException.class);
            assertThat(content()).hasSize(1);
            commits.failing = false;
            sink.drain();
            assertThat(content()).hasSize(2);
        }
    }

    @Test
    void aSchemaIsReadFromTheConfiguredFile() throws Exception {
        Path schema = Files.writeString(home.resolve("s.avsc"), "\"string\"");
        try (Sink sink = started(
                "sink.serializer",
                BODY_SERIALIZER,
                "sink.serializer.schemaURL",
                schema.toUri().toString())) {
            submit(Batches.of("\2a"));
            sink.drain();
        }
        try (DataFileReader<Object> reader = new DataFileReader<>(onlyFile().toFile(), new GenericDatumReader<>())) {
            assertThat(reader.next()).hasToString("a");
        }
    }

    @Test
    void aSchemaIsReadFromWhereTheFileAllowsSendersToName() throws Exception {
        Path schema = Files.writeString(home.resolve("s.avsc"), "\"string\"");
        Path letters = home.resolve("letters");
        Map<String, String> headers =
                Map.of("flume.avro.schema.url", schema.toUri().toString());
        try (Sink sink = started("sink.serializer", BODY_SERIALIZER, "deadLetter.directory", letters.toString())) {
            submit(Batches.of(headers, "\2a"));
            sink.drain();
            assertThat(metrics.drainSuccesses.getCount()).isZero();
        }
        try (Sink sink =
                started("sink.serializer", BODY_SERIALIZER, "sink.serializer.schemaUrlPrefixes", "file:/ https://")) {
            submit(Batches.of(headers, "\2b"));
            sink.drain();
            assertThat(metrics.drainSuccesses.getCount()).isEqualTo(1);
        }
    }

    @Test
    void theBlocksOfAContainerAreAsLongAsTheFileSays() throws Exception {
        assertThat(blocksOfTenEvents("sink.serializer.syncIntervalBytes", "32")).isEqualTo(10);
        assertThat(blocksOfTenEvents()).isEqualTo(1);
    }

    private int blocksOfTenEvents(String... keysAndValues) throws Exception {
        List<String> all = new ArrayList<>(List.of("sink.serializer", "AVRO_EVENT"));
        all.addAll(List.of(keysAndValues));
        try (Sink sink = started(all.toArray(String[]::new))) {
            submit(Batches.of(
                    IntStream.range(0, 10).mapToObj(i -> "x".repeat(100)).toArray(String[]::new)));
            sink.drain();
        }
        Path file = onlyFile();
        int blocks = 0;
        try (DataFileReader<Object> reader = new DataFileReader<>(file.toFile(), new GenericDatumReader<>())) {
            for (; reader.hasNext(); reader.nextBlock()) {
                blocks++;
            }
        }
        Files.delete(file);
        return blocks;
    }

    @Test
    void aDirectoryThatIsNotThereIsSaidAtTheStart() {
        assertThatThrownBy(() -> started("sink.pathManager.prefix", "sub/log-"))
                .isInstanceOf(StartException.class)
                .hasMessage("sink k1: sink.directory: " + directory.resolve("sub")
                        + ": no such directory (expected: one that exists; create it)");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "sink.pathManager | BYDATE | BYDATE (expected: one of: DEFAULT, ROLLTIME)",
                "sink.pathManager | com.acme.Paths$Builder | com.acme.Paths$Builder (expected: one of: DEFAULT, ROLLTIME; classes written for Flume are not loaded; one of your own comes in a plug-in)",
                "sink.pathManager.prefix | ../x- | ../x- (expected: a text without .. as a directory)",
                "sink.pathManager.prefix | a/../../x- | a/../../x- (expected: a text without .. as a directory)",
                "sink.rollInterval | 30s | 30s (expected: a number of seconds, 0 or less for never)",
                "sink.batchSize | 0 | 0 (expected: a whole number, at least 1)",
                "sink.serializer | JSON | JSON (expected: one of: TEXT, HEADER_AND_TEXT, AVRO_EVENT, org.apache.flume.sink.hdfs.AvroEventSerializer$Builder)",
                "sink.serializer.appendNewline | no | no (expected: true or false)",
                "sink.sync | hsync | hsync (expected: one of: flush, fsync)",
                "sink.emptyFiles | 1 | 1 (expected: true or false)",
                "deadLetter.maxTries | 0 | 0 (expected: a whole number, at least 1)",
            })
    void aBadValueIsRefusedWithWhatIsExpected(String key, String value, String message) {
        create(channel, Map.of(key, value));
        assertThat(recorded.problems()).containsExactly(key + ": " + message);
    }

    @Test
    void theDirectoryIsRequiredAndASchemaInHdfsIsRefused() {
        new FileRollSinkFactory().create(context, recorded.settings(Map.of()));
        create(channel, Map.of("sink.serializer", BODY_SERIALIZER, "sink.serializer.schemaURL", "hdfs://nn/s.avsc"));
        assertThat(recorded.problems())
                .containsExactly(
                        "sink.directory: missing (expected: a path)",
                        "sink.serializer.schemaURL: hdfs://nn/s.avsc (expected: an http, https or file URL: this sink has no Hadoop to read others with)");
    }

    @Test
    void aDirectoryThatIsNotThereIsToldBeforeTheStart() {
        new FileRollSinkFactory().create(context, settings(Map.of("sink.pathManager.prefix", "sub/log-")));
        assertThat(recorded.problems()).isEmpty();
        assertThat(recorded.notes())
                .containsExactly("sink.directory: " + directory.resolve("sub")
                        + ": no such directory (expected: one that exists; create it); as long as that is so, the sink"
                        + " does not start");
    }

    @Test
    void flumesNamesOfPathManagersAndItsDefaultsAreKnown() {
        Sink sink = create(
                channel, Map.of("sink.pathManager", "org.apache.flume.formatter.output.RollTimePathManager$Builder"));
        assertThat(recorded.problems()).isEmpty();
        assertThat(((FileRollSink) sink).batchEvents()).isEqualTo(100);
        assertThat(sink.outlook())
                .isEqualTo("one file each 30 s in " + directory
                        + ", also while there are no events: sink.emptyFiles = false for none");
    }

    private Sink started(String... keysAndValues) throws StartException {
        Map<String, String> values = new HashMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            values.put(keysAndValues[i], keysAndValues[i + 1]);
        }
        return started(channel, values);
    }

    private Sink started(ChannelReader from, Map<String, String> values) throws StartException {
        Sink sink = create(from, values);
        assertThat(recorded.problems()).isEmpty();
        sink.start();
        return sink;
    }

    private Sink started(EventSerializer serializer, Map<String, String> values) throws StartException {
        return started(channel, serializer, values);
    }

    private Sink started(ChannelReader from, EventSerializer serializer, Map<String, String> values)
            throws StartException {
        SinkContext in = new SinkContext("a1", "k1", from, metrics, clock);
        Settings keys = settings(values);
        FileRollSettings read = FileRollSettings.read(in, keys);
        FileRollSettings fileRoll = new FileRollSettings(
                read.directory(),
                read.naming(),
                read.rollInterval(),
                read.batchEvents(),
                serializer,
                read.sync(),
                read.inUseSuffix(),
                read.emptyFiles());
        Sink sink = create(in, fileRoll, keys);
        sink.start();
        return sink;
    }

    private Sink create(ChannelReader from, Map<String, String> values) {
        SinkContext in = new SinkContext("a1", "k1", from, metrics, clock);
        Settings settings = settings(values);
        return create(in, FileRollSettings.read(in, settings), settings);
    }

    private FileRollSink create(SinkContext in, FileRollSettings fileRoll, Settings settings) {
        return new FileRollSink(in, fileRoll, DeadLetters.read(context, settings), disk);
    }

    private Settings settings(Map<String, String> values) {
        Map<String, String> all = new HashMap<>(values);
        all.put("sink.directory", directory.toString());
        all.putIfAbsent("deadLetter.directory", home.resolve("letters").toString());
        return recorded.settings(all);
    }

    private void submit(EventBatch... batches) {
        for (EventBatch batch : batches) {
            channel.submit(batch);
        }
    }

    private String series() {
        return Long.toString(clock.millis());
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.sorted().toList();
        }
    }

    private Path onlyFile() throws IOException {
        assertThat(files()).hasSize(1);
        return files().get(0);
    }

    private Map<String, String> content() throws IOException {
        Map<String, String> content = new TreeMap<>();
        for (Path file : files()) {
            content.put(file.getFileName().toString(), Files.readString(file, StandardCharsets.ISO_8859_1));
        }
        return content;
    }

    /** A way to the channel whose commits fail. */
    private static final class FailingCommits implements ChannelReader {
        private final FakeChannel channel;
        private boolean failing = true;

        FailingCommits(FakeChannel channel) {
            this.channel = channel;
        }

        @Override
        public String name() {
            return channel.name();
        }

        @Override
        public int transactionCapacity() {
            return channel.transactionCapacity();
        }

        @Override
        public Transaction begin() {
            if (!failing) {
                return channel.begin();
            }
            Transaction real = channel.begin();
            return (Transaction) Proxy.newProxyInstance(
                    FileRollSinkTest.class.getClassLoader(),
                    new Class<?>[] {Transaction.class},
                    (proxy, method, arguments) -> {
                        if (method.getName().startsWith("commit")) { // durably, too
                            throw new ChannelException("no commit today");
                        }
                        return method.invoke(real, arguments);
                    });
        }

        @Override
        public boolean awaitEvents(Duration timeout) throws InterruptedException {
            return channel.awaitEvents(timeout);
        }

        @Override
        public byte[] attached(String owner) {
            return channel.attached(owner);
        }
    }
}
