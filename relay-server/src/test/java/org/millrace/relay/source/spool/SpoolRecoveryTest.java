package org.millrace.relay.source.spool;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.apache.avro.Schema;
import org.apache.avro.file.DataFileReader;
import org.apache.avro.file.DataFileWriter;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.millrace.relay.source.spool.SpoolDirectory.Read;
import org.millrace.relay.source.spool.SpoolSettings.Completion;
import org.millrace.relay.source.spool.SpoolSettings.Marking;
import org.millrace.relay.source.spool.SpoolSettings.Order;
import org.millrace.relay.source.spool.SpoolSettings.Selection;

/** A crash is a reader that is closed, or not even that, and another one over the same directory. */
class SpoolRecoveryTest {
    private static final String SCHEMA = """
            {"type":"record","name":"TransferStateFileMeta","namespace":"org.apache.flume.serialization",
             "fields":[{"name":"offset","type":"long"}]}""";

    @TempDir
    Path temporary;

    private SpoolDirectory spool;

    @BeforeEach
    void makeDirectory() throws IOException {
        spool = new SpoolDirectory(Files.createDirectory(temporary.resolve("spool")));
    }

    @ParameterizedTest(name = "crash after {0} commits")
    @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6})
    void aCrashBetweenPutAndPositionRepeatsOneBatchAtMost(int commits) {
        List<String> all = List.of("1", "2", "3", "4", "5", "6", "7", "8", "9");
        spool.put("a", "1\n2\n3\n4\n5\n");
        spool.put("b", "6\n7\n8\n9");
        List<String> delivered = new ArrayList<>();
        SpoolingReader crashed = SpoolDirectory.open(spool.settings()); // never closed
        for (int i = 0; i < commits; i++) {
            delivered.addAll(SpoolDirectory.texts(SpoolDirectory.readBatch(crashed, 2)));
            crashed.commit();
        }
        List<String> inFlight = SpoolDirectory.texts(SpoolDirectory.readBatch(crashed, 2));

        List<String> afterwards = SpoolDirectory.texts(spool.settings());

        assertThat(afterwards.subList(0, inFlight.size())).isEqualTo(inFlight);
        delivered.addAll(afterwards);
        assertThat(delivered).isEqualTo(all);
    }

    @ParameterizedTest
    @ValueSource(strings = {"UTF-8", "UTF-16LE", "UTF-16", "Shift_JIS", "ISO-8859-1"})
    void aPositionIsGoodInEveryCharset(String name) {
        Charset charset = Charset.forName(name);
        String text = name.startsWith("ISO") ? "ä\nöü\nßabc\nd" : "日本\n表示\nソabc\nd";
        spool.put("a", text.getBytes(charset));
        SpoolSettings settings = spool.settings()
                .withFormat(new LineFormat(2048, charset, StandardCharsets.UTF_8, LineFormat.DecodeErrors.FAIL));
        List<String> all = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            all.addAll(SpoolDirectory.texts(firstBatchOfANewReader(settings)));
        }
        assertThat(all).containsExactlyElementsOf(List.of(text.split("\n")));
    }

    @Test
    void aPositionWithinALineThatWasCutIsGood() {
        spool.put("a", "abcdefgh\nx\n");
        SpoolSettings settings = spool.settings()
                .withFormat(new LineFormat(
                        3, StandardCharsets.UTF_8, StandardCharsets.UTF_8, LineFormat.DecodeErrors.FAIL));
        assertThat(SpoolDirectory.texts(firstBatchOfANewReader(settings))).containsExactly("abc");
        assertThat(SpoolDirectory.texts(settings)).containsExactly("def", "gh", "x");
    }

    @Test
    void aPositionFileCutAtAnyByteLosesNothingAndRepeatsOnlyWhatItForgot() throws IOException {
        spool.put("a", "1\n2\n3\n4\n5\n");
        SpoolingReader crashed = SpoolDirectory.open(spool.settings());
        List<Long> sizes = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            SpoolDirectory.readBatch(crashed, 1);
            crashed.commit();
            sizes.add(Files.size(spool.positionFile()));
        }
        crashed.close();
        byte[] whole = Files.readAllBytes(spool.positionFile());
        assertThat(whole).hasSize(sizes.get(2).intValue());

        for (int cut = 0; cut <= whole.length; cut++) {
            Files.write(spool.positionFile(), Arrays.copyOf(whole, cut));
            int bytes = cut;
            int kept = (int) sizes.stream().filter(size -> size <= bytes).count();
            try (SpoolingReader reader = SpoolDirectory.open(spool.settings())) {
                assertThat(SpoolDirectory.texts(SpoolDirectory.readBatch(reader, 10)))
                        .as("cut at byte %d", cut)
                        .isEqualTo(List.of("1", "2", "3", "4", "5").subList(kept, 5));
            }
        }
    }

    @Test
    void aTailOfZeroesAsAPowerCutLeavesItIsPassedOver() throws IOException {
        spool.put("a", "1\n2\n");
        firstBatchOfANewReader(spool.settings());
        byte[] whole = Files.readAllBytes(spool.positionFile());
        Files.write(spool.positionFile(), Arrays.copyOf(whole, whole.length + 100));
        assertThat(SpoolDirectory.texts(spool.settings())).containsExactly("2");
    }

    @Test
    void garbageInsteadOfAPositionFileMeansFromTheStart() throws IOException {
        spool.put("a", "1\n");
        Files.createDirectories(spool.positionFile().getParent());
        Files.writeString(spool.positionFile(), "this is no Avro container");
        assertThat(SpoolDirectory.texts(spool.settings())).containsExactly("1");
    }

    @Test
    void aPositionInAFileThatIsGoneIsForgotten() throws IOException {
        Path gone = spool.put("a", "1\n2\n");
        firstBatchOfANewReader(spool.settings());
        Files.delete(gone);
        spool.put("b", "3\n");
        assertThat(SpoolDirectory.texts(spool.settings())).containsExactly("3");
        assertThat(spool.positionFile()).doesNotExist();
    }

    @Test
    void anotherFileOfTheSameNameIsReadFromItsStart() {
        spool.put("a", "1\n2\n");
        firstBatchOfANewReader(spool.settings());
        spool.put("a", "x\ny\nz\n");
        assertThat(SpoolDirectory.texts(spool.settings())).containsExactly("x", "y", "z");
        spool.put("b", "1\n2\n3\n");
        firstBatchOfANewReader(spool.settings());
        spool.put("b", "");
        assertThat(SpoolDirectory.texts(spool.settings())).containsExactly("");
    }

    @Test
    void aFileThatGrewBetweenTwoRunsGoesOn() throws IOException {
        spool.put("a", "1\n2\n");
        firstBatchOfANewReader(spool.settings());
        spool.put("a", "1\n2\n3\n");
        assertThat(SpoolDirectory.texts(spool.settings())).containsExactly("2", "3");
    }

    @Test
    void theFileThatWasBeingReadComesFirstThoughAYoungerOneWouldBe() {
        spool.put("a", "1\n2\n");
        SpoolSettings youngest = spool.settings()
                .withSelection(new Selection(Pattern.compile(".*"), Pattern.compile("^$"), Order.YOUNGEST, false));
        firstBatchOfANewReader(youngest);
        spool.put("b", "3\n");
        assertThat(SpoolDirectory.texts(youngest)).containsExactly("2", "3");
    }

    @Test
    void aFileNoLongerSelectedKeepsItsPositionForLater() {
        spool.put("a", "1\n2\n");
        firstBatchOfANewReader(spool.settings());
        spool.put("b", "3\n");
        Selection onlyB = new Selection(Pattern.compile("b"), Pattern.compile("^$"), Order.OLDEST, false);
        assertThat(SpoolDirectory.texts(spool.settings().withSelection(onlyB))).containsExactly("3");
        assertThat(SpoolDirectory.texts(spool.settings())).containsExactly("2");
    }

    @Test
    void leftoversOfAnInterruptedWriteAreRemoved() throws IOException {
        Path tracker = Files.createDirectory(spool.path.resolve(".flumespool"));
        Files.createFile(tracker.resolve(PositionFile.NAME + ".tmp"));
        Files.createFile(tracker.resolve(PositionFile.NAME + "123456.tmp")); // Flume's
        Files.createFile(tracker.resolve(Quarantine.NAME + ".tmp"));
        assertThat(SpoolDirectory.texts(spool.settings())).isEmpty();
        assertThat(tracker).isEmptyDirectory();
    }

    @Test
    void aPositionThatFlumeWroteIsGoneOnWith() throws IOException {
        Path file = spool.put("a", "1\n2\n3\n");
        Files.createDirectories(spool.positionFile().getParent());
        Schema schema = new Schema.Parser().parse(SCHEMA);
        try (DataFileWriter<GenericRecord> flume = new DataFileWriter<>(new GenericDatumWriter<>(schema))) {
            flume.setMeta("file", file.toString());
            flume.create(schema, spool.positionFile().toFile());
            for (long offset : new long[] {0, 2, 4}) {
                GenericRecord meta = new GenericData.Record(schema);
                meta.put("offset", offset);
                flume.append(meta);
                flume.flush();
            }
        }
        assertThat(SpoolDirectory.texts(spool.settings())).containsExactly("3");
    }

    @Test
    void flumeCanReadThePosition() throws IOException {
        Path file = spool.put("a", "1\n2\n3\n");
        SpoolingReader crashed = SpoolDirectory.open(spool.settings());
        for (int i = 0; i < 2; i++) {
            SpoolDirectory.readBatch(crashed, 1);
            crashed.commit();
        }
        try (DataFileReader<GenericRecord> flume = new DataFileReader<>(
                spool.positionFile().toFile(), new GenericDatumReader<>(null, new Schema.Parser().parse(SCHEMA)))) {
            assertThat(flume.getMetaString("file")).isEqualTo(file.toString());
            List<Object> offsets = new ArrayList<>();
            flume.forEach(meta -> offsets.add(meta.get("offset")));
            assertThat(offsets).containsExactly(2L, 4L);
        }
    }

    @Test
    void aPositionFileStaysSmall() throws IOException {
        Path file = temporary.resolve("a");
        try (PositionFile positions = new PositionFile(temporary)) {
            for (long offset = 1; offset <= 200_000; offset++) {
                positions.advance(new FilePosition(file, offset, "0:0"));
            }
        }
        assertThat(Files.size(temporary.resolve(PositionFile.NAME))).isLessThan(2_000_000);
        assertThat(new PositionFile(temporary).read()).isEqualTo(new FilePosition(file, 200_000, "0:0"));
    }

    @Test
    void aPositionThatCannotBeWrittenStopsNobodyAndIsWrittenAgainWhenItCan() throws IOException {
        spool.put("a", "1\n2\n3\n4\n");
        Path tracker = temporary.resolve("tracker");
        SpoolSettings settings =
                spool.settings().withCompletion(new Completion(".COMPLETED", false, Marking.RENAME, tracker));
        SpoolingReader crashed = SpoolDirectory.open(settings);
        Files.delete(tracker);
        assertThat(SpoolDirectory.readBatch(crashed, 1)).hasSize(1);
        crashed.commit();
        Files.createDirectory(tracker);
        assertThat(SpoolDirectory.readBatch(crashed, 1)).hasSize(1);
        crashed.commit();
        assertThat(SpoolDirectory.texts(settings)).containsExactly("3", "4");
    }

    @Test
    void aFileThatChangedWhileItWasReadIsSetAsideAndGoneOnWithByTheNextRun() throws IOException {
        Path growing = spool.put("growing", "1\n2\n");
        spool.put("other", "3\n");
        try (SpoolingReader reader = SpoolDirectory.open(spool.settings())) {
            SpoolDirectory.readBatch(reader, 1);
            Files.writeString(growing, "1\n2\nmore\n");
            reader.commit();
            assertThat(SpoolDirectory.texts(SpoolDirectory.drain(reader, 10))).containsExactly("2", "more", "3");
            assertThat(reader.filesSetAside()).isEqualTo(1);
            assertThat(SpoolDirectory.drain(reader, 10)).isEmpty();
        }
        assertThat(spool.names()).containsExactly("growing", "other.COMPLETED");
        assertThat(spool.quarantineFile()).content().contains("growing", "changed while it was read", "9");

        Files.writeString(growing, "1\n2\nmore\nyet more\n");
        assertThat(SpoolDirectory.texts(spool.settings())).containsExactly("yet more");
        assertThat(spool.names()).containsExactly("growing.COMPLETED", "other.COMPLETED");
        assertThat(spool.quarantineFile()).doesNotExist();
    }

    @Test
    void aFileThatIsOnlyTouchedWhileReadIsSetAsideToo() throws IOException {
        Path touched = spool.put("touched", "1\n2\n");
        try (SpoolingReader reader = SpoolDirectory.open(spool.settings())) {
            SpoolDirectory.readBatch(reader, 1);
            Files.setLastModifiedTime(touched, FileTime.from(Instant.parse("2026-06-01T00:00:00Z")));
            reader.commit();
            assertThat(SpoolDirectory.drain(reader, 10)).hasSize(1);
            assertThat(reader.filesSetAside()).isEqualTo(1);
        }
    }

    @Test
    void aFileWhoseFinishedNameIsTakenIsSetAsideAndNothingIsReplaced() throws IOException {
        spool.put("a", "new\n");
        Path taken = spool.put("a.COMPLETED", "old\n");
        spool.put("b", "other\n");
        assertThat(SpoolDirectory.texts(spool.settings())).containsExactly("new", "other");
        assertThat(taken).hasContent("old\n");
        assertThat(spool.quarantineFile()).content().contains("its name was used before");

        assertThat(SpoolDirectory.texts(spool.settings()))
                .as("still taken: not read twice")
                .isEmpty();
        Files.delete(taken);
        assertThat(SpoolDirectory.texts(spool.settings()))
                .as("mended: not read twice")
                .isEmpty();
        assertThat(taken).hasContent("new\n");
    }

    @Test
    void linesInFrontOfABadOneAreDeliveredOnceAndTheRestWhenThePolicyAllowsIt() {
        spool.put("bad", new byte[] {'1', '\n', '2', '\n', (byte) 0xFF, '\n', '4', '\n'});
        spool.put("good", "5\n");
        assertThat(SpoolDirectory.texts(spool.settings())).containsExactly("1", "2", "5");
        assertThat(SpoolDirectory.texts(spool.settings())).isEmpty();
        assertThat(spool.names()).containsExactly("bad", "good.COMPLETED");
        assertThat(spool.quarantineFile()).content().contains("byte 4", "UTF-8");

        LineFormat replacing =
                new LineFormat(2048, StandardCharsets.UTF_8, StandardCharsets.UTF_8, LineFormat.DecodeErrors.REPLACE);
        assertThat(SpoolDirectory.texts(spool.settings().withFormat(replacing))).containsExactly("\uFFFD", "4");
        assertThat(spool.names()).containsExactly("bad.COMPLETED", "good.COMPLETED");
    }

    @Test
    void aFileInThePlaceOfOneSetAsideIsReadFromItsStart() throws IOException {
        Path bad = spool.put("bad", new byte[] {(byte) 0xFF});
        assertThat(SpoolDirectory.texts(spool.settings())).isEmpty();
        Files.delete(bad);
        spool.put("bad", "good now\n");
        assertThat(SpoolDirectory.texts(spool.settings())).containsExactly("good now");
        assertThat(spool.quarantineFile()).doesNotExist();
    }

    /** Alike in the first KiB, and of the same length. */
    private static String report(char body) {
        return "# " + "-".repeat(2000) + "\n" + (body + "\n").repeat(10);
    }

    @Test
    void anotherFileInThePlaceOfOneSetAsideIsReadFromItsStartHoweverAlikeTheyBegin() throws IOException {
        LineFormat longLines =
                new LineFormat(4000, StandardCharsets.UTF_8, StandardCharsets.UTF_8, LineFormat.DecodeErrors.FAIL);
        SpoolSettings settings = spool.settings().withFormat(longLines);
        Path report = spool.put("report", report('1'));
        Path taken = spool.put("report.COMPLETED", "yesterday's");
        assertThat(SpoolDirectory.texts(settings)).hasSize(11);
        assertThat(spool.quarantineFile()).content().contains("its name was used before", "checksum");
        Files.delete(taken);
        Files.writeString(report, report('2')); // in its place: the same inode
        assertThat(SpoolDirectory.texts(settings)).hasSize(11).endsWith("2", "2");
        assertThat(spool.names()).containsExactly("report.COMPLETED");
    }

    @Test
    void aFileSetAsideThatGrewIsKnownAlsoUnderANewInode() throws IOException {
        Path report = spool.put("report", report('1'));
        Path taken = spool.put("report.COMPLETED", "yesterday's");
        SpoolDirectory.texts(spool.settings());
        Files.delete(taken);
        Files.delete(report);
        spool.put("report", report('1') + "more\n");
        assertThat(SpoolDirectory.texts(spool.settings())).containsExactly("more");
    }

    @Test
    void anotherFileInThePlaceOfTheOneBeingReadIsReadFromItsStartHoweverAlikeTheyBegin() throws IOException {
        SpoolSettings settings = longLines();
        Path file = spool.put("a", report('1'));
        readFirst(5, settings);
        Files.writeString(file, report('2')); // in its place: the same inode
        assertThat(SpoolDirectory.texts(settings)).hasSize(11).endsWith("2", "2");

        spool.put("b", report('1'));
        readFirst(5, settings);
        spool.put("b", report('2')); // under its name
        assertThat(SpoolDirectory.texts(settings)).hasSize(11).endsWith("2", "2");
    }

    @Test
    void theFileBeingReadIsKnownAlsoUnderANewInodeHoweverManyRunsItTook() {
        SpoolSettings settings = longLines();
        spool.put("a", report('1'));
        for (int runs = 0; runs < 3; runs++) {
            readFirst(2, settings);
            readFirst(1, settings);
            spool.put("a", report('1')); // as by a copy there and back
        }
        assertThat(SpoolDirectory.texts(settings)).containsExactly("1", "1");
    }

    private SpoolSettings longLines() {
        return spool.settings()
                .withFormat(new LineFormat(
                        4000, StandardCharsets.UTF_8, StandardCharsets.UTF_8, LineFormat.DecodeErrors.FAIL));
    }

    private static void readFirst(int events, SpoolSettings settings) {
        try (SpoolingReader reader = SpoolDirectory.open(settings)) {
            assertThat(SpoolDirectory.readBatch(reader, events)).hasSize(events);
            reader.commit();
        }
    }

    @Test
    void aPositionThatIsKeptSinceTheFileIsNoLongerSelectedIsNotAnotherFiles() throws IOException {
        spool.put("a", report('1'));
        LineFormat longLines =
                new LineFormat(4000, StandardCharsets.UTF_8, StandardCharsets.UTF_8, LineFormat.DecodeErrors.FAIL);
        SpoolSettings settings = spool.settings().withFormat(longLines);
        try (SpoolingReader reader = SpoolDirectory.open(settings)) {
            SpoolDirectory.readBatch(reader, 5);
            reader.commit();
        }
        Selection none = new Selection(Pattern.compile("b"), Pattern.compile("^$"), Order.OLDEST, false);
        assertThat(SpoolDirectory.texts(settings.withSelection(none))).isEmpty();
        spool.put("a", report('2'));
        assertThat(SpoolDirectory.texts(settings)).hasSize(11).endsWith("2", "2");
    }

    @Test
    void whatIsRememberedWithoutAChecksumIsKnownByItsHead() throws IOException {
        Path file = spool.put("a", "1\n2\n");
        Files.createDirectories(spool.quarantineFile().getParent());
        Files.writeString(
                spool.quarantineFile(),
                "[{\"file\":\"" + file + "\",\"offset\":2,\"head\":null,\"reason\":\"x\",\"since\":\"y\"}]");
        assertThat(SpoolDirectory.texts(spool.settings())).containsExactly("2");
    }

    private static List<Read> firstBatchOfANewReader(SpoolSettings settings) {
        try (SpoolingReader reader = SpoolDirectory.open(settings)) {
            List<Read> batch = SpoolDirectory.readBatch(reader, 1);
            reader.commit();
            return batch;
        }
    }
}
