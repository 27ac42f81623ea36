package org.millrace.serializer;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.random.RandomGenerator;
import org.apache.avro.file.Codec;
import org.apache.avro.file.DataFileConstants;
import org.apache.avro.io.BinaryData;
import org.jspecify.annotations.Nullable;
import org.millrace.api.part.EventSerializer;
import org.millrace.codec.EventReader;

/**
 * Avro's object container file (Avro 1.12 specification, "Object Container Files"). Events are Avro already, so their bytes go
 * from the batch into the block as they are:
 *
 * <pre>
 * header: 'O' 'b' 'j' 1 | map: avro.schema, avro.codec | marker, 16 bytes
 * block:  number of events | bytes of the data | data, compressed | marker          (the numbers as Avro's long)
 * </pre>
 *
 * <p>A block ends with its batch, or earlier when it is full.
 *
 * @param datum what of an event goes into the file
 * @param codec how blocks are compressed
 * @param blockBytes a block with more than that is ended, {@code serializer.syncIntervalBytes}
 * @param markers gives each file its marker
 */
record AvroContainer(
        Datum datum, AvroBlockCodec codec, int blockBytes, BlockBuffer.Pool buffers, RandomGenerator markers)
        implements EventSerializer {
    /** As Flume's {@code avro_event} writes it: what a batch holds, under another name. */
    static final String EVENT_SCHEMA = "{\"type\":\"record\",\"name\":\"Event\",\"fields\":["
            + "{\"name\":\"headers\",\"type\":{\"type\":\"map\",\"values\":\"string\"}},"
            + "{\"name\":\"body\",\"type\":\"bytes\"}]}";

    /** What of an event goes into the file. */
    enum Datum {
        /** Headers and body. */
        EVENT,
        /** The body alone: a datum of the file's schema, as its sender says. */
        BODY
    }

    /** With buffers of its own. */
    static AvroContainer of(Datum datum, AvroKeys keys) {
        return new AvroContainer(
                datum, keys.codec(), keys.blockBytes(), new BlockBuffer.Pool(keys.codec()::open), new SecureRandom());
    }

    @Override
    public Serialization begin(OutputStream out) throws IOException {
        return begin(out, EVENT_SCHEMA);
    }

    /** Begins a file of data of the schema, which is Avro's JSON. */
    Serialization begin(OutputStream out, String schema) throws IOException {
        byte[] marker = new byte[DataFileConstants.SYNC_SIZE];
        markers.nextBytes(marker);
        writeHeader(out, schema, marker);
        return new Blocks(this, out, marker);
    }

    private void writeHeader(OutputStream out, String schema, byte[] marker) throws IOException {
        ByteArrayOutputStream header = new ByteArrayOutputStream();
        header.write(DataFileConstants.MAGIC);
        writeLong(header, 2);
        writeEntry(header, DataFileConstants.SCHEMA, schema);
        writeEntry(header, DataFileConstants.CODEC, codec.nameInFile());
        writeLong(header, 0);
        header.write(marker);
        header.writeTo(out);
    }

    private static void writeEntry(OutputStream out, String key, String value) throws IOException {
        for (byte[] utf8 :
                new byte[][] {key.getBytes(StandardCharsets.UTF_8), value.getBytes(StandardCharsets.UTF_8)}) {
            writeLong(out, utf8.length);
            out.write(utf8);
        }
    }

    private static void writeLong(OutputStream out, long number) throws IOException {
        byte[] encoded = new byte[10];
        out.write(encoded, 0, BinaryData.encodeLong(number, encoded, 0));
    }

    private static final class Blocks implements Serialization {
        private final AvroContainer format;
        private final OutputStream out;
        private final byte[] marker;
        private @Nullable BlockBuffer block;
        private long events;

        Blocks(AvroContainer format, OutputStream out, byte[] marker) {
            this.format = format;
            this.out = out;
            this.marker = marker;
        }

        @Override
        public void append(EventReader event) throws IOException {
            if (block == null) {
                block = format.buffers.borrow();
            }
            int length = format.datum == Datum.EVENT ? event.encodedBytes() : event.bodyLength();
            int end = event.bodyOffset() + event.bodyLength(); // the body is an event's last field
            block.append(event.array(), end - length, length);
            events++;
            if (block.filled() >= format.blockBytes) {
                writeBlock(block);
            }
        }

        private void writeBlock(BlockBuffer full) throws IOException {
            writeLong(out, events);
            Codec codec = full.codec;
            if (codec == null) {
                writeLong(out, full.filled());
                out.write(full.bytes(), 0, full.filled());
            } else {
                ByteBuffer data = compressed(codec, full);
                writeLong(out, data.remaining());
                out.write(data.array(), data.arrayOffset() + data.position(), data.remaining());
            }
            out.write(marker);
            full.clear();
            events = 0;
        }

        /** That may take long: whoever waits for calls behind the stream is told where it begins and ends. */
        private ByteBuffer compressed(Codec codec, BlockBuffer full) throws IOException {
            out.flush();
            ByteBuffer data = codec.compress(ByteBuffer.wrap(full.bytes(), 0, full.filled()));
            out.flush();
            return data;
        }

        @Override
        public void endBatch() throws IOException {
            if (block != null) {
                if (events > 0) {
                    writeBlock(block);
                }
                giveBlockBack();
            }
        }

        @Override
        public void discard() {
            giveBlockBack();
            events = 0;
        }

        private void giveBlockBack() {
            if (block != null) {
                format.buffers.giveBack(block);
                block = null;
            }
        }
    }
}
