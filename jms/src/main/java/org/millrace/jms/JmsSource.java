package org.millrace.jms;

import java.io.IOException;
import org.millrace.api.BatchSized;
import org.millrace.api.Source;
import org.millrace.api.SourceContext;
import org.millrace.api.StartException;
import org.millrace.api.support.SourceLoop;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads a queue or topic. A message is acknowledged once every required channel has its event; with the provider away it tries again and
 * again. {@link #start} and {@link #close} are called by one thread.
 */
public final class JmsSource implements Source, BatchSized {
    static final String BATCH_SIZE = "batchSize";

    private static final Logger LOG = LoggerFactory.getLogger(JmsSource.class);

    private final SourceContext context;
    private final JmsSettings settings;
    private final int batchEvents;
    private final JmsReader reader;
    private final SourceLoop loop;

    JmsSource(SourceContext context, JmsSettings settings, int batchEvents, JmsReader reader, SourceLoop.Pace pace) {
        this.context = context;
        this.settings = settings;
        this.batchEvents = batchEvents;
        this.reader = reader;
        this.loop = new SourceLoop(context, pace);
    }

    /** Does not wait for the provider; what no waiting will mend fails the start. */
    @Override
    public void start() throws StartException {
        checkContextFactory();
        try {
            JmsLink.readPassword(settings);
        } catch (IOException e) {
            throw new StartException(
                    "source " + context.name() + ": passwordFile: cannot read " + settings.passwordFile(), e);
        }
        loop.start("jms", reader);
        LOG.info(
                "source {} reads {} {} of {}",
                context.name(),
                settings.destinationType(),
                settings.destination(),
                settings.shownProviderUrl());
    }

    private void checkContextFactory() throws StartException {
        ClassLoader loader = Thread.currentThread().getContextClassLoader();
        try {
            Class.forName(settings.initialContextFactory(), false, loader);
        } catch (ClassNotFoundException e) {
            throw new StartException(
                    "source " + context.name() + ": initialContextFactory: there is no class "
                            + settings.initialContextFactory()
                            + " (expected: one of the provider's client, whose jars are to be on the class path or in plugins.d)",
                    e);
        }
    }

    @Override
    public int batchEvents() {
        return batchEvents;
    }

    @Override
    public String batchKey() {
        return BATCH_SIZE;
    }

    @Override
    public void close() {
        loop.close();
    }
}
