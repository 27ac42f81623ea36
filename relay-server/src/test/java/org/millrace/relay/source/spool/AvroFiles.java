package org.millrace.relay.source.spool;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.file.CodecFactory;
import org.apache.avro.file.DataFileConstants;
import org.apache.avro.file.DataFileWriter;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.jspecify.annotations.Nullable;

/** Avro containers of numbered records. */
final class AvroFiles {
    static final Schema SCHEMA = SchemaBuilder.record("Line")
            .fields()
            .requiredString("text")
            .requiredInt("number")
            .endRecord();

    private static final Schema ALL_TYPES = new Schema.Parser().parse("""
                    {"type": "record", "name": "Node", "fields": [
                      {"name": "choice", "type": ["null", "int", "string", "Node"]},
                      {"name": "suit", "type": {"type": "enum", "name": "Suit", "symbols": ["HEARTS", "SPADES"]}},
                      {"name": "list", "type": {"type": "array", "items": "long"}},
                      {"name": "map", "type": {"type": "map", "values": "bytes"}},
                      {"name": "four", "type": {"type": "fixed", "name": "Four", "size": 4}}]}""");

    /** At the end of a {@link #containerOfAllTypes}: its only block, with the sync marker behind it. */
    static final int BLOCK_BYTES = 70;

    private AvroFiles() {}

    /** One record, which has another one in it. */
    static byte[] containerOfAllTypes() throws IOException {
        GenericRecord inner = node(null);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataFileWriter<GenericRecord> writer = new DataFileWriter<>(new GenericDatumWriter<>(ALL_TYPES))) {
            writer.create(ALL_TYPES, bytes);
            writer.append(node(inner));
            writer.append(inner);
        }
        return bytes.toByteArray();
    }

    private static GenericRecord node(@Nullable GenericRecord choice) {
        GenericRecord record = new GenericData.Record(ALL_TYPES);
        record.put("choice", choice);
        record.put("suit", new GenericData.EnumSymbol(ALL_TYPES.getField("suit").schema(), "SPADES"));
        record.put("list", List.of(1L, 2L));
        record.put("map", Map.of("key", ByteBuffer.wrap(new byte[] {1, 2, 3})));
        record.put("four", new GenericData.Fixed(ALL_TYPES.getField("four").schema(), new byte[4]));
        return record;
    }

    /** Numbered records, deflated. */
    static byte[] deflated() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataFileWriter<GenericRecord> writer = new DataFileWriter<>(new GenericDatumWriter<>(SCHEMA))) {
            writer.setCodec(CodecFactory.deflateCodec(1)).create(SCHEMA, bytes);
            writer.append(line(1));
        }
        return bytes.toByteArray();
    }

    private static GenericRecord line(int number) {
        GenericRecord record = new GenericData.Record(SCHEMA);
        record.put("text", "n" + number);
        record.put("number", number);
        return record;
    }

    /** No records, and behind them a block that tells this length; 13 bytes and a sync marker follow. */
    static byte[] withBlockLength(long length) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.write(container(1, 0, 1));
        writeNumber(bytes, 1);
        writeNumber(bytes, length);
        bytes.write(new byte[13 + DataFileConstants.SYNC_SIZE]);
        return bytes.toByteArray();
    }

    /** The length stands in the first bytes of the key; so many bytes as the whole has follow from there. */
    static byte[] withFirstKeyLength(byte[] whole, long length) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        int at = DataFileConstants.MAGIC.length + 1; // behind the number of keys
        bytes.write(whole, 0, at);
        writeNumber(bytes, length);
        bytes.write(whole, at + 1, whole.length - at - 1);
        return bytes.toByteArray();
    }

    private static void writeNumber(ByteArrayOutputStream bytes, long number) throws IOException {
        BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(bytes, null);
        encoder.writeLong(number);
        encoder.flush();
    }

    /** Records with the numbers {@code from} to {@code to}, so many in a block. */
    static byte[] container(int from, int to, int perBlock) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataFileWriter<GenericRecord> writer = new DataFileWriter<>(new GenericDatumWriter<>(SCHEMA))) {
            writer.create(SCHEMA, bytes);
            for (int number = from; number <= to; number++) {
                writer.append(line(number));
                if (number % perBlock == 0) {
                    writer.sync();
                }
            }
        }
        return bytes.toByteArray();
    }
}
