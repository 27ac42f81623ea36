package org.millrace.relay.source.spool;

import java.util.List;
import org.millrace.api.ComponentFactory;
import org.millrace.api.Settings;
import org.millrace.api.part.FileDeserializer;
import org.millrace.api.part.PartContext;

/** Makes Flume's deserializer of Avro containers. */
public final class AvroDeserializerFactory implements ComponentFactory.OfFileDeserializer {
    @Override
    public List<String> typeNames() {
        return List.of("AVRO", "org.apache.flume.serialization.AvroEventDeserializer$Builder");
    }

    @Override
    public String summary() {
        return "Makes an event of each record of an Avro container";
    }

    @Override
    public FileDeserializer create(PartContext context, FileDeserializer.Text text, Settings settings) {
        return new AvroFormat(settings.oneOf("schemaType", AvroFormat.SchemaHeader.class)
                .about("of AVRO: whether a header has the schema's fingerprint or the schema itself")
                .orElse(AvroFormat.SchemaHeader.HASH));
    }
}
