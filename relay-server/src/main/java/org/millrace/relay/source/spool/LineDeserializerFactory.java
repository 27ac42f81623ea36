package org.millrace.relay.source.spool;

import java.util.List;
import org.millrace.api.ComponentFactory;
import org.millrace.api.Settings;
import org.millrace.api.part.FileDeserializer;
import org.millrace.api.part.PartContext;

/** Makes Flume's default deserializer: lines. */
public final class LineDeserializerFactory implements ComponentFactory.OfFileDeserializer {
    static final String NAME = "LINE";
    static final String MAX_LENGTH = "maxLineLength";

    @Override
    public List<String> typeNames() {
        return List.of(NAME, "org.apache.flume.serialization.LineDeserializer$Builder");
    }

    @Override
    public String summary() {
        return "Makes an event of each line";
    }

    @Override
    public FileDeserializer create(PartContext context, FileDeserializer.Text text, Settings settings) {
        return new LineFormat(
                settings.integer(MAX_LENGTH, 1, Integer.MAX_VALUE)
                        .about("of LINE: characters of a line, at most; what is longer goes on in the next event")
                        .orElse(LineFormat.DEFAULT.maxChars()),
                text.charset(),
                settings.writableCharset("outputCharset")
                        .about("of LINE: the character set of the events")
                        .orElse(LineFormat.DEFAULT.output()),
                LineFormat.DecodeErrors.of(text.onErrors()));
    }
}
