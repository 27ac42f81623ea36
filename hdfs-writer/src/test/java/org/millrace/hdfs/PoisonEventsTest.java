package org.millrace.hdfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.apache.avro.file.DataFileReader;
import org.apache.avro.generic.GenericDatumReader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.millrace.api.DeliveryException;
import org.millrace.api.StartException;
import org.millrace.api.deadletter.DeadLetters;
import org.millrace.codec.EventBatch;
import org.millrace.codec.EventBatchBuilder;
import org.millrace.hdfs.FaultyFileSystem.Fault;
import org.millrace.hdfs.FaultyFileSystem.Op;
import org.millrace.testkit.Batches;
import org.millrace.testkit.LogLines;

/** Events that can never be written: they become dead letters, once, and the others arrive, once. */
class PoisonEventsTest {
    private static final String AVRO_BODY = "org.apache.flume.sink.hdfs.AvroEventSerializer$Builder";
    private static final String URL = "flume.avro.schema.url";
    private static final Map<String, String> NOW = Map.of("timestamp", "1700000000000");
    private static final Map<String, String> STRING = Map.of("flume.avro.schema.literal", "\"string\"");

    @TempDir
    private Path directory;

    private Tree tree;
    private Letters letters;

    @BeforeEach
    void directories() throws Exception {
        tree = new Tree(Files.createDirectory(directory.resolve("files")));
        letters = new Letters(directory.resolve("dead"));
    }

    @AfterEach
    void noFault() {
        FaultyFileSystem.fault = Fault.NONE;
    }

    private SinkUnderTest started(String path, String... more) throws StartException {
        Map<String, String> all = new LinkedHashMap<>();
        all.put("deadLetter.directory", letters.directory().toString());
        for (int i = 0; i < more.length; i += 2) {
            all.put(more[i], more[i + 1]);
        }
        String[] pairs = all.entrySet().stream()
                .flatMap(entry -> Stream.of(entry.getKey(), entry.getValue()))
                .toArray(String[]::new);
        return SinkUnderTest.started(path, pairs);
    }

    private String root() {
        return tree.root().toUri().toString();
    }

    static List<Arguments> kinds() {
        String[] text = {};
        String[] avro = {"serializer", AVRO_BODY};
        return List.of(
                Arguments.of("%Y", text, Map.of(), "poison", "no timestamp header"),
                Arguments.of("%Y", text, Map.of("timestamp", "today"), "poison", "not epoch milliseconds"),
                Arguments.of("%Y", text, Map.of("timestamp", "1700000000000000000"), "poison", "not epoch"),
                Arguments.of("%{a}%{b}", text, twoLongHeaders(), "poison", "a level of 300 bytes"),
                Arguments.of("%{a}%{b}/".repeat(40), text, twoLongHeaders(), "poison", "characters"),
                Arguments.of("%{a}.%{b}", text, Map.of(), "poison", "a level of dots"),
                Arguments.of("%{a}.%{b}.", text, Map.of(), "poison", "a level of dots"),
                Arguments.of("x/%{a}./y", text, Map.of(), "poison", "a level of dots"),
                Arguments.of("x", new String[] {"hdfs.maxEventBytes", "5"}, NOW, "poison", "body has 6 bytes"),
                Arguments.of("x", avro, NOW, "poison", "it has no schema"),
                Arguments.of("x", avro, Map.of("flume.avro.schema.literal", "{"), "poison", "is no Avro schema"),
                Arguments.of("x", avro, Map.of(URL, "file:///etc/passwd"), "poison", "may not name this place"),
                Arguments.of("x", avro, STRING, datum("12") + "34", "no datum of its schema"),
                Arguments.of("x", avro, STRING, datum("1234").substring(1), "no datum of its schema"));
    }

    /** Two headers can make what one of them may not; a name node refuses it again and again. */
    @Test
    void noTwoHeadersMakeANameThatHdfsKeepsForItself() throws Exception {
        try (SinkUnderTest sut = started("fault://" + tree.root() + "/x/%{a}%{b}")) {
            sut.put(Batches.of(Map.of("a", ".snap", "b", "shot"), "poison"))
                    .put(Batches.of(Map.of("a", ".snap", "b", "shots"), "good"))
                    .drainAll();
        }
        assertThat(letters.all())
                .singleElement()
                .satisfies(letter -> assertThat(letter.reason()).contains("a level that HDFS keeps for itself"));
        assertThat(tree.names()).singleElement().asString().startsWith("x/.snapshots/");
    }

    /** A name has a counter behind its prefix: what would be a name of its own without it is none. */
    @ParameterizedTest
    @ValueSource(strings = {"%{missing}", ".", "snapshot", "reserved"})
    void aPrefixThatMakesADotFileIsNoEventsFault(String prefix) throws Exception {
        try (SinkUnderTest sut =
                started("fault://" + tree.root(), "hdfs.inUsePrefix", ".", "hdfs.filePrefix", prefix)) {
            sut.put(Batches.of("one")).drainAll();
            assertThat(tree.inUse()).singleElement().asString().startsWith(".");
        }
        assertThat(letters.all()).isEmpty();
        assertThat(tree.names()).containsExactly(prefix.replace("%{missing}", "") + ".1700000000001");
    }

    @Test
    void dotsThatTheOperatorHasWrittenAreNoEventsFault() throws Exception {
        try (SinkUnderTest sut = started(root() + "/x/./%{a}/../y")) {
            sut.put(Batches.of(Map.of("a", "a"), "one")).drainAll();
        }
        assertThat(letters.all()).isEmpty();
        assertThat(tree.names()).singleElement().asString().startsWith("x/y/");
    }

    @Test
    void aSchemeWithoutAnAddressIsNoLevelOfThePath() throws Exception {
        try (SinkUnderTest sut = started("fault:" + tree.root() + "/%{a}")) {
            sut.put(Batches.of(Map.of("a", "a"), "one")).drainAll();
        }
        try (SinkUnderTest sut = started("fault:/%{missing}" + tree.root())) {
            sut.put(Batches.of("two")).drainAll();
        }
        assertThat(letters.all()).isEmpty();
        assertThat(tree.lines()).containsExactlyInAnyOrder("one", "two");
    }

    @Test
    void aColonIsPartOfANameWhereTheFileSystemAllowsIt() throws Exception {
        try (SinkUnderTest sut = started(
                root() + "/%H:%M",
                "hdfs.timeZone",
                "UTC",
                "hdfs.filePrefix",
                "%H:%M",
                "hdfs.fileSuffix",
                ":log",
                "hdfs.inUsePrefix",
                "open:")) {
            sut.put(Batches.of(NOW, "one")).drainAll();
            assertThat(tree.names()).singleElement().asString().startsWith("22:13/open:22:13.");
        }
        assertThat(letters.all()).isEmpty();
        assertThat(tree.names()).containsExactly("22:13/22:13.1700000000001:log");
        assertThat(tree.lines()).containsExactly("one");
    }

    static List<Arguments> overlong() {
        String union = "[\"null\",\"int\"]";
        String letters = "{\"type\":\"enum\",\"name\":\"e\",\"symbols\":[\"A\",\"B\"]}";
        String array = "{\"type\":\"array\",\"items\":\"int\"}";
        return List.of(
                Arguments.of("\"int\"", "02", "FEFFFFFFFF0F"),
                Arguments.of("\"int\"", "8280808000", "828080808000"),
                Arguments.of("\"int\"", "FFFFFFFF0F", "FFFFFFFF1F"),
                Arguments.of("\"long\"", "FEFFFFFFFFFFFFFFFF01", "FEFFFFFFFFFFFFFFFFFF01"),
                Arguments.of(letters, "02", "828080808000"),
                Arguments.of(union, "0202", "82808080800002"),
                Arguments.of(array, "020201020200", "01040200"), // a block that says two bytes and has one
                Arguments.of(array, "0304020400", "FFFFFFFFFFFFFFFFFF010000"));
    }

    /** The block of the good event would end there. */
    @ParameterizedTest(name = "{0}: {2}")
    @MethodSource("overlong")
    void whatAvroCannotReadStandsInNoFile(String schema, String good, String poison) throws Exception {
        Map<String, String> headers = Map.of("flume.avro.schema.literal", schema);
        try (SinkUnderTest sut = started(root(), "serializer", AVRO_BODY)) {
            sut.put(hex(headers, good))
                    .put(hex(headers, poison))
                    .put(hex(headers, good))
                    .drainAll();
        }
        assertThat(data()).hasSize(2);
        assertThat(letters.all())
                .singleElement()
                .satisfies(letter -> assertThat(letter.reason()).contains("no datum of its schema"));
    }

    private static EventBatch hex(Map<String, String> headers, String body) {
        try (EventBatchBuilder builder = new EventBatchBuilder()) {
            return builder.add(headers, HexFormat.of().parseHex(body)).build();
        }
    }

    /** What is written of a batch are runs of neighbours: what stands between two events of a bucket must part them. */
    @Test
    void poisonBetweenTwoEventsOfABatchTakesTheirPlaceInNoFile() throws Exception {
        try (SinkUnderTest sut = started(root() + "/x", "hdfs.maxEventBytes", "5")) {
            sut.put(Batches.of("one", "poison", "two", "three", "poison", "poison", "four"))
                    .drainAll();
        }
        assertThat(tree.lines()).containsExactly("one", "two", "three", "four");
        assertThat(letters.all()).hasSize(3);
    }

    private static Map<String, String> twoLongHeaders() {
        Map<String, String> headers = new HashMap<>(NOW);
        headers.put("a", "a".repeat(150));
        headers.put("b", "b".repeat(150));
        return headers;
    }

    @ParameterizedTest(name = "{4}")
    @MethodSource("kinds")
    void poisonIsWrittenOnceToTheDeadLettersAndAllElseOnceToItsFile(
            String path, String[] settings, Map<String, String> headers, String poison, String reason)
            throws Exception {
        boolean isAvro = settings.length > 0 && settings[0].equals("serializer");
        Map<String, String> good = new HashMap<>(NOW);
        good.putAll(isAvro ? STRING : Map.of("a", "a", "b", "b"));
        try (SinkUnderTest sut = started(root() + "/" + path, settings)) {
            sut.put(Batches.of(good, isAvro ? datum("1") : "one"))
                    .put(Batches.of(headers, poison))
                    .put(Batches.of(good, isAvro ? datum("2") : "two"))
                    .drainAll();

            assertThat(sut.channel.bodies()).isEmpty();
            assertThat(sut.counter("deadLetteredEvents")).isEqualTo(1);
            assertThat(sut.metrics.drainSuccesses.getCount()).isEqualTo(2);
        }
        assertThat(letters.all()).singleElement().satisfies(letter -> {
            assertThat(letter.body()).isEqualTo(poison);
            assertThat(letter.headers()).containsAllEntriesOf(headers).containsEntry("deadLetter.sink", "k1");
            assertThat(letter.reason()).contains(reason);
        });
        assertThat(tree.names()).hasSize(1);
        if (isAvro) {
            assertThat(data()).containsExactly("1", "2");
        } else {
            assertThat(tree.lines()).containsExactly("one", "two");
        }
    }

    @Test
    void aSchemaThatComesInTimeHealsItsEvents() throws Exception {
        Path schema = directory.resolve("late.avsc");
        Map<String, String> headers = Map.of(URL, schema.toUri().toString());
        try (SinkUnderTest sut = started(root(), "serializer", AVRO_BODY, "serializer.schemaUrlPrefixes", "file:")) {
            sut.put(Batches.of(headers, datum("late"))).put(Batches.of(STRING, datum("fine")));
            for (int turn = 1; turn < 3; turn++) {
                assertThatThrownBy(sut.sink::drain)
                        .isInstanceOf(DeliveryException.class)
                        .hasMessageContaining("try " + turn + " of 3")
                        .hasMessageContaining("late.avsc");
                assertThat(tree.names()).isEmpty();
            }
            Files.writeString(schema, "\"string\"");
            sut.drainAll();
            assertThat(sut.counter("deadLetteredEvents")).isZero();
        }
        assertThat(letters.all()).isEmpty();
        assertThat(data()).containsExactly("late", "fine");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void anEventThatDoesNotHealHasItsTries(int tries) throws Exception {
        Map<String, String> headers =
                Map.of(URL, directory.resolve("never").toUri().toString());
        try (SinkUnderTest sut = started(
                root(),
                "serializer",
                AVRO_BODY,
                "serializer.schemaUrlPrefixes",
                "file:",
                "deadLetter.maxTries",
                Integer.toString(tries))) {
            sut.put(Batches.of(headers, datum("never"))).put(Batches.of(STRING, datum("fine")));
            for (int turn = 1; turn < tries; turn++) {
                assertThatThrownBy(sut.sink::drain).hasMessageContaining("try " + turn + " of " + tries);
            }
            sut.drainAll();
        }
        assertThat(letters.all())
                .singleElement()
                .satisfies(letter ->
                        assertThat(letter.headers()).containsEntry("deadLetter.tries", Integer.toString(tries)));
        assertThat(data()).containsExactly("fine");
    }

    @Test
    void aSchemaOfTheOperatorsThatIsOutOfReachIsNoEventsFault() throws Exception {
        Path schema = directory.resolve("ours.avsc");
        try (SinkUnderTest sut = started(
                root(),
                "serializer",
                AVRO_BODY,
                "serializer.schemaURL",
                schema.toUri().toString())) {
            sut.put(Batches.of(datum("x")));
            for (int turn = 0; turn < 5; turn++) {
                assertThatThrownBy(sut.sink::drain).hasMessageContaining("serializer.schemaURL");
            }
            Files.writeString(schema, "\"string\"");
            sut.drainAll();
        }
        assertThat(letters.all()).isEmpty();
        assertThat(tree.names()).hasSize(1);
    }

    @Test
    void aTurnWithDeadLettersIsCommittedDurablySoThatAKillDoesNotBringThemTwice() throws Exception {
        try (SinkUnderTest sut = started(root() + "/x", "hdfs.maxEventBytes", "5")) {
            sut.put(Batches.of("one")).drainAll();
            int before = sut.channel.durableCommits();
            sut.put(Batches.of("two")).drainAll();
            assertThat(sut.channel.durableCommits()).isEqualTo(before);
            sut.put(Batches.of("poison", "three")).drainAll();
            assertThat(sut.channel.durableCommits()).isEqualTo(before + 1);
        }
        assertThat(letters.bodies()).containsExactly("poison");
    }

    @Test
    void aClockThatIsSetBackKeepsNoWarningBack() throws Exception {
        try (LogLines log = LogLines.of(DeadLetters.class);
                SinkUnderTest sut = started(root(), "hdfs.maxEventBytes", "5")) {
            sut.put(Batches.of("poison")).drainAll();
            sut.put(Batches.of("poison")).drainAll();
            assertThat(log.lines()).as("one a minute").hasSize(1);

            sut.clock.advance(java.time.Duration.ofDays(-1));
            sut.put(Batches.of("poison")).drainAll();
            assertThat(log.lines()).hasSize(2);
        }
    }

    @Test
    void anEventThatTheSerializerThrowsAtHasItsTriesAndThenHoldsUpNobody() throws Exception {
        try (SinkUnderTest sut = started(root(), "serializer", "picky")) {
            sut.put(Batches.of("before")).drainAll();
            sut.put(Batches.of("one", "poison", "two"));
            for (int turn = 1; turn <= 3; turn++) {
                assertThatThrownBy(sut.sink::drain)
                        .isInstanceOf(DeliveryException.class)
                        .hasMessageContaining("no poison please");
                assertThat(sut.gauge("heldEvents")).isEqualTo(0);
            }
            sut.drainAll();
            assertThat(sut.counter("deadLetteredEvents")).isEqualTo(1);
        }
        assertThat(letters.all()).singleElement().satisfies(letter -> {
            assertThat(letter.body()).isEqualTo("poison");
            assertThat(letter.reason()).contains("no poison please");
        });
        assertThat(tree.inUse()).isEmpty();
        assertThat(tree.lines()).containsExactlyInAnyOrder("before", "one", "two");
    }

    @ParameterizedTest(name = "more comes for the bucket meanwhile: {0}")
    @ValueSource(booleans = {false, true})
    void evenIfItsBucketWasHeldBack(boolean moreComes) throws Exception {
        Map<String, String> bad = Map.of("b", "bad");
        FaultyFileSystem.fault =
                Fault.failing((op, path) -> op == Op.CREATE && path.getName().startsWith("bad"), 1);
        try (SinkUnderTest sut = started("fault://" + tree.root(), "hdfs.filePrefix", "%{b}", "serializer", "picky")) {
            for (String body : List.of("one", "poison", "two")) {
                sut.put(Batches.of(bad, body));
            }
            sut.put(Batches.of(Map.of("b", "good"), "fine"));
            sut.sink.drain();
            assertThat(sut.gauge("heldEvents")).isEqualTo(3);
            for (int turn = 0; turn < 20; turn++) {
                if (moreComes && turn < 10) {
                    sut.put(Batches.of(bad, "more")).put(Batches.of(Map.of("b", "good"), "more"));
                }
                sut.clock.advance(java.time.Duration.ofSeconds(30));
                try {
                    sut.sink.drain();
                } catch (DeliveryException e) {
                    assertThat(e).hasMessageContaining("no poison please");
                }
            }
            assertThat(sut.gauge("heldEvents")).isEqualTo(0);
            assertThat(sut.channel.bodies()).isEmpty();
        }
        assertThat(letters.bodies()).containsExactly("poison");
        assertThat(tree.inUse()).isEmpty();
        assertThat(tree.lines()).contains("one", "two", "fine").hasSize(moreComes ? 23 : 3);
    }

    @Test
    void anEventThatWasWrittenAfterAllIsForgottenAndThoseThatLookLikeItAreWritten() throws Exception {
        try (SinkUnderTest sut = started(root(), "serializer", "picky")) {
            sut.put(Batches.of("same"));
            PickySerializerFactory.throwOnce();
            assertThatThrownBy(sut.sink::drain).hasMessageContaining("no poison please");
            sut.drainAll();
            for (int i = 0; i < 5; i++) {
                sut.put(Batches.of("same")).drainAll();
            }
        }
        assertThat(letters.all()).isEmpty();
        assertThat(tree.lines()).hasSize(6);
    }

    @Test
    void whatTheFileSystemThrowsUncheckedIsNoEventsFault() throws Exception {
        AtomicInteger left = new AtomicInteger(5);
        FaultyFileSystem.fault = (op, path) -> {
            if (op == Op.WRITE && left.getAndDecrement() > 0) {
                throw new IllegalStateException("injected: unchecked");
            }
            return true;
        };
        String long1 = "1".repeat(ChunkedOutput.Chunks.BYTES); // written while it is appended
        try (SinkUnderTest sut = started("fault://" + tree.root(), "hdfs.heldEvents", "0")) {
            sut.put(Batches.of(long1));
            for (int turn = 0; turn < 5; turn++) {
                assertThatThrownBy(sut.sink::drain).hasMessageContaining("injected: unchecked");
                sut.clock.advance(java.time.Duration.ofSeconds(1));
            }
            sut.drainAll();
        }
        assertThat(letters.all()).isEmpty();
        assertThat(tree.lines()).containsExactly(long1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"CREATE", "WRITE", "FLUSH"})
    void whileTheFileSystemFailsThereIsNoSecondDeadLetter(Op op) throws Exception {
        FaultyFileSystem.fault = Fault.failing(op, 3);
        try (SinkUnderTest sut = started("fault://" + tree.root() + "/%Y")) {
            sut.put(Batches.of(Map.of(), "poison")).put(Batches.of(NOW, "good"));
            for (int turn = 0; turn < 3; turn++) {
                assertThatThrownBy(sut.sink::drain).hasMessageContaining("injected");
                assertThat(letters.all()).isEmpty();
                assertThat(sut.counter("deadLetteredEvents")).isZero();
            }
            sut.drainAll();
        }
        assertThat(letters.bodies()).containsExactly("poison");
        assertThat(tree.lines()).containsExactly("good");
    }

    @Test
    void poisonAmongEventsThatAreHeldBackIsWrittenOnceAndSoAreThey() throws Exception {
        FaultyFileSystem.fault =
                Fault.failing((op, path) -> op == Op.FLUSH && path.getName().startsWith("bad"), 3);
        Map<String, String> bad = Map.of("timestamp", "1700000000000", "b", "bad");
        Map<String, String> good = Map.of("timestamp", "1700000000000", "b", "good");
        try (SinkUnderTest sut = started("fault://" + tree.root() + "/%Y", "hdfs.filePrefix", "%{b}")) {
            for (int i = 0; i < 3; i++) {
                sut.put(Batches.of(bad, "bad " + i))
                        .put(Batches.of(Map.of("b", "bad"), "poison " + i))
                        .put(Batches.of(good, "good " + i));
                sut.sink.drain();
                assertThat(sut.gauge("heldEvents")).isEqualTo(i + 1);
                assertThat(sut.counter("deadLetteredEvents")).isEqualTo(i + 1);
                assertThat(sut.metrics.drainSuccesses.getCount()).isEqualTo(i + 1);
            }
            for (int turn = 0; turn < 10; turn++) {
                sut.clock.advance(java.time.Duration.ofSeconds(4));
                sut.sink.drain();
            }
            assertThat(sut.gauge("heldEvents")).isEqualTo(0);
        }
        assertThat(letters.bodies()).containsExactly("poison 0", "poison 1", "poison 2");
        assertThat(tree.inUse()).isEmpty();
        assertThat(tree.lines()).containsExactlyInAnyOrder("bad 0", "bad 1", "bad 2", "good 0", "good 1", "good 2");
    }

    @Test
    void whatIsHeldBackWhenTheSinkStopsComesAgainAndItsPoisonDoesNot() throws Exception {
        FaultyFileSystem.fault =
                Fault.failing((op, path) -> op == Op.CREATE && path.getName().startsWith("bad"), Integer.MAX_VALUE);
        SinkUnderTest sut = started("fault://" + tree.root() + "/%Y", "hdfs.filePrefix", "%{b}");
        sut.put(Batches.of(Map.of("timestamp", "1700000000000", "b", "bad"), "bad"))
                .put(Batches.of(Map.of("b", "bad"), "poison"))
                .put(Batches.of(Map.of("timestamp", "1700000000000", "b", "good"), "good"));
        sut.sink.drain();
        sut.sink.close();

        assertThat(sut.channel.bodies()).containsExactly("bad");
        assertThat(letters.bodies()).containsExactly("poison");
        assertThat(tree.lines()).containsExactly("good");
        sut.close();
    }

    @Test
    void whileDeadLettersCannotBeWrittenNothingIsDroppedAndNothingIsDoubled() throws Exception {
        try (SinkUnderTest sut = started(root() + "/%Y", "deadLetter.maxBytes", "1024")) {
            sut.put(Batches.of(Map.of(), "p".repeat(2000))).put(Batches.of(NOW, "good"));
            for (int turn = 0; turn < 5; turn++) {
                assertThatThrownBy(sut.sink::drain)
                        .isInstanceOf(DeliveryException.class)
                        .hasMessageContaining("nothing is dropped")
                        .cause()
                        .hasMessageContaining("deadLetter.maxBytes");
            }
            assertThat(tree.names()).isEmpty();
            assertThat(sut.channel.bodies()).hasSize(2);
        }
    }

    @Test
    void aDirectoryThatCannotBeUsedFailsTheStart() throws Exception {
        Path file = Files.writeString(directory.resolve("file"), "x");
        assertThatThrownBy(() -> started(
                        root(), "deadLetter.directory", file.resolve("dead").toString()))
                .isInstanceOf(StartException.class)
                .hasMessageContaining("deadLetter.directory")
                .hasMessageContaining(file.toString());
    }

    /** What Avro's own reader finds in the one file. */
    private List<String> data() throws IOException {
        List<String> data = new ArrayList<>();
        Path file = tree.root().resolve(tree.names().get(0));
        assertThat(tree.names()).hasSize(1);
        try (DataFileReader<Object> reader = new DataFileReader<>(file.toFile(), new GenericDatumReader<>())) {
            reader.forEach(datum -> data.add(datum.toString()));
        }
        return data;
    }

    /** A string as Avro has it: the length, then the bytes. */
    private static String datum(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        return (char) (2 * utf8.length) + text;
    }
}
