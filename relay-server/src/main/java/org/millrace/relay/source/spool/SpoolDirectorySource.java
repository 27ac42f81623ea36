package org.millrace.relay.source.spool;

import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;
import org.millrace.api.BatchSized;
import org.millrace.api.BatchTooLargeException;
import org.millrace.api.Source;
import org.millrace.api.SourceContext;
import org.millrace.api.SourceMetrics;
import org.millrace.api.StartException;
import org.millrace.api.support.BatchReader;
import org.millrace.api.support.Pauses;
import org.millrace.api.support.SourceLoop;
import org.millrace.codec.EventBatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands the events of files in a directory to its channels, one batch at a time: read, put, take down the position; see {@link
 * SourceLoop}. {@link #start} and {@link #close}: one thread.
 */
final class SpoolDirectorySource implements Source, BatchSized {
    private static final Duration FIRST_BACKOFF = Duration.ofMillis(250);
    private static final Logger log = LoggerFactory.getLogger(SpoolDirectorySource.class);

    /**
     * How the source goes about it.
     *
     * @param batchEvents events per put, at least 1
     * @param pollDelay pause when there is nothing to read
     * @param maxBackoff the longest pause after the channels refused a batch
     */
    record Pace(int batchEvents, Duration pollDelay, Duration maxBackoff) {
        SourceLoop.Pace loop() {
            return new SourceLoop.Pace(
                    Pauses.constant(pollDelay),
                    Pauses.doubling(FIRST_BACKOFF, maxBackoff),
                    Pauses.constant(maxBackoff));
        }
    }

    private final String name;
    private final SourceMetrics metrics;
    private final InstantSource clock;
    private final SpoolSettings settings;
    private final Pace pace;
    private final SourceLoop loop;

    SpoolDirectorySource(SourceContext context, SpoolSettings settings, Pace pace) {
        this.name = context.name();
        this.metrics = context.metrics();
        this.clock = context.clock();
        this.settings = settings;
        this.pace = pace;
        this.loop = new SourceLoop(context, pace.loop());
    }

    @Override
    public void start() throws StartException {
        try {
            SpoolingReader reader = SpoolingReader.open(settings, clock);
            metrics.gauge("filesWaiting", reader::filesWaiting);
            loop.start("spool", new Counted(reader));
        } catch (StartException e) {
            throw new StartException("source " + name + ": " + e.getMessage(), e);
        }
        log.info("source {} reads {}", name, settings.directory());
    }

    @Override
    public void close() {
        loop.close();
    }

    @Override
    public int batchEvents() {
        return pace.batchEvents();
    }

    @Override
    public String batchKey() {
        return "batchSize";
    }

    /** Counts the files that were set aside, and what was passed over. */
    private final class Counted implements BatchReader {
        private final SpoolingReader reader;
        private long filesSetAside;
        private long failures;

        Counted(SpoolingReader reader) {
            this.reader = reader;
        }

        @Override
        public @Nullable EventBatch read() throws IOException {
            try {
                return reader.read(pace.batchEvents());
            } catch (IOException e) {
                throw new IOException("cannot say which files of " + settings.directory() + " are to be read: " + e, e);
            } finally {
                countFailures();
            }
        }

        @Override
        public void commit() {
            reader.commit();
            countFailures();
        }

        @Override
        public void commitFirst(int events) {
            reader.commitFirst(events);
        }

        @Override
        public boolean keepsBack(BatchTooLargeException why) {
            reader.refuse(String.valueOf(why.getMessage()));
            countFailures();
            return true;
        }

        @Override
        public void close() {
            reader.close();
        }

        private void countFailures() {
            long more = reader.filesSetAside() - filesSetAside;
            filesSetAside += more;
            metrics.eventReadFails.inc(more + reader.failures() - failures);
            failures = reader.failures();
            metrics.counter("filesSetAside").inc(more);
        }
    }
}
