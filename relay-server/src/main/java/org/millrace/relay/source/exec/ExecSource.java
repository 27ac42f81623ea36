package org.millrace.relay.source.exec;

import java.io.IOException;
import java.time.Duration;
import org.millrace.api.BatchSized;
import org.millrace.api.Source;
import org.millrace.api.SourceContext;
import org.millrace.api.StartException;
import org.millrace.api.support.Pauses;
import org.millrace.api.support.SourceLoop;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Hands what a command prints to its channels; see {@link ExecReader}. {@link #start} and {@link #close}: one thread. */
final class ExecSource implements Source, BatchSized {
    private static final Duration MOST_IDLE = Duration.ofSeconds(1);
    private static final Pauses REFUSED = Pauses.doubling(Duration.ofMillis(250), Duration.ofSeconds(4));
    private static final Logger log = LoggerFactory.getLogger(ExecSource.class);

    private final SourceContext context;
    private final ExecSettings settings;
    private final SourceLoop loop;

    ExecSource(SourceContext context, ExecSettings settings) {
        this.context = context;
        this.settings = settings;
        Duration restart = settings.restartAfter() == null ? MOST_IDLE : settings.restartAfter();
        Pauses idle = Pauses.constant(restart.compareTo(MOST_IDLE) < 0 ? restart : MOST_IDLE);
        Pauses failed = Pauses.constant(restart.compareTo(MOST_IDLE) > 0 ? restart : MOST_IDLE);
        this.loop = new SourceLoop(context, new SourceLoop.Pace(idle, REFUSED, failed));
    }

    @Override
    public void start() throws StartException {
        ExecReader reader = new ExecReader(context.name(), settings, context.metrics());
        try {
            reader.start();
        } catch (IOException e) {
            if (settings.restartAfter() == null) {
                throw new StartException("source " + context.name() + ": command cannot be run: " + e.getMessage(), e);
            }
            log.error("source {}: command cannot be run, and is tried again: {}", context.name(), e.getMessage());
        }
        loop.start("exec", reader);
        log.info(
                "source {} reads what {} prints",
                context.name(),
                settings.words().get(0));
    }

    @Override
    public void close() {
        loop.close();
    }

    @Override
    public int batchEvents() {
        return settings.batchEvents();
    }

    @Override
    public String batchKey() {
        return "batchSize";
    }
}
