package org.millrace.hdfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.io.compress.CodecPool;
import org.apache.hadoop.io.compress.CompressionCodec;
import org.apache.hadoop.io.compress.CompressionCodecFactory;
import org.apache.hadoop.io.compress.CompressionOutputStream;
import org.apache.hadoop.io.compress.Compressor;
import org.apache.hadoop.io.compress.DefaultCodec;
import org.apache.hadoop.io.compress.zlib.BuiltInZlibDeflater;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.millrace.api.part.EventSerializer;
import org.millrace.codec.EventBatch;
import org.millrace.codec.EventReader;
import org.millrace.hdfs.FaultyFileSystem.Fault;
import org.millrace.hdfs.FaultyFileSystem.Op;
import org.millrace.testkit.Batches;

/** Who holds compressors, which have memory outside the heap. */
class CompressorsTest {
    private static final int FILES = 200;

    @TempDir
    private Path directory;

    private Path root;

    @BeforeEach
    void directories() throws Exception {
        root = Files.createDirectory(directory.resolve("files"));
    }

    @AfterEach
    void noFault() {
        FaultyFileSystem.fault = Fault.NONE;
    }

    @ParameterizedTest
    @ValueSource(strings = {"snappy", "lz4", "default"})
    void filesThatAreOpenAndNotBeingWrittenHoldNone(String name) throws Exception {
        int before = leased(name);
        try (SinkUnderTest sut = SinkUnderTest.started(
                root.toUri() + "/%{h}",
                "hdfs.fileType",
                "CompressedStream",
                "hdfs.codeC",
                name,
                "hdfs.heldEvents",
                "0")) {
            for (int i = 0; i < FILES; i++) {
                sut.put(Batches.of(Map.of("h", "" + i), "event"));
            }
            sut.drainAll();
            assertThat(sut.gauge("openFiles")).isEqualTo(FILES);
            assertThat(leased(name)).isEqualTo(before);
        }
        assertThat(leased(name)).isEqualTo(before);
    }

    @ParameterizedTest
    @ValueSource(strings = {"snappy", "default"})
    void aSequenceFileThatIsGivenUpGivesItsCompressorBack(String name) throws Exception {
        int before = leased(name);
        FaultyFileSystem.fault = Fault.failing(Op.FLUSH, 3);
        try (SinkUnderTest sut = SinkUnderTest.started(
                "fault://" + root + "/x",
                "hdfs.fileType",
                "SequenceFile",
                "hdfs.codeC",
                name,
                "hdfs.heldEvents",
                "0")) {
            sut.put(Batches.of("event"));
            for (int turn = 0; turn < 3; turn++) {
                assertThatThrownBy(sut.sink::drain).hasMessageContaining("injected");
            }
            sut.drainAll();
        }
        assertThat(leased(name)).isEqualTo(before);
    }

    @Test
    void aCodecThatBreaksWithAnErrorAsItBeginsAMemberHasItsCompressorEnded() throws Exception {
        BrokenCodec codec = new BrokenCodec();
        StreamCodec.Members members =
                new HadoopStreamCodec(codec, new Configuration(false)).begin(new ByteArrayOutputStream());
        assertThatThrownBy(() -> members.write(1)).isInstanceOf(NoClassDefFoundError.class);
        assertThat(codec.compressor.isEnded).isTrue();
    }

    @Test
    void aSerializerThatBreaksAsItIsDiscardedHasTheCompressorEnded() throws Exception {
        OneCompressorCodec codec = new OneCompressorCodec();
        codec.setConf(new Configuration(false));
        EventFormat format = new CompressedStreamFormat(
                BreakingAtDiscard::new,
                new HadoopStreamCodec(codec, codec.getConf()),
                SyncMode.NONE,
                new ChunkedOutput.Chunks());
        EventWriter writer = format.begin(
                new FSDataOutputStream(new ByteArrayOutputStream(), null), new BucketId("directory", "prefix", ""));
        EventBatch batch = Batches.of("e".repeat(ChunkedOutput.Chunks.BYTES));
        EventReader event = batch.reader();
        event.next();
        writer.append(event);
        batch.release();

        assertThatThrownBy(writer::discard).hasMessage("injected");
        assertThat(codec.compressor.isEnded).isTrue();
    }

    private record BreakingAtDiscard(OutputStream out) implements EventSerializer.Serialization {
        @Override
        public void append(EventReader event) throws IOException {
            event.writeBodyTo(out);
        }

        @Override
        public void endBatch() {
            // an event is written whole, at once
        }

        @Override
        public void discard() {
            throw new IllegalStateException("injected");
        }
    }

    private static class OneCompressorCodec extends DefaultCodec {
        final EndingCompressor compressor = new EndingCompressor();

        @Override
        public Class<? extends Compressor> getCompressorType() {
            return EndingCompressor.class;
        }

        @Override
        public Compressor createCompressor() {
            return compressor;
        }
    }

    private static final class BrokenCodec extends OneCompressorCodec {
        @Override
        public CompressionOutputStream createOutputStream(OutputStream out, Compressor used) {
            throw new NoClassDefFoundError("injected");
        }
    }

    private static final class EndingCompressor extends BuiltInZlibDeflater {
        private boolean isEnded;

        @Override
        public void end() {
            isEnded = true;
            super.end();
        }
    }

    private static int leased(String name) {
        CompressionCodec codec = new CompressionCodecFactory(new Configuration()).getCodecByName(name);
        return CodecPool.getLeasedCompressorsCount(codec);
    }
}
