package org.millrace.serializer;

import java.util.List;
import org.millrace.api.ComponentFactory;
import org.millrace.api.Settings;
import org.millrace.api.part.EventSerializer;
import org.millrace.api.part.PartContext;

/** Makes Flume's serializer of bodies that are Avro data, as an Avro container of their schema. */
public final class BodySerializerFactory implements ComponentFactory.OfSerializer {
    @Override
    public List<String> typeNames() {
        return List.of("org.apache.flume.sink.hdfs.AvroEventSerializer$Builder");
    }

    @Override
    public String summary() {
        return "Writes bodies that are Avro data into Avro containers of their schemas";
    }

    @Override
    public EventSerializer create(PartContext context, Settings settings) {
        return create(settings, "serializer.", List.of("https://", "http://"));
    }

    /**
     * The same for a sink that can read schemas from other places.
     *
     * @param keyPrefix of the settings, for messages
     * @param urlPrefixes the default of {@link BodySchemas#urlPrefixes}
     */
    EventSerializer create(Settings settings, String keyPrefix, List<String> urlPrefixes) {
        BodySchemas schemas = new BodySchemas(
                keyPrefix,
                settings.string(BodySchemas.URL)
                        .about("for AvroEventSerializer: where the schema of the bodies is, if no header says so")
                        .orNull(),
                settings.words(BodySchemas.URL_PREFIXES)
                        .about("for AvroEventSerializer: what the address of a schema may start with")
                        .orElse(urlPrefixes));
        return new BodyContainer(AvroContainer.of(AvroContainer.Datum.BODY, AvroKeys.read(settings)), schemas);
    }
}
