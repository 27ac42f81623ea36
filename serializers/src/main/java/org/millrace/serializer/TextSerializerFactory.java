package org.millrace.serializer;

import java.util.List;
import org.millrace.api.ComponentFactory;
import org.millrace.api.Settings;
import org.millrace.api.part.EventSerializer;
import org.millrace.api.part.PartContext;

/** Makes Flume's default serializer. */
public final class TextSerializerFactory implements ComponentFactory.OfSerializer {
    @Override
    public List<String> typeNames() {
        return List.of("TEXT", "org.apache.flume.serialization.BodyTextEventSerializer$Builder");
    }

    @Override
    public String summary() {
        return "Writes bodies, each as a line";
    }

    @Override
    public EventSerializer create(PartContext context, Settings settings) {
        return new TextSerializer(false, appendNewline(settings));
    }

    static boolean appendNewline(Settings settings) {
        return settings.bool("appendNewline")
                .about("for TEXT and HEADER_AND_TEXT: whether a line feed follows each body")
                .orElse(true);
    }
}
