package org.millrace.serializer;

import java.util.List;
import org.millrace.api.ComponentFactory;
import org.millrace.api.Settings;
import org.millrace.api.part.EventSerializer;
import org.millrace.api.part.PartContext;

/** Makes Flume's serializer of whole events, as an Avro container. */
public final class AvroEventSerializerFactory implements ComponentFactory.OfSerializer {
    @Override
    public List<String> typeNames() {
        return List.of("AVRO_EVENT", "org.apache.flume.serialization.FlumeEventAvroEventSerializer$Builder");
    }

    @Override
    public String summary() {
        return "Writes headers and bodies into an Avro container";
    }

    @Override
    public EventSerializer create(PartContext context, Settings settings) {
        return AvroContainer.of(AvroContainer.Datum.EVENT, AvroKeys.read(settings));
    }
}
