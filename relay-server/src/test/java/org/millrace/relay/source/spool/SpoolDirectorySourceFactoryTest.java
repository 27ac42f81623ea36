package org.millrace.relay.source.spool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.codahale.metrics.MetricRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.millrace.api.BatchSized;
import org.millrace.api.ComponentFactory;
import org.millrace.api.KeyDefinition;
import org.millrace.api.Settings;
import org.millrace.api.Source;
import org.millrace.api.SourceContext;
import org.millrace.api.SourceMetrics;
import org.millrace.api.StartException;

class SpoolDirectorySourceFactoryTest {
    private static final List<String> FLUME_KEYS = List.of(
            "spoolDir",
            "fileSuffix",
            "deletePolicy",
            "trackingPolicy",
            "trackerDir",
            "fileHeader",
            "fileHeaderKey",
            "basenameHeader",
            "basenameHeaderKey",
            "includePattern",
            "ignorePattern",
            "consumeOrder",
            "recursiveDirectorySearch",
            "pollDelay",
            "batchSize",
            "maxBackoff",
            "inputCharset",
            "decodeErrorPolicy",
            "deserializer",
            "deserializer.maxLineLength",
            "deserializer.outputCharset",
            "deserializer.schemaType",
            "deserializer.maxBlobLength",
            "bufferMaxLineLength",
            "bufferMaxLines");

    @TempDir
    Path temporary;

    private final RecordingInlet inlet = new RecordingInlet();
    private final Map<String, String> values = new HashMap<>();
    private final List<String> problems = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();
    private final List<String> claims = new ArrayList<>();
    private SpoolDirectory spool;

    @BeforeEach
    void makeDirectory() throws IOException {
        spool = new SpoolDirectory(Files.createDirectory(temporary.resolve("spool")));
        values.put("spoolDir", spool.path.toString());
    }

    @Test
    void itIsFoundByBothOfItsNames() {
        assertThat(ServiceLoader.load(ComponentFactory.OfSource.class))
                .anySatisfy(factory -> assertThat(factory.typeNames())
                        .containsExactly("spooldir", "org.apache.flume.source.SpoolDirectorySource"));
    }

    @Test
    void everyKeyOfFlumesIsKnown() {
        Settings settings = settings();
        create(settings);
        assertThat(settings.definitions())
                .extracting(KeyDefinition::key)
                .containsExactlyInAnyOrderElementsOf(FLUME_KEYS);
        assertThat(problems).isEmpty();
        assertThat(notes).isEmpty();
    }

    @Test
    void theBatchSizeIsToldForTheCheckAgainstTheChannel() {
        assertThat(((BatchSized) create(settings())).batchEvents()).isEqualTo(100);
        values.put("batchSize", "7");
        BatchSized sized = (BatchSized) create(settings());
        assertThat(sized.batchEvents()).isEqualTo(7);
        assertThat(sized.batchKey()).isEqualTo("batchSize");
    }

    @Test
    void aMissingDirectorySettingIsAMistake() {
        values.remove("spoolDir");
        create(settings());
        assertThat(problems).singleElement().asString().startsWith("spoolDir: missing");
    }

    @ParameterizedTest(name = "{0} = {1}")
    @CsvSource({
        "batchSize, 0",
        "pollDelay, 0",
        "maxBackoff, -1",
        "deletePolicy, later",
        "trackingPolicy, none",
        "consumeOrder, newest",
        "recursiveDirectorySearch, yes",
        "includePattern, '('",
        "ignorePattern, '['",
        "inputCharset, KLINGON",
        "decodeErrorPolicy, SKIP",
        "fileSuffix, ''",
        "fileSuffix, a/b",
        "fileSuffix, \uD800",
        "trackerDir, ''",
        "deserializer, JSON",
        "deserializer.maxLineLength, 0",
        "deserializer.outputCharset, x-JISAutoDetect",
        "bufferMaxLineLength, x",
    })
    void aBadValueIsRefusedByName(String key, String value) {
        values.put(key, value);
        create(settings());
        assertThat(problems).singleElement().asString().startsWith(key + ": ");
    }

    @ParameterizedTest(name = "{0}: {1} = {2}")
    @CsvSource({
        "AVRO, deserializer.schemaType, MD5",
        "BLOB, deserializer.maxBlobLength, 0",
        "BLOB, deserializer.maxBlobLength, 1000000000",
    })
    void aBadValueOfADeserializerIsRefusedByName(String deserializer, String key, String value) {
        values.put("deserializer", deserializer);
        aBadValueIsRefusedByName(key, value);
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"AVRO", "BLOB"})
    void aKeyForTextHasNoEffectWhereFilesAreNoTextAndThatIsSaid(String deserializer) {
        values.put("deserializer", deserializer);
        values.put("inputCharset", "UTF-16");
        values.put("decodeErrorPolicy", "REPLACE");
        values.put("deserializer.outputCharset", "UTF-16");
        values.put("bufferMaxLineLength", "100");
        create(settings());
        assertThat(problems).isEmpty();
        assertThat(notes)
                .contains(
                        "deserializer.outputCharset: has no effect: deserializer is " + deserializer,
                        "inputCharset: has no effect: the deserializer has no use for it",
                        "decodeErrorPolicy: has no effect: the deserializer has no use for it",
                        "bufferMaxLineLength: has no effect: the deserializer has no use for it");
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"BLOB", "org.apache.flume.sink.solr.morphline.BlobDeserializer$Builder"})
    void aWholeFileCanBeAnEvent(String deserializer) throws StartException {
        values.put("deserializer", deserializer);
        values.put("deserializer.maxBlobLength", "5");
        spool.put("a", "ab\ncd\nef");
        runUntil("a.COMPLETED");
        assertThat(inlet.texts()).containsExactly("ab\ncd", "\nef");
        assertThat(notes).isEmpty();
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"avro", "org.apache.flume.serialization.AvroEventDeserializer$Builder"})
    void recordsOfAnAvroContainerCanBeEvents(String deserializer) throws Exception {
        values.put("deserializer", deserializer);
        values.put("deserializer.schemaType", "literal");
        values.put("basenameHeader", "true");
        spool.put("a", AvroFiles.container(1, 2, 100));
        runUntil("a.COMPLETED");
        assertThat(inlet.events)
                .extracting(SpoolDirectory.Read::headers)
                .containsExactly(
                        Map.of("flume.avro.schema.literal", AvroFiles.SCHEMA.toString(), "basename", "a"),
                        Map.of("flume.avro.schema.literal", AvroFiles.SCHEMA.toString(), "basename", "a"));
    }

    @Test
    void aKeyOfAnotherDeserializerHasNoEffectAndThatIsSaid() {
        values.put("deserializer.schemaType", "HASH");
        values.put("deserializer.maxBlobLength", "1");
        create(settings());
        assertThat(problems).isEmpty();
        assertThat(notes)
                .containsExactly(
                        "deserializer.schemaType: has no effect: deserializer is LINE",
                        "deserializer.maxBlobLength: has no effect: deserializer is LINE");
    }

    @Test
    void theOldKeyForLongLinesWorksAloneAndIsRefusedBesideTheNewOne() throws StartException {
        values.put("bufferMaxLineLength", "3");
        values.put("bufferMaxLines", "100");
        spool.put("a", "abcdef\n");
        runUntil("a.COMPLETED");
        assertThat(inlet.texts()).containsExactly("abc", "def");
        assertThat(notes).hasSize(2);

        values.put("deserializer.maxLineLength", "4");
        create(settings());
        assertThat(problems).singleElement().asString().startsWith("bufferMaxLineLength: ");
    }

    @Test
    void theSettingsReachTheReading() throws StartException {
        values.putAll(Map.of(
                "fileSuffix", ".done",
                "fileHeader", "true",
                "fileHeaderKey", "path",
                "basenameHeader", "TRUE",
                "includePattern", ".*\\.log",
                "ignorePattern", "x.*",
                "inputCharset", "ISO-8859-1",
                "deserializer.maxLineLength", "4",
                "deserializer", "line",
                "pollDelay", "1"));
        values.put("consumeOrder", "youngest");
        values.put("recursiveDirectorySearch", "true");
        values.put("trackerDir", "tracker");
        values.put("trackingPolicy", "TRACKER_DIR");
        spool.put("a.log", "old".getBytes(StandardCharsets.ISO_8859_1));
        Path young = spool.put("sub/b.log", "äöüßé".getBytes(StandardCharsets.ISO_8859_1));
        spool.put("x.log", "ignored");
        spool.put("a.txt", "not included");
        runUntil("a.log", "a.txt", "sub", "tracker", "x.log");

        assertThat(inlet.texts()).containsExactly("äöüß", "é", "old");
        assertThat(inlet.events.get(0).headers()).isEqualTo(Map.of("path", young.toString(), "basename", "b.log"));
        assertThat(spool.path.resolve("tracker/sub/b.log.done")).exists();
        assertThat(problems).isEmpty();
    }

    @Test
    void thePositionIsClaimedWhereverItIsKept() {
        create(settings());
        values.put("trackerDir", "t");
        create(settings());
        values.put("trackerDir", temporary.resolve("t").toString());
        create(settings());
        assertThat(claims)
                .filteredOn(claim -> claim.startsWith("trackerDir"))
                .containsExactly(
                        "trackerDir: " + spool.positionFile(),
                        "trackerDir: " + spool.path.resolve("t").resolve(PositionFile.NAME),
                        "trackerDir: " + temporary.resolve("t").resolve(PositionFile.NAME));
    }

    @Test
    void aDirectoryThatIsMissingIsNotedAndNoMistake() {
        values.put("spoolDir", temporary.resolve("missing").toString());
        create(settings());
        assertThat(problems).isEmpty();
        assertThat(notes).singleElement().asString().startsWith("spoolDir: ").contains("missing: no such directory");
        assertThat(temporary.resolve("missing")).doesNotExist();
    }

    @Test
    void aFileInThePlaceOfTheDirectoryIsNoted() {
        values.put("spoolDir", spool.put("file", "").toString());
        create(settings());
        assertThat(problems).isEmpty();
        assertThat(notes).singleElement().asString().contains("file: not a directory");
    }

    @Test
    void deletingAndReplacingReachTheReading() throws StartException {
        values.put("deletePolicy", "immediate");
        values.put("decodeErrorPolicy", "replace");
        values.put("deserializer.outputCharset", "UTF-8");
        spool.put("a", new byte[] {'a', (byte) 0xFF});
        runUntil();
        assertThat(inlet.texts()).containsExactly("a\uFFFD");
    }

    private void runUntil(String... names) throws StartException {
        Settings settings = settings();
        Source source = create(settings);
        assertThat(problems).isEmpty();
        source.start();
        try {
            await().until(() -> spool.names().equals(List.of(names)) && !inlet.events.isEmpty());
            if (values.containsKey("trackerDir")) {
                await().until(() -> Files.exists(spool.path.resolve("tracker/a.log.done")));
            }
        } finally {
            source.close();
        }
    }

    private Settings settings() {
        return new Settings(values, new Settings.Problems() {
            @Override
            public void problem(String key, String message) {
                problems.add(key + ": " + message);
            }

            @Override
            public void note(String key, String message) {
                notes.add(key + ": " + message);
            }

            @Override
            public void claim(String key, Path path) {
                claims.add(key + ": " + path);
            }
        });
    }

    private Source create(Settings settings) {
        SourceMetrics metrics = new SourceMetrics("r1", new MetricRegistry());
        return new SpoolDirectorySourceFactory()
                .create(new SourceContext("a1", "r1", inlet, metrics, InstantSource.system()), settings);
    }
}
