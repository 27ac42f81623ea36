package org.millrace.serializer;

import java.io.IOException;
import java.io.OutputStream;
import org.millrace.api.part.EventSerializer;

/** Writes files whose bodies are Avro data of one schema, which the sink has to find and check. */
public interface SchemaSerializer extends EventSerializer {
    /** Where the schemas of bodies are found. */
    BodySchemas bodySchemas();

    /**
     * As {@link #begin(OutputStream)}, which does not know the schema, and fails.
     *
     * @param bodySchema of the bodies that go into the file, as JSON
     */
    Serialization begin(OutputStream out, String bodySchema) throws IOException;

    @Override
    default Serialization begin(OutputStream out) throws IOException {
        throw new IOException("a file of bodies that are Avro data without their schema");
    }

    /**
     * Begins a file with whichever serializer.
     *
     * @param bodySchema empty where the serializer asks for none
     */
    static Serialization begin(EventSerializer serializer, OutputStream out, String bodySchema) throws IOException {
        return serializer instanceof SchemaSerializer schemas ? schemas.begin(out, bodySchema) : serializer.begin(out);
    }
}
