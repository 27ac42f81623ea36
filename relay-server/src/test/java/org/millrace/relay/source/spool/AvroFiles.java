package org.millrace.relay.source.spool;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.file.DataFileWriter;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;

/** Avro containers of numbered records. */
final class AvroFiles {
    static final Schema SCHEMA = SchemaBuilder.record("Line")
            .fields()
            .requiredString("text")
            .requiredInt("number")
            .endRecord();

    private AvroFiles() {}

    /** Records with the numbers {@code from} to {@code to}, so many in a block. */
    static byte[] container(int from, int to, int perBlock) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataFileWriter<GenericRecord> writer = new DataFileWriter<>(new GenericDatumWriter<>(SCHEMA))) {
            writer.create(SCHEMA, bytes);
            for (int number = from; number <= to; number++) {
                GenericRecord record = new GenericData.Record(SCHEMA);
                record.put("text", "n" + number);
                record.put("number", number);
                writer.append(record);
                if (number % perBlock == 0) {
                    writer.sync();
                }
            }
        }
        return bytes.toByteArray();
    }
}
