package org.millrace.relay.source.generate;

import java.time.Duration;
import org.millrace.api.BatchSized;
import org.millrace.api.Source;
import org.millrace.api.SourceContext;
import org.millrace.api.support.BatchReader;
import org.millrace.api.support.Pauses;
import org.millrace.api.support.SourceLoop;

/** Hands events that are made up to its channels, as fast as they take them. {@link #start} and {@link #close}: one thread. */
final class GeneratorSource implements Source, BatchSized {
    private static final Pauses REFUSED = Pauses.doubling(Duration.ofMillis(250), Duration.ofSeconds(4));

    private final String kind;
    private final int batchEvents;
    private final BatchReader events;
    private final SourceLoop loop;

    GeneratorSource(SourceContext context, String kind, int batchEvents, BatchReader events, Pauses idle) {
        this.kind = kind;
        this.batchEvents = batchEvents;
        this.events = events;
        this.loop = new SourceLoop(context, new SourceLoop.Pace(idle, REFUSED, REFUSED));
    }

    @Override
    public void start() {
        loop.start(kind, events);
    }

    @Override
    public void close() {
        loop.close();
    }

    @Override
    public int batchEvents() {
        return batchEvents;
    }

    @Override
    public String batchKey() {
        return "batchSize";
    }
}
