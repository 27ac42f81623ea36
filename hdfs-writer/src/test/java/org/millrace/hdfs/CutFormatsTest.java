package org.millrace.hdfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.io.BytesWritable;
import org.apache.hadoop.io.LongWritable;
import org.apache.hadoop.io.SequenceFile;
import org.apache.hadoop.io.compress.CompressionCodecFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.millrace.api.DeliveryException;
import org.millrace.hdfs.FaultyFileSystem.Op;
import org.millrace.testkit.Batches;

/**
 * Files cut back to the length of the last commit, read by Hadoop's own readers: the committed events are whole, and the others are in
 * the next file alone. Avro and Zstandard: {@link HdfsSinkFaultTest}.
 */
class CutFormatsTest {
    @RegisterExtension
    private final FaultyFiles files = FaultyFiles.create();

    private final Tree tree = files.tree();
    private final AtomicInteger cuts = new AtomicInteger();

    @ParameterizedTest
    @ValueSource(strings = {"none", "gzip", "bzip2", "snappy", "lz4", "deflate"})
    void aSequenceFileIsCutBackToASyncMarker(String codec) throws Exception {
        failInTheThirdBatch("hdfs.fileType", "SequenceFile", codec.equals("none") ? null : codec);
        List<String> bodies = new ArrayList<>();
        for (String name : tree.complete()) {
            org.apache.hadoop.fs.Path path =
                    new org.apache.hadoop.fs.Path("file://" + files.directory().resolve(name));
            try (SequenceFile.Reader reader =
                    new SequenceFile.Reader(new Configuration(), SequenceFile.Reader.file(path))) {
                LongWritable key = new LongWritable();
                BytesWritable value = new BytesWritable();
                while (reader.next(key, value)) {
                    bodies.add(new String(value.copyBytes(), StandardCharsets.UTF_8));
                }
            }
        }
        assertAllOnce(bodies);
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "bzip2", "snappy", "lz4", "deflate"})
    void aCompressedStreamIsCutBackToTheEndOfAMember(String codec) throws Exception {
        failInTheThirdBatch("hdfs.fileType", "CompressedStream", codec);
        StringBuilder text = new StringBuilder();
        for (String name : tree.complete()) {
            org.apache.hadoop.fs.Path path =
                    new org.apache.hadoop.fs.Path("file://" + files.directory().resolve(name));
            Configuration configuration = new Configuration();
            try (InputStream in = new CompressionCodecFactory(configuration)
                    .getCodec(path)
                    .createInputStream(path.getFileSystem(configuration).open(path))) {
                text.append(new String(in.readAllBytes(), StandardCharsets.UTF_8));
            }
        }
        assertAllOnce(text.toString().lines().toList());
    }

    private void failInTheThirdBatch(String key, String type, @Nullable String codec) throws Exception {
        try (SinkUnderTest sut = codec == null ? files.sink(key, type) : files.sink(key, type, "hdfs.codeC", codec)) {
            sut.put(Batches.numbered(0, 10)).drainAll();
            sut.put(Batches.numbered(10, 10)).drainAll();
            AtomicInteger flushes = new AtomicInteger();
            FaultyFileSystem.fault = (op, file) -> {
                cuts.addAndGet(op == Op.TRUNCATE ? 1 : 0);
                if (op == Op.FLUSH && flushes.getAndIncrement() == 0) {
                    throw new IOException("injected: " + op);
                }
                return true;
            };
            sut.put(Batches.numbered(20, 10));
            assertThatThrownBy(sut.sink::drain).isInstanceOf(DeliveryException.class);
            sut.clock.advance(Duration.ofSeconds(1));
            sut.drainAll();
        }
        assertThat(tree.names()).hasSize(2).noneMatch(name -> name.endsWith(".tmp"));
    }

    private void assertAllOnce(List<String> bodies) {
        assertThat(cuts).hasValue(1);
        assertThat(bodies)
                .hasSize(30)
                .startsWith("event 0")
                .endsWith("event 29")
                .doesNotHaveDuplicates();
    }
}
