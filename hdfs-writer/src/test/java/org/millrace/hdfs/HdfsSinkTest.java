package org.millrace.hdfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.millrace.api.Sink;
import org.millrace.api.StartException;
import org.millrace.codec.EventBatch;
import org.millrace.codec.EventBatchBuilder;
import org.millrace.testkit.Batches;
import org.millrace.testkit.FakeClock;

class HdfsSinkTest {
    private static final String FIRST_FILE = "FlumeData.1700000000001";

    @TempDir
    private Path directory;

    private Tree tree;
    private String root;

    @BeforeEach
    void root() {
        tree = new Tree(directory);
        root = directory.toUri().toString();
    }

    @Test
    void filesThatMakeRoomForOthersAreCounted() throws Exception {
        try (SinkUnderTest sut = SinkUnderTest.started(
                directory.toUri().toString(), "hdfs.filePrefix", "%{b}", "hdfs.maxOpenFiles", "2")) {
            for (int i = 0; i < 10; i++) {
                sut.put(Batches.of(Map.of("b", "b" + i), "event")).drainAll();
            }
            assertThat(sut.counter("filesFinishedForRoom")).isEqualTo(8);
        }
    }

    @Test
    void eventsAreReadableBeforeTheirFileIsFinished() throws Exception {
        try (SinkUnderTest sut = raw().put(Batches.of("one", "two")).drainAll()) {
            assertThat(tree.names()).containsExactly(FIRST_FILE + ".tmp");
            assertThat(tree.text(FIRST_FILE + ".tmp")).isEqualTo("one\ntwo\n");
            assertThat(sut.channel.bodies()).isEmpty();
            assertThat(sut.gauge("openFiles")).isEqualTo(1);
        }
        assertThat(tree.names()).containsExactly(FIRST_FILE);
        assertThat(tree.text(FIRST_FILE)).isEqualTo("one\ntwo\n");
    }

    @Test
    void eventsAreReadableBeforeTheirFileIsFinishedAlsoThroughHadoopsChecksumLayer() throws Exception {
        try (SinkUnderTest sut =
                SinkUnderTest.started(root).put(Batches.of("one", "two")).drainAll()) {
            assertThat(sut.channel.bodies()).isEmpty();
            assertThat(tree.text(FIRST_FILE + ".tmp")).isEqualTo("one\ntwo\n");
        }
        assertThat(tree.text(FIRST_FILE)).isEqualTo("one\ntwo\n");
    }

    @Test
    void filesAreNamedAsConfigured() throws Exception {
        try (SinkUnderTest sut = raw(
                "hdfs.filePrefix", "access_log-%{h}",
                "hdfs.fileSuffix", ".log",
                "hdfs.inUsePrefix", "_",
                "hdfs.inUseSuffix", ".open")) {
            sut.put(Batches.of(Map.of("h", "a/b"), "x")).drainAll();
            assertThat(tree.names()).containsExactly("_access_log-a_b.1700000000001.log.open");
        }
        assertThat(tree.names()).containsExactly("access_log-a_b.1700000000001.log");
    }

    @Test
    void withoutInUseNamesFilesHaveTheirFinalOneFromTheStart() throws Exception {
        try (SinkUnderTest sut = raw("hdfs.emptyInUseSuffix", "true")) {
            sut.put(Batches.of("x")).drainAll();
            assertThat(tree.names()).containsExactly(FIRST_FILE);
        }
        assertThat(tree.text(FIRST_FILE)).isEqualTo("x\n");
    }

    @Test
    void rollsByCountAlsoInTheMiddleOfABatch() throws Exception {
        try (SinkUnderTest sut = raw("hdfs.rollCount", "10")) {
            sut.put(Batches.numbered(0, 25)).drainAll();

            assertThat(tree.complete()).containsExactly(FIRST_FILE, "FlumeData.1700000000002");
            assertThat(tree.inUse()).containsExactly("FlumeData.1700000000003.tmp");
        }
        assertThat(tree.names())
                .hasSize(3)
                .allSatisfy(name -> assertThat(tree.text(name).lines()).hasSizeLessThanOrEqualTo(10));
        assertThat(tree.lines()).isEqualTo(numbered(0, 25));
    }

    @Test
    void rollsBySizeOfBodies() throws Exception {
        try (SinkUnderTest sut = raw("hdfs.rollSize", "100")) {
            sut.put(Batches.sized(7, 40)).drainAll();
        }
        // the third body reaches 120 bytes, so the fourth goes to the next file
        assertThat(tree.names().stream().map(name -> tree.text(name).length())).containsExactly(123, 123, 41);
    }

    @Test
    void rollsByTheClockWithoutTraffic() throws Exception {
        try (SinkUnderTest sut = raw("hdfs.rollInterval", "30")) {
            sut.put(Batches.of("x")).drainAll();
            assertThat(sut.sink.idleLimit()).isEqualTo(Duration.ofSeconds(30));

            sut.clock.advance(Duration.ofMillis(29_999));
            assertThat(sut.sink.drain()).isEqualTo(Sink.Drain.IDLE);
            assertThat(tree.inUse()).hasSize(1);

            sut.clock.advance(sut.sink.idleLimit());
            assertThat(sut.sink.drain()).isEqualTo(Sink.Drain.IDLE);
            assertThat(tree.names()).containsExactly(FIRST_FILE);
            assertThat(sut.sink.idleLimit()).isEqualTo(Duration.ofMinutes(1));
            assertThat(sut.counter("filesFinished")).isEqualTo(1);
        }
    }

    @Test
    void aSinkOfAGroupThatHasNoTurnRollsByTheClockWithoutTaking() throws Exception {
        try (SinkUnderTest sut = raw("hdfs.rollInterval", "30")) {
            sut.put(Batches.of("x")).drainAll().put(Batches.of("y"));
            sut.clock.advance(Duration.ofSeconds(30));
            sut.sink.settle();

            assertThat(tree.names()).containsExactly(FIRST_FILE);
            assertThat(sut.channel.bodies()).containsExactly("y");
        }
    }

    @Test
    void idleFilesAreFinishedAndBusyOnesAreNot() throws Exception {
        try (SinkUnderTest sut = raw("hdfs.idleTimeout", "10", "hdfs.filePrefix", "%{b}")) {
            sut.put(Batches.of(Map.of("b", "busy"), "1"))
                    .put(Batches.of(Map.of("b", "idle"), "2"))
                    .drainAll();
            sut.clock.advance(Duration.ofSeconds(6));
            sut.put(Batches.of(Map.of("b", "busy"), "3")).drainAll();
            sut.clock.advance(Duration.ofSeconds(6));
            sut.sink.drain();

            assertThat(tree.complete()).containsExactly("idle.1700000000001");
            assertThat(tree.inUse()).containsExactly("busy.1700000000001.tmp");
            assertThat(sut.sink.idleLimit()).isEqualTo(Duration.ofSeconds(4));
        }
    }

    @Test
    void noMoreThanMaxOpenFilesAreOpenAndTheOneUsedLongestAgoGoes() throws Exception {
        try (SinkUnderTest sut = raw("hdfs.maxOpenFiles", "2", "hdfs.filePrefix", "%{b}")) {
            for (String bucket : List.of("a", "b", "a", "c")) {
                sut.put(Batches.of(Map.of("b", bucket), bucket)).drainAll();
            }
            assertThat(tree.complete()).containsExactly("b.1700000000001");
            assertThat(tree.inUse()).hasSize(2);
        }
        assertThat(tree.names()).hasSize(3);
    }

    @Test
    void aBatchMayTouchMoreBucketsThanMayBeOpen() throws Exception {
        try (SinkUnderTest sut = raw("hdfs.maxOpenFiles", "3", "hdfs.path", root + "/%{b}")) {
            try (EventBatchBuilder builder = new EventBatchBuilder()) {
                for (int i = 0; i < 100; i++) {
                    builder.add(Map.of("b", Integer.toString(i % 20)), utf8(Integer.toString(i)));
                }
                sut.put(builder.build()).drainAll();
            }
            assertThat(tree.inUse()).hasSizeLessThanOrEqualTo(3);
            assertThat(sut.metrics.connectionsCreated.getCount()).isEqualTo(20); // once each, although mixed
        }
        assertThat(tree.inUse()).isEmpty();
        assertThat(tree.lines())
                .containsExactlyInAnyOrderElementsOf(
                        IntStream.range(0, 100).mapToObj(Integer::toString).toList());
    }

    @Test
    void everyBucketKeepsItsEventsInOrder() throws Exception {
        try (SinkUnderTest sut = raw("hdfs.path", root + "/%{b}", "hdfs.batchSize", "50")) {
            for (int batch = 0; batch < 10; batch++) {
                try (EventBatchBuilder builder = new EventBatchBuilder()) {
                    for (int i = 0; i < 30; i++) {
                        int number = batch * 30 + i;
                        builder.add(Map.of("b", "b" + number / 2 % 3), utf8(Integer.toString(number)));
                    }
                    sut.put(builder.build());
                }
            }
            sut.drainAll();
        }
        for (int bucket = 0; bucket < 3; bucket++) {
            int mine = bucket;
            assertThat(tree.text("b" + bucket + "/" + FIRST_FILE).lines())
                    .containsExactlyElementsOf(IntStream.range(0, 300)
                            .filter(number -> number / 2 % 3 == mine)
                            .mapToObj(Integer::toString)
                            .toList());
        }
    }

    @Test
    void takesStoredBatchesUpToTheBatchSize() throws Exception {
        try (SinkUnderTest sut = raw("hdfs.batchSize", "5")) {
            sut.put(Batches.numbered(0, 3)).put(Batches.numbered(3, 3)).put(Batches.numbered(6, 6));
            assertThat(sut.sink.drain()).isEqualTo(Sink.Drain.DELIVERED);
            assertThat(sut.channel.bodies()).isEqualTo(numbered(5, 7));
            sut.drainAll();

            assertThat(sut.metrics.batchesComplete.getCount()).isEqualTo(2);
            assertThat(sut.metrics.batchesUnderflow.getCount()).isEqualTo(1);
            assertThat(sut.metrics.batchesEmpty.getCount()).isEqualTo(1);
            assertThat(sut.metrics.drainAttempts.getCount()).isEqualTo(12);
            assertThat(sut.metrics.drainSuccesses.getCount()).isEqualTo(12);
            assertThat(sut.metrics.connectionsCreated.getCount()).isEqualTo(1);
        }
        assertThat(tree.lines()).isEqualTo(numbered(0, 12));
    }

    @Test
    void whatWaitsAlreadyComesAlongWithABatch() throws Exception {
        try (SinkUnderTest sut = raw("hdfs.batchSize", "5", "hdfs.flushEvents", "8")) {
            sut.put(Batches.numbered(0, 3)).put(Batches.numbered(3, 3)).put(Batches.numbered(6, 6));
            assertThat(sut.sink.drain()).isEqualTo(Sink.Drain.DELIVERED);
            assertThat(sut.channel.bodies()).isEqualTo(numbered(8, 4));
            sut.drainAll();

            assertThat(sut.metrics.batchesComplete.getCount()).isEqualTo(1);
            assertThat(sut.metrics.batchesUnderflow.getCount()).isEqualTo(2);
        }
        assertThat(tree.lines()).isEqualTo(numbered(0, 12));
    }

    @Test
    void nothingComesAlongWithManyBytes() throws Exception {
        try (SinkUnderTest sut = raw("hdfs.batchSize", "1", "hdfs.flushEvents", "8")) {
            sut.put(Batches.sized(1, 3 << 20)).put(Batches.sized(1, 3 << 20)).put(Batches.numbered(2, 1));
            assertThat(sut.sink.drain()).isEqualTo(Sink.Drain.DELIVERED);
            assertThat(sut.channel.bodies()).isEqualTo(numbered(2, 1));
            sut.drainAll();
        }
    }

    @Test
    void timeBucketsGoByTheEventsTimestamp() throws Exception {
        try (SinkUnderTest sut = raw("hdfs.path", root + "/%Y-%m-%d/%H", "hdfs.timeZone", "UTC")) {
            sut.put(Batches.of(Map.of("timestamp", "1700000000000"), "x"))
                    .put(Batches.of(Map.of("timestamp", "1700003600000"), "y"))
                    .drainAll();
        }
        assertThat(tree.names()).containsExactly("2023-11-14/22/" + FIRST_FILE, "2023-11-14/23/" + FIRST_FILE);
    }

    @Test
    void anEventWithoutUsableTimestampGoesByTheClockAndHoldsUpNobody() throws Exception {
        try (SinkUnderTest sut = raw("hdfs.path", root + "/%Y", "hdfs.timeZone", "UTC")) {
            sut.put(Batches.of("none"))
                    .put(Batches.of(Map.of("timestamp", "yesterday"), "text"))
                    .put(Batches.of(Map.of("timestamp", "9223372036854775807"), "far"))
                    .put(Batches.of(Map.of("timestamp", "0"), "good"))
                    .drainAll();
            assertThat(sut.counter("eventsWithoutTimestamp")).isEqualTo(3);
        }
        assertThat(tree.text("2023/" + FIRST_FILE)).isEqualTo("none\ntext\nfar\n");
        assertThat(tree.text("1970/" + FIRST_FILE)).isEqualTo("good\n");
    }

    @Test
    void localTimeNeedsNoTimestamp() throws Exception {
        try (SinkUnderTest sut =
                raw("hdfs.path", root + "/%s", "hdfs.useLocalTimeStamp", "true", "hdfs.round", "true")) {
            sut.put(Batches.of(Map.of("timestamp", "0"), "x")).drainAll();
            assertThat(sut.counter("eventsWithoutTimestamp")).isZero();
        }
        assertThat(tree.names()).containsExactly("1700000000/" + FIRST_FILE);
    }

    /** The records of a SequenceFile have times, too. */
    @ParameterizedTest(name = "{0}, {1}")
    @CsvSource({"%Y, false, 1", "x, false, 1", "%Y, true, 0", "x, true, 0"})
    void anEventWithoutTimestampCountsOnceAndByTheClockNotAtAll(String path, String local, long counted)
            throws Exception {
        try (SinkUnderTest sut =
                raw("hdfs.path", root + "/" + path, "hdfs.fileType", "SequenceFile", "hdfs.useLocalTimeStamp", local)) {
            sut.put(Batches.of("none"))
                    .put(Batches.of(Map.of("timestamp", "1600000000000"), "good"))
                    .drainAll();
            assertThat(sut.counter("eventsWithoutTimestamp")).isEqualTo(counted);
        }
    }

    @Test
    void noHeaderClimbsOutOfItsDirectory() throws Exception {
        Path outside = directory.resolve("a/logs");
        try (SinkUnderTest sut = raw("hdfs.path", outside.toUri() + "/%{t}/x")) {
            for (String hostile : List.of("..", "../..", "/etc", "../../b", "", ".", "a:b", "x\u0000y")) {
                sut.put(Batches.of(Map.of("t", hostile), hostile));
            }
            sut.put(Batches.of("no header")).drainAll();
        }
        assertThat(tree.names()).hasSize(8).allMatch(name -> name.startsWith("a/logs/") && name.contains("x/Flume"));
        assertThat(tree.names()).noneMatch(name -> name.contains("/../"));
    }

    @Test
    void aLeadingHeaderThatIsMissingIsNotTakenForAHost() throws Exception {
        assertThat(new BucketId("//x/y", "p", "").path()).hasToString("/x/y");
        assertThat(new BucketId("hdfs://nn:1//x//y/", "p", "").path()).hasToString("hdfs://nn:1/x/y");
        assertThat(new BucketId("", "p", "").path()).hasToString("/");
        assertThat(new BucketId("file:/a//b", "p", "").path()).hasToString("file:/a/b");
    }

    @Test
    void headersMayStandInFrontOfTheText() throws Exception {
        try (SinkUnderTest sut = raw("serializer", "HEADER_AND_TEXT", "serializer.appendNewline", "false")) {
            sut.put(Batches.of(Map.of("k", "v"), "one")).put(Batches.of("two")).drainAll();
        }
        assertThat(tree.text(FIRST_FILE)).isEqualTo("{k=v} one{} two");
    }

    @Test
    void bodiesOfAnySizeArriveAsTheyAre() throws Exception {
        int chunk = ChunkedOutput.Chunks.BYTES;
        List<Integer> sizes = List.of(0, 1, chunk - 3, 1, chunk - 1, chunk, chunk + 1, 3 * chunk + 7, 0, 5);
        StringBuilder expected = new StringBuilder();
        try (SinkUnderTest sut = raw();
                EventBatchBuilder builder = new EventBatchBuilder()) {
            for (int i = 0; i < sizes.size(); i++) {
                String body = Character.toString('a' + i).repeat(sizes.get(i));
                builder.add(Map.of(), utf8(body));
                expected.append(body).append('\n');
            }
            sut.put(builder.build()).drainAll();
            assertThat(sut.counter("bytesWritten")).isEqualTo(expected.length());
        }
        assertThat(tree.text(FIRST_FILE)).isEqualTo(expected.toString());
    }

    @Test
    void twoSinksWithTheSamePathDoNotTouchEachOthersFiles() throws Exception {
        FakeClock clock = new FakeClock();
        try (SinkUnderTest one = SinkUnderTest.started(clock, root, "hdfs.rollCount", "1");
                SinkUnderTest two = SinkUnderTest.started(clock, root, "hdfs.rollCount", "1")) {
            for (int i = 0; i < 5; i++) {
                one.put(Batches.of("one " + i)).drainAll();
                two.put(Batches.of("two " + i)).drainAll();
            }
        }
        assertThat(tree.names()).filteredOn(name -> !name.endsWith(".crc")).hasSize(10);
        assertThat(IntStream.range(1, 11).mapToObj(i -> tree.text("FlumeData." + (1_700_000_000_000L + i))))
                .hasSize(10)
                .doesNotHaveDuplicates();
    }

    @Test
    void aSinkStartsAgainAfterItWasClosed() throws Exception {
        FakeClock clock = new FakeClock();
        try (SinkUnderTest sut = SinkUnderTest.started(clock, root, "hdfs.useRawLocalFileSystem", "true")) {
            sut.put(Batches.of("one")).drainAll();
            sut.sink.close();
            sut.sink.close();
            sut.sink.start();
            sut.put(Batches.of("two")).drainAll();
        }
        assertThat(tree.names()).containsExactly(FIRST_FILE, "FlumeData.1700000000002");
    }

    @ParameterizedTest
    @ValueSource(strings = {"true", "false"})
    void bytesAreForcedToALocalDiskToo(String rawLocal) throws Exception {
        try (SinkUnderTest sut =
                SinkUnderTest.started(root, "hdfs.sync", "hsync", "hdfs.useRawLocalFileSystem", rawLocal)) {
            sut.put(Batches.of("one")).drainAll();
            assertThat(tree.text(FIRST_FILE + ".tmp")).isEqualTo("one\n");
        }
        assertThat(tree.text(FIRST_FILE)).isEqualTo("one\n");
    }

    @Test
    void aSequenceFileAsksForNoSchema() throws Exception {
        try (SinkUnderTest sut = raw(
                "hdfs.fileType",
                "SequenceFile",
                "serializer",
                "org.apache.flume.sink.hdfs.AvroEventSerializer$Builder")) {
            sut.put(Batches.of("one")).drainAll();
        }
        assertThat(tree.names()).containsExactly(FIRST_FILE);
    }

    @Test
    void anUnknownWayToAuthenticateFailsTheStart() throws Exception {
        Files.writeString(
                directory.resolve("core-site.xml"),
                "<configuration><property><name>hadoop.security.authentication</name><value>magic</value></property></configuration>");

        assertThatThrownBy(() -> SinkUnderTest.started(root, "hdfs.configurationDirectory", directory.toString()))
                .isInstanceOf(StartException.class)
                .hasMessageContaining("k1")
                .hasMessageContaining("magic");
    }

    @Test
    void anUnknownFileSystemFailsTheStart() {
        assertThatThrownBy(() -> SinkUnderTest.started("nosuch://host/x"))
                .isInstanceOf(StartException.class)
                .hasMessageContaining("k1")
                .hasMessageContaining("nosuch");
    }

    @Test
    void closingWithoutAStartDoesNothing() throws Exception {
        SinkUnderTest.configured("hdfs.path", root).close();
        assertThat(tree.names()).isEmpty();
    }

    private SinkUnderTest raw(String... keysAndValues) throws StartException {
        String[] all = Stream.concat(Stream.of("hdfs.useRawLocalFileSystem", "true"), Arrays.stream(keysAndValues))
                .toArray(String[]::new);
        return SinkUnderTest.started(root, all);
    }

    private static List<String> numbered(int first, int events) {
        EventBatch batch = Batches.numbered(first, events);
        try {
            return Batches.bodies(batch);
        } finally {
            batch.release();
        }
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
