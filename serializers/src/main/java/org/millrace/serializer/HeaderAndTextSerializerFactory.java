package org.millrace.serializer;

import java.util.List;
import org.millrace.api.ComponentFactory;
import org.millrace.api.Settings;
import org.millrace.api.part.EventSerializer;
import org.millrace.api.part.PartContext;

/** Makes Flume's serializer of headers and bodies. */
public final class HeaderAndTextSerializerFactory implements ComponentFactory.OfSerializer {
    @Override
    public List<String> typeNames() {
        return List.of("HEADER_AND_TEXT", "org.apache.flume.serialization.HeaderAndBodyTextEventSerializer$Builder");
    }

    @Override
    public String summary() {
        return "Writes headers and bodies, each as a line";
    }

    @Override
    public EventSerializer create(PartContext context, Settings settings) {
        return new TextSerializer(true, TextSerializerFactory.appendNewline(settings));
    }
}
