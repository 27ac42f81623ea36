package org.millrace.relay.source.generate;

import java.util.List;
import org.millrace.api.ComponentFactory;
import org.millrace.api.Settings;
import org.millrace.api.Source;
import org.millrace.api.SourceContext;
import org.millrace.api.support.Pauses;
import org.millrace.relay.source.generate.SameEvents.Plan;

/** Makes sources of equal events, with Flume's keys and defaults. */
public final class StressSourceFactory implements ComponentFactory.OfSource {
    private static final int DEFAULT_BYTES = 500;
    private static final int MOST_BYTES = 256 << 20;

    @Override
    public List<String> typeNames() {
        return List.of("org.apache.flume.source.StressSource");
    }

    @Override
    public String summary() {
        return "Makes the same event again and again, as fast as the channels take it: for measuring what is behind it";
    }

    @Override
    public Source create(SourceContext context, Settings settings) {
        Plan plan = new Plan(
                settings.integer("size", 0, MOST_BYTES)
                        .about("the bytes of a body, each 0x7F")
                        .orElse(DEFAULT_BYTES),
                settings.integer("batchSize", 1, Integer.MAX_VALUE)
                        .about("the events of a batch")
                        .orElse(1),
                settings.number("maxTotalEvents", -1, Long.MAX_VALUE)
                        .about("after so many events there are no more; -1: no limit")
                        .orElse(-1L),
                settings.number("maxSuccessfulEvents", -1, Long.MAX_VALUE)
                        .about("no further batch once so many events are in the channels; -1: no limit")
                        .orElse(-1L),
                settings.integer("maxEventsPerSecond", 0, Integer.MAX_VALUE)
                        .about("no more events a second than this; 0: no limit")
                        .orElse(0));
        if ((long) plan.bodyBytes() * plan.batchEvents() > MOST_BYTES) {
            settings.problem(
                    "batchSize",
                    plan.batchEvents() + " (expected: size and batchSize that make up no more than 256 MiB)");
        }
        return new GeneratorSource(
                context, "stress", plan.batchEvents(), new SameEvents(plan), Pauses.ofPolledSource(settings));
    }
}
