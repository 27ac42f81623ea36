package org.millrace.relay.source.spool;

import java.io.IOException;
import org.millrace.api.part.FileDeserializer;

/**
 * Avro containers: each record becomes an event, its body the record as Avro encodes it without a schema, which a header tells.
 *
 * @param schemaHeader what the header tells of the schema
 */
public record AvroFormat(SchemaHeader schemaHeader) implements FileDeserializer {
    @Override
    public FileEvents open(SourceFile file, long offset) throws IOException {
        return new AvroRecords(file.content(), offset, this);
    }

    @Override
    public boolean readsText() {
        return false;
    }

    /** A header of each event. */
    public enum SchemaHeader {
        /** {@code flume.avro.schema.hash}: the CRC-64-AVRO fingerprint of the schema, in hex. */
        HASH,
        /** {@code flume.avro.schema.literal}: the schema itself, as JSON. */
        LITERAL
    }
}
