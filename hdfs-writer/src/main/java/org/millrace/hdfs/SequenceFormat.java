package org.millrace.hdfs;

import java.io.DataOutputStream;
import java.io.IOException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.io.BytesWritable;
import org.apache.hadoop.io.LongWritable;
import org.apache.hadoop.io.SequenceFile;
import org.apache.hadoop.io.Text;
import org.apache.hadoop.io.WritableUtils;
import org.apache.hadoop.io.compress.CompressionCodec;
import org.jspecify.annotations.Nullable;
import org.millrace.codec.EventReader;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code SequenceFile}: the key is the event's time, the value its body. With a codec the records of a batch make a compressed
 * block. A sync marker stands behind each flush.
 *
 * @param values what bodies are called in the file
 * @param codec null for no compression
 */
record SequenceFormat(
        Values values,
        @Nullable CompressionCodec codec,
        Configuration configuration,
        EventTime time,
        SyncMode sync,
        ChunkedOutput.Chunks chunks)
        implements EventFormat {
    private static final Logger log = LoggerFactory.getLogger(SequenceFormat.class);

    /** The class of the values, {@code hdfs.writeFormat}. */
    enum Values {
        WRITABLE(BytesWritable.class),
        TEXT(Text.class);

        private final Class<?> type;

        Values(Class<?> type) {
            this.type = type;
        }
    }

    @Override
    public EventWriter begin(FSDataOutputStream file, BucketId bucket) throws IOException {
        ChunkedOutput chunked = new ChunkedOutput(file, () -> sync.run(file), chunks);
        DiscardableOutput discardable = new DiscardableOutput(chunked);
        SequenceFile.Writer writer = SequenceFile.createWriter(
                configuration,
                SequenceFile.Writer.stream(new FSDataOutputStream(discardable, null)),
                SequenceFile.Writer.keyClass(LongWritable.class),
                SequenceFile.Writer.valueClass(values.type),
                codec == null
                        ? SequenceFile.Writer.compression(SequenceFile.CompressionType.NONE)
                        : SequenceFile.Writer.compression(SequenceFile.CompressionType.BLOCK, codec));
        return new Writer(writer, discardable, chunked, new Body(values), time);
    }

    @Override
    public String suffix() {
        return codec == null ? "" : codec.getDefaultExtension();
    }

    private static final class Writer implements EventWriter {
        private final SequenceFile.Writer writer;
        private final DiscardableOutput discardable;
        private final ChunkedOutput out;
        private final Body body;
        private final EventTime time;
        private final byte[] key = new byte[Long.BYTES];

        Writer(
                SequenceFile.Writer writer,
                DiscardableOutput discardable,
                ChunkedOutput out,
                Body body,
                EventTime time) {
            this.writer = writer;
            this.discardable = discardable;
            this.out = out;
            this.body = body;
            this.time = time;
        }

        @Override
        public void append(EventReader event) throws IOException {
            long millis = time.ofRecord(event);
            for (int i = 0; i < Long.BYTES; i++) {
                key[i] = (byte) (millis >>> (56 - 8 * i));
            }
            body.event = event;
            writer.appendRaw(key, 0, key.length, body);
        }

        @Override
        public void flush() throws IOException {
            writer.sync();
            out.hflush();
        }

        @Override
        public void finish() throws IOException {
            writer.close();
            out.close();
        }

        @Override
        public void discard() {
            discardable.discard();
            try {
                writer.close(); // gives its compressor back
            } catch (IOException | RuntimeException e) {
                log.debug("ending a file that goes nowhere", e);
            }
            out.discard();
        }
    }

    /** The body of the event at hand as a serialised {@link BytesWritable} or {@link Text}, straight from its batch. */
    private static final class Body implements SequenceFile.ValueBytes {
        private final Values values;
        private @Nullable EventReader event;

        Body(Values values) {
            this.values = values;
        }

        private EventReader event() {
            if (event == null) {
                throw new IllegalStateException("no event");
            }
            return event;
        }

        @Override
        public void writeUncompressedBytes(DataOutputStream out) throws IOException {
            if (values == Values.TEXT) {
                WritableUtils.writeVInt(out, event().bodyLength());
            } else {
                out.writeInt(event().bodyLength());
            }
            event().writeBodyTo(out);
        }

        @Override
        public void writeCompressedBytes(DataOutputStream out) {
            throw new IllegalArgumentException("values are not compressed one by one");
        }

        @Override
        public int getSize() {
            int length = event().bodyLength();
            return length + (values == Values.TEXT ? WritableUtils.getVIntSize(length) : Integer.BYTES);
        }
    }
}
