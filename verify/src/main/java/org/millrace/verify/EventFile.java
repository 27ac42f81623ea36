package org.millrace.verify;

import com.github.luben.zstd.ZstdInputStream;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.ByteBuffer;
import java.util.Set;
import org.apache.avro.Schema;
import org.apache.avro.file.DataFileStream;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.io.BytesWritable;
import org.apache.hadoop.io.SequenceFile;
import org.apache.hadoop.io.Text;
import org.apache.hadoop.io.Writable;
import org.apache.hadoop.io.compress.CompressionCodec;
import org.apache.hadoop.io.compress.CompressionCodecFactory;
import org.apache.hadoop.util.ReflectionUtils;
import org.jspecify.annotations.Nullable;

/** One file with events, of whichever format its first bytes and its name tell. One thread. */
final class EventFile {
    private static final int BUFFER_BYTES = 128 << 10;
    private static final int MAGIC_BYTES = 4;
    private static final int PROGRESS_EVERY = 4096;
    /** Told by their names alone. */
    private static final Set<String> WITHOUT_MAGIC = Set.of(".deflate", ".snappy", ".lz4");

    private static final byte[] AVRO = {'O', 'b', 'j', 1};
    private static final byte[] SEQUENCE = {'S', 'E', 'Q'};
    private static final byte[] GZIP = {0x1f, (byte) 0x8b};
    private static final byte[] BZIP2 = {'B', 'Z', 'h'};
    private static final byte[] ZSTD = {0x28, (byte) 0xb5, 0x2f, (byte) 0xfd};

    private final FileSystem files;
    private final Configuration hadoop;
    private final Path path;
    private final String finalName;
    private final boolean isInUse;
    private final Sightings sightings;
    private final Runnable progress;
    private int sinceProgress;

    /** @param finalName whose suffix tells how the file is compressed, where its first bytes do not */
    EventFile(
            FileSystem files,
            Configuration hadoop,
            Path path,
            String finalName,
            boolean isInUse,
            Sightings sightings,
            Runnable progress) {
        this.files = files;
        this.hadoop = hadoop;
        this.path = path;
        this.finalName = finalName;
        this.isInUse = isInUse;
        this.sightings = sightings;
        this.progress = progress;
    }

    void read() throws IOException {
        try (InputStream in = new BufferedInputStream(files.open(path), BUFFER_BYTES)) {
            byte[] magic = peek(in);
            if (startsWith(magic, SEQUENCE)) {
                readSequence();
                return;
            }
            try (InputStream plain = plain(in, magic)) {
                if (plain == in) {
                    readPlain(magic, in);
                } else {
                    byte[] start = plain.readNBytes(MAGIC_BYTES);
                    // Not a buffer, which would lose what stands in front of a tear.
                    readPlain(start, new SequenceInputStream(new ByteArrayInputStream(start), plain));
                }
            }
        }
    }

    private void readPlain(byte[] magic, InputStream in) throws IOException {
        if (startsWith(magic, AVRO)) {
            readAvro(in);
        } else {
            new LineScanner(in).forEach(this::see);
        }
    }

    private static byte[] peek(InputStream in) throws IOException {
        in.mark(MAGIC_BYTES);
        byte[] magic = in.readNBytes(MAGIC_BYTES);
        in.reset();
        return magic;
    }

    private static boolean startsWith(byte[] bytes, byte[] magic) {
        return ByteBuffer.wrap(bytes, 0, Math.min(bytes.length, magic.length)).equals(ByteBuffer.wrap(magic));
    }

    /** The same stream if nothing is compressed, apart from what a container does inside. */
    private InputStream plain(InputStream in, byte[] magic) throws IOException {
        if (startsWith(magic, AVRO)) {
            return in;
        }
        if (startsWith(magic, ZSTD)) {
            return new ZstdInputStream(in);
        }
        CompressionCodec codec = codec(magic);
        return codec == null ? in : codec.createInputStream(in);
    }

    private @Nullable CompressionCodec codec(byte[] magic) {
        CompressionCodecFactory codecs = new CompressionCodecFactory(hadoop);
        if (startsWith(magic, GZIP)) {
            return codecs.getCodecByName("gzip");
        }
        if (startsWith(magic, BZIP2)) {
            return codecs.getCodecByName("bzip2");
        }
        CompressionCodec named = codecs.getCodec(new Path("/" + finalName));
        return named != null && WITHOUT_MAGIC.contains(named.getDefaultExtension()) ? named : null;
    }

    private void see(byte[] array, int offset, int length) {
        sightings.see(array, offset, length, isInUse);
        if (++sinceProgress == PROGRESS_EVERY) {
            sinceProgress = 0;
            progress.run();
        }
    }

    private void readAvro(InputStream in) throws IOException {
        try (DataFileStream<GenericRecord> records = new DataFileStream<>(in, new GenericDatumReader<>())) {
            Schema schema = records.getSchema();
            Schema.Field body = schema.getType() == Schema.Type.RECORD ? schema.getField("body") : null;
            if (body == null || body.schema().getType() != Schema.Type.BYTES) {
                records.forEach(other -> sightings.seeForeign());
                return;
            }
            GenericRecord record = null;
            while (records.hasNext()) {
                record = records.next(record);
                ByteBuffer bytes = (ByteBuffer) record.get(body.pos());
                see(bytes.array(), bytes.arrayOffset() + bytes.position(), bytes.remaining());
            }
        }
    }

    private void readSequence() throws IOException {
        try (SequenceFile.Reader reader = new SequenceFile.Reader(hadoop, SequenceFile.Reader.file(path))) {
            Writable key = (Writable) ReflectionUtils.newInstance(reader.getKeyClass(), hadoop);
            Writable value = (Writable) ReflectionUtils.newInstance(reader.getValueClass(), hadoop);
            while (reader.next(key, value)) {
                if (value instanceof BytesWritable bytes) {
                    see(bytes.getBytes(), 0, bytes.getLength());
                } else if (value instanceof Text text) {
                    see(text.getBytes(), 0, text.getLength());
                } else {
                    sightings.seeForeign();
                }
            }
        }
    }
}
