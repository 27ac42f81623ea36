package org.millrace.serializer;

import java.io.IOException;
import java.io.OutputStream;

/** An Avro container of bodies that are Avro data themselves. */
record BodyContainer(AvroContainer container, BodySchemas bodySchemas) implements SchemaSerializer {
    @Override
    public Serialization begin(OutputStream out, String bodySchema) throws IOException {
        return container.begin(out, bodySchema);
    }
}
