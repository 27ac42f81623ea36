package org.millrace.serializer;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.millrace.api.ComponentFactory;
import org.millrace.api.Settings;
import org.millrace.api.part.EventSerializer;
import org.millrace.api.part.PartContext;

/** The serializer that the file chooses, with its keys. */
public final class SerializerChoice {
    private SerializerChoice() {}

    /**
     * Reads the key that names the serializer, and those behind it with a dot.
     *
     * @param component all keys of the component
     * @param key {@code serializer}, or as it is called there
     * @param urlPrefixes the default of {@link BodySchemas#urlPrefixes}
     */
    public static EventSerializer read(PartContext context, Settings component, String key, List<String> urlPrefixes) {
        return component
                .part(key, ComponentFactory.OfSerializer.class)
                .about("how an event becomes bytes")
                .orElse(
                        "TEXT",
                        (factory, keys) -> factory instanceof BodySerializerFactory bodies
                                ? bodies.create(keys, key + ".", urlPrefixes)
                                : factory.create(context, keys));
    }

    /** Bodies, one behind the other with nothing between them. */
    public static EventSerializer bareBodies() {
        return new TextSerializer(false, false);
    }

    /** What the file says of the schemas of bodies; null unless bodies are Avro data, whose schemas the sink has to find and check. */
    public static @Nullable BodySchemas bodySchemas(EventSerializer serializer) {
        return serializer instanceof SchemaSerializer schemas ? schemas.bodySchemas() : null;
    }
}
