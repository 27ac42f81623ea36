package org.example.millrace;

import java.nio.file.Path;
import java.util.List;
import org.millrace.api.ComponentFactory;
import org.millrace.api.Settings;
import org.millrace.api.Sink;
import org.millrace.api.SinkContext;

/** Reads the keys of {@code type = line_file}. */
public final class LineFileSinkFactory implements ComponentFactory.OfSink {
    @Override
    public List<String> typeNames() {
        return List.of("line_file", LineFileSink.class.getName());
    }

    @Override
    public String summary() {
        return "Appends bodies to a file, each as a line";
    }

    @Override
    public Sink create(SinkContext context, Settings settings) {
        Path file = settings.path("file").about("what to append to; made where it is not there").required();
        int batch = settings.integer("batch-size", 1, 100_000)
                .about("the most events that become safe together")
                .orElse(100);
        return new LineFileSink(context, file, batch);
    }
}
