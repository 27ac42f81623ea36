package org.millrace.relay.source.spool;

import java.util.List;
import org.millrace.api.ComponentFactory;
import org.millrace.api.Settings;
import org.millrace.api.part.FileDeserializer;
import org.millrace.api.part.PartContext;

/** Makes the deserializer of Flume's morphline module, which takes whole files; the short name is ours. */
public final class BlobDeserializerFactory implements ComponentFactory.OfFileDeserializer {
    private static final int DEFAULT_BYTES = 100_000_000;
    private static final int MOST_BYTES = 256 << 20;

    @Override
    public List<String> typeNames() {
        return List.of("BLOB", "org.apache.flume.sink.solr.morphline.BlobDeserializer$Builder");
    }

    @Override
    public String summary() {
        return "Makes an event of a whole file";
    }

    @Override
    public FileDeserializer create(PartContext context, FileDeserializer.Text text, Settings settings) {
        return new BlobFormat(settings.integer("maxBlobLength", 1, MOST_BYTES)
                .about("of BLOB: bytes of an event, at most; a longer file goes on in further events")
                .orElse(DEFAULT_BYTES));
    }
}
