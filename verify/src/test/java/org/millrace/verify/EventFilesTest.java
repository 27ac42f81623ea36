package org.millrace.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.ZstdOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.apache.avro.Schema;
import org.apache.avro.file.CodecFactory;
import org.apache.avro.file.DataFileWriter;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.io.BytesWritable;
import org.apache.hadoop.io.LongWritable;
import org.apache.hadoop.io.SequenceFile;
import org.apache.hadoop.io.Text;
import org.apache.hadoop.io.Writable;
import org.apache.hadoop.io.compress.CompressionCodec;
import org.apache.hadoop.io.compress.CompressionCodecFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What stands in files, in each format that a sink writes, and what is found out about it. */
class EventFilesTest {
    private static final String FLUME_EVENT = """
            {"type": "record", "name": "Event", "fields": [
              {"name": "headers", "type": {"type": "map", "values": "string"}}, {"name": "body", "type": "bytes"}]}""";

    @TempDir
    Path dir;

    private final FileTally tally = new FileTally();
    private Sightings sightings;
    private Path logs;

    @BeforeEach
    void begin() throws IOException {
        sightings = new Sightings(CraftedRun.ledger(dir));
        logs = Files.createDirectories(dir.resolve("logs/2026-11-28"));
    }

    @Test
    void allThatWasAckedIsThereOnce() throws IOException {
        write("a.log", CraftedRun.lines(0, 15));
        write("b.log", CraftedRun.lines(15, 30));
        Verdict verdict = verdict();
        assertThat(verdict.isGood()).isTrue();
        assertThat(verdict.lost()).isZero();
        assertThat(verdict.copies().all()).isZero();
        assertThat(verdict.ackedFound()).isEqualTo(30);
        assertThat(tally.files()).isEqualTo(2);
    }

    @Test
    void whatIsMissingIsLostAndNamed() throws IOException {
        write("a.log", CraftedRun.lines(0, 5));
        write("b.log", CraftedRun.lines(6, 20));
        write("c.log", CraftedRun.lines(24, 30));
        Verdict verdict = verdict();
        assertThat(verdict.isGood()).isFalse();
        assertThat(verdict.lost()).isEqualTo(5);
        assertThat(verdict.lostNumbers()).isEqualTo("5, 20-23");
    }

    @Test
    void copiesAreToldByWhereTheirBatchesWent() throws IOException {
        write("a.log", CraftedRun.lines(0, 30));
        write("b.log", CraftedRun.lines(8, 13));
        write("c.log", CraftedRun.lines(8, 9));
        write("d.log", CraftedRun.lines(26, 30));
        Verdict verdict = verdict();
        assertThat(verdict.isGood()).as("a copy is no loss").isTrue();
        assertThat(verdict.copies()).isEqualTo(new Verdict.Copies(3, 3, 4, "8-12, 8, 26-29"));
    }

    @Test
    void refusedAndUnknownEventsAreNotMissedAndAreCountedWhereTheyAre() throws IOException {
        write("a.log", CraftedRun.lines(0, 32));
        write("b.log", CraftedRun.lines(45, 50));
        Verdict verdict = verdict();
        assertThat(verdict.isGood()).isTrue();
        assertThat(verdict.refusedFound()).isEqualTo(2);
        assertThat(verdict.unknownFound()).isEqualTo(5);
        assertThat(verdict.ledger().unknownEvents()).isEqualTo(10);
    }

    @Test
    void aChangedEventIsCorruptAndLost() throws IOException {
        byte[] lines = CraftedRun.lines(0, 30);
        lines[lines.length - 2] ^= 1;
        write("a.log", lines);
        Verdict verdict = verdict();
        assertThat(verdict.damaged()).isEqualTo(1);
        assertThat(verdict.lostNumbers()).isEqualTo("29");
        assertThat(verdict.isGood()).isFalse();
    }

    @Test
    void whatIsNotOfTheRunIsUnknownAndNoMistake() throws IOException {
        write("a.log", CraftedRun.lines(0, 30));
        write("b.log", "a line of somebody else\n\nand another".getBytes(StandardCharsets.UTF_8));
        write("c.log", CraftedRun.lines(50, 52));
        Verdict verdict = verdict();
        assertThat(verdict.isGood()).isTrue();
        assertThat(verdict.foreign()).isEqualTo(3);
        assertThat(verdict.neverSent()).isEqualTo(2);
    }

    @Test
    void filesInUseAreCountedApartAndTheirEndsMayBeTorn() throws IOException {
        write("a.log", CraftedRun.lines(0, 20));
        byte[] open = gzip(CraftedRun.lines(18, 30));
        write("b.log.gz.tmp", Arrays.copyOf(open, open.length - 4));
        Verdict verdict = verdict();
        assertThat(verdict.files().inUse()).singleElement().asString().endsWith("b.log.gz.tmp");
        assertThat(verdict.inUse()).isEqualTo(new Verdict.InUse(12, 10));
        assertThat(verdict.files().brokenFiles()).isZero();
        assertThat(verdict.copies().all()).isZero();
        assertThat(verdict.lost()).isZero();
    }

    @Test
    void aFinishedFileThatIsCutIsCorruptAndTheOthersAreRead() throws IOException {
        byte[] whole = gzip(CraftedRun.lines(0, 10));
        write("a.log.gz", Arrays.copyOf(whole, whole.length - 9));
        write("b.log", CraftedRun.lines(10, 30));
        Verdict verdict = verdict();
        assertThat(verdict.isGood()).isFalse();
        assertThat(verdict.files().broken()).singleElement().asString().contains("a.log.gz: ");
        assertThat(verdict.ackedFound()).isGreaterThanOrEqualTo(20);
    }

    @ParameterizedTest
    @ValueSource(strings = {".gz", ".bz2", ".deflate", ".snappy", ".lz4"})
    void compressedTextIsRead(String suffix) throws IOException {
        CompressionCodec codec =
                new CompressionCodecFactory(new Configuration()).getCodec(new org.apache.hadoop.fs.Path("/a" + suffix));
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (OutputStream out = codec.createOutputStream(packed)) {
            out.write(CraftedRun.lines(0, 30));
        }
        write("a.log" + suffix, packed.toByteArray());
        assertThat(verdict().ackedFound()).isEqualTo(30);
    }

    @Test
    void severalMembersAndFramesInOneFileAreRead() throws IOException {
        ByteArrayOutputStream members = new ByteArrayOutputStream();
        members.writeBytes(gzip(CraftedRun.lines(0, 7)));
        members.writeBytes(gzip(CraftedRun.lines(7, 14)));
        write("a.gz", members.toByteArray());
        ByteArrayOutputStream frames = new ByteArrayOutputStream();
        for (int first : new int[] {14, 22}) {
            try (OutputStream out = new ZstdOutputStream(frames)) {
                out.write(CraftedRun.lines(first, first + 8));
            }
        }
        write("a.zst", frames.toByteArray());
        assertThat(verdict().ackedFound()).isEqualTo(30);
    }

    @ParameterizedTest
    @ValueSource(strings = {"null", "deflate", "snappy", "zstandard"})
    void avroContainersAreRead(String codec) throws IOException {
        Schema schema = new Schema.Parser().parse(FLUME_EVENT);
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        try (DataFileWriter<GenericRecord> writer = new DataFileWriter<>(new GenericDatumWriter<>(schema))) {
            writer.setCodec(CodecFactory.fromString(codec));
            writer.create(schema, file);
            for (int number = 0; number < 30; number++) {
                GenericRecord event = new GenericData.Record(schema);
                event.put("headers", Map.of("host", "web01"));
                event.put("body", ByteBuffer.wrap(CraftedRun.event(number)));
                writer.append(event);
            }
        }
        write("a.avro", file.toByteArray());
        assertThat(verdict().ackedFound()).isEqualTo(30);
    }

    @Test
    void sequenceFilesAreReadWithBytesAndWithText() throws IOException {
        sequence("bytes", BytesWritable.class, 0, 15);
        sequence("text", Text.class, 15, 30);
        assertThat(verdict().ackedFound()).isEqualTo(30);
    }

    private void sequence(String name, Class<? extends Writable> type, int first, int end) throws IOException {
        org.apache.hadoop.fs.Path file =
                new org.apache.hadoop.fs.Path(logs.resolve(name).toUri());
        try (SequenceFile.Writer writer = SequenceFile.createWriter(
                new Configuration(),
                SequenceFile.Writer.file(file),
                SequenceFile.Writer.keyClass(LongWritable.class),
                SequenceFile.Writer.valueClass(type))) {
            for (int number = first; number < end; number++) {
                byte[] event = CraftedRun.event(number);
                writer.append(
                        new LongWritable(number), type == Text.class ? new Text(event) : new BytesWritable(event));
            }
        }
    }

    @Test
    void textWithHeadersInFrontIsRead() throws IOException {
        ByteArrayOutputStream lines = new ByteArrayOutputStream();
        for (int number = 0; number < 30; number++) {
            lines.writeBytes("{host=web01} ".getBytes(StandardCharsets.UTF_8));
            lines.writeBytes(CraftedRun.event(number));
            lines.write('\n');
        }
        write("a.log", lines.toByteArray());
        assertThat(verdict().ackedFound()).isEqualTo(30);
    }

    @Test
    void patternsChooseAndAPlaceThatIsNotThereIsNamed() throws IOException {
        write("a.log", CraftedRun.lines(0, 20));
        write("b.txt", CraftedRun.lines(20, 30));
        files().read(logs + "/*.log");
        assertThat(sightings.verdict(tally).ackedFound()).isEqualTo(20);
        assertThatThrownBy(() -> files().read(logs + "/none"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("none: no such file");
    }

    @Test
    void linesLongerThanTheBufferAreOneLine() throws IOException {
        byte[] line = new byte[300_000];
        Arrays.fill(line, (byte) 'x');
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        file.writeBytes(line);
        file.write('\n');
        file.writeBytes(CraftedRun.lines(0, 30));
        file.writeBytes(line);
        write("a.log", file.toByteArray());
        Verdict verdict = verdict();
        assertThat(verdict.foreign()).isEqualTo(2);
        assertThat(verdict.ackedFound()).isEqualTo(30);
    }

    private Verdict verdict() throws IOException {
        files().read(dir.resolve("logs").toString());
        return sightings.verdict(tally);
    }

    private EventFiles files() {
        return new EventFiles(new InUseNames("", ".tmp"), sightings, tally, () -> {});
    }

    private void write(String name, byte[] content) throws IOException {
        Files.write(logs.resolve(name), content);
    }

    private static byte[] gzip(byte[] content) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (OutputStream out = new GZIPOutputStream(packed)) {
            out.write(content);
        }
        return packed.toByteArray();
    }
}
