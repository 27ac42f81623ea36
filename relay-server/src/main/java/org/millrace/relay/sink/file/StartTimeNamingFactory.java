package org.millrace.relay.sink.file;

import java.time.Instant;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.millrace.api.ComponentFactory;
import org.millrace.api.Settings;
import org.millrace.api.part.FileNaming;
import org.millrace.api.part.PartContext;

/** Names by the time at which the sink's first file begins, in epoch milliseconds, and a number that goes on: Flume's default. */
public final class StartTimeNamingFactory implements ComponentFactory.OfFileNaming {
    static final String NAME = "DEFAULT";

    @Override
    public List<String> typeNames() {
        return List.of(NAME, "org.apache.flume.formatter.output.DefaultPathManager$Builder");
    }

    @Override
    public String summary() {
        return "Names files by the time of the sink's start, and a number";
    }

    @Override
    public FileNaming create(PartContext context, Settings settings) {
        return FileNames.read(settings, new FirstTime());
    }

    /** The sink's thread only. */
    private static final class FirstTime implements Function<Instant, String> {
        private @Nullable String first;

        @Override
        public String apply(Instant now) {
            if (first == null) {
                first = Long.toString(now.toEpochMilli());
            }
            return first;
        }
    }
}
