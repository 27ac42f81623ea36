package org.millrace.relay.source.spool;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;
import org.apache.avro.file.DataFileConstants;
import org.apache.avro.file.DataFileReader;
import org.apache.avro.file.SeekableInput;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.jspecify.annotations.Nullable;
import org.millrace.relay.source.spool.AvroFormat.SchemaHeader;

/**
 * The records of an Avro container. To be found again they have no place of their own, only their block has: who goes on in the middle of
 * one gets all of its records again.
 */
final class AvroRecords implements EventCutter {
    private static final String HASH_HEADER = "flume.avro.schema.hash";
    private static final String LITERAL_HEADER = "flume.avro.schema.literal";

    private final DataFileReader<Object> records;
    private final GenericDatumWriter<Object> writer;
    private final Map<String, String> headers;
    private final Body body = new Body();
    private final AvroLengths lengths;

    /** Start of the block whose length has been looked at. */
    private long checkedBlock = -1;

    private @Nullable Object reused;
    private @Nullable BinaryEncoder encoder;

    AvroRecords(FileChannel file, long offset, AvroFormat format) throws IOException {
        lengths = AvroLengths.within(file);
        try {
            lengths.checkHeader();
            records = new DataFileReader<>(new Input(file), new GenericDatumReader<>());
            if (offset > 0) {
                records.sync(offset);
            }
        } catch (RuntimeException | StackOverflowError | LinkageError e) { // its schema may be any
            throw new IOException("it is no Avro container that can be read: " + e, e);
        }
        Schema schema = records.getSchema();
        writer = new GenericDatumWriter<>(schema);
        headers = format.schemaHeader() == SchemaHeader.HASH
                ? Map.of(HASH_HEADER, fingerprint(schema))
                : Map.of(LITERAL_HEADER, schema.toString());
    }

    @Override
    public boolean next() throws IOException {
        try {
            checkBlock();
            if (!records.hasNext()) {
                return false;
            }
            reused = records.next(reused);
            body.reset();
            encoder = EncoderFactory.get().binaryEncoder(body, encoder);
            writer.write(reused, encoder);
            encoder.flush();
            return true;
        } catch (RuntimeException | StackOverflowError | LinkageError e) {
            // Damaged bytes may tell any index; and the library of a codec may not be here.
            throw new IOException("the Avro block at byte " + offset() + " cannot be read: " + e, e);
        }
    }

    /** Avro looks at lengths within a block itself, not at the block's. */
    private void checkBlock() throws IOException {
        long block = records.previousSync();
        if (block != checkedBlock) {
            lengths.checkBlock(block);
            checkedBlock = block;
        }
    }

    @Override
    public byte[] array() {
        return body.array();
    }

    @Override
    public int bodyOffset() {
        return 0;
    }

    @Override
    public int bodyLength() {
        return body.size();
    }

    /** In front of the sync marker that stands in front of the block. */
    @Override
    public long offset() {
        return Math.max(0, records.previousSync() - DataFileConstants.SYNC_SIZE);
    }

    @Override
    public boolean isAtEnd() {
        return false; // only to ask for another record tells
    }

    @Override
    public Map<String, String> headers() {
        return headers;
    }

    private static String fingerprint(Schema schema) {
        try {
            return HexFormat.of().formatHex(SchemaNormalization.parsingFingerprint("CRC-64-AVRO", schema));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Avro without CRC-64-AVRO", e);
        }
    }

    /** Shows its array. */
    private static final class Body extends ByteArrayOutputStream {
        byte[] array() {
            return buf;
        }
    }

    /** The file as Avro wants it. Closing it leaves the file open. */
    private record Input(FileChannel file) implements SeekableInput {
        @Override
        public void seek(long p) throws IOException {
            file.position(p);
        }

        @Override
        public long tell() throws IOException {
            return file.position();
        }

        @Override
        public long length() throws IOException {
            return file.size();
        }

        @Override
        public int read(byte[] b, int off, int len) throws IOException {
            return file.read(ByteBuffer.wrap(b, off, len));
        }

        @Override
        public void close() {
            // belongs to the caller
        }
    }
}
