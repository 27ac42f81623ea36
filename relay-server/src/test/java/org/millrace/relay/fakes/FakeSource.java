package org.millrace.relay.fakes;

import java.util.List;
import org.millrace.api.BatchSized;
import org.millrace.api.ComponentFactory;
import org.millrace.api.Inlet;
import org.millrace.api.Settings;
import org.millrace.api.Source;
import org.millrace.api.SourceContext;
import org.millrace.api.StartException;

/** A source that does nothing; {@code failure} makes its start fail. */
public record FakeSource(String name, Inlet inlet, int batchEvents, String failure, Diary diary)
        implements Source, BatchSized {
    @Override
    public void start() throws StartException {
        diary.note("start source " + name);
        diary.checkStart(name);
        if (!failure.isEmpty()) {
            throw new StartException(failure);
        }
    }

    @Override
    public void close() {
        diary.note("close source " + name);
    }

    @Override
    public String batchKey() {
        return "batchSize";
    }

    /** With keys as Flume's Avro and spooling directory sources have them. */
    public record Factory(String type, Diary diary) implements ComponentFactory.OfSource {
        @Override
        public List<String> typeNames() {
            return type.equals("avro")
                    ? List.of("avro", "org.apache.flume.source.AvroSource")
                    : List.of("spooldir", "org.apache.flume.source.SpoolDirectorySource");
        }

        @Override
        public Source create(SourceContext context, Settings settings) {
            if (type.equals("avro")) {
                settings.string("bind").required();
                settings.integer("port", 0, 65535).required();
                settings.notSupportedYet("ssl");
                settings.string("keystore-password").orNull();
                settings.integer("pin-password", 0, 9999).orNull();
            } else {
                settings.path("spoolDir").required();
                settings.string("fileSuffix").orElse(".COMPLETED");
                settings.bool("fileHeader").orElse(false);
            }
            int batch = settings.integer("batchSize", 1, Integer.MAX_VALUE).orElse(100);
            String failure = settings.string("failure").orElse("");
            return new FakeSource(context.name(), context.inlet(), batch, failure, diary);
        }
    }
}
