package org.millrace.relay.source.generate;

import java.util.List;
import org.millrace.api.ComponentFactory;
import org.millrace.api.Settings;
import org.millrace.api.Source;
import org.millrace.api.SourceContext;
import org.millrace.api.support.Pauses;

/** Makes sources of numbers, with Flume's keys and defaults. */
public final class SequenceSourceFactory implements ComponentFactory.OfSource {
    @Override
    public List<String> typeNames() {
        return List.of("seq", "org.apache.flume.source.SequenceGeneratorSource");
    }

    @Override
    public String summary() {
        return "Makes events whose bodies are the numbers from 0 on, as fast as the channels take them: for trying out";
    }

    @Override
    public Source create(SourceContext context, Settings settings) {
        int batchEvents = settings.integer("batchSize", 1, Integer.MAX_VALUE)
                .about("the events of a batch")
                .orElse(1);
        long total = settings.number("totalEvents", 0, Long.MAX_VALUE)
                .about("after so many events there are no more")
                .orElse(Long.MAX_VALUE);
        return new GeneratorSource(
                context, "seq", batchEvents, new Numbers(batchEvents, total), Pauses.ofPolledSource(settings));
    }
}
