package org.millrace.hdfs;

import com.codahale.metrics.Counter;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Files that are no longer written but do not have their final name yet, since a close or rename failed. They are tried again at
 * intervals, in the turns of the sink, a few at a time.
 *
 * <p>{@link #add} and {@link #size}: any thread. All else: the sink's thread.
 */
final class UnfinishedFiles {
    private static final Logger log = LoggerFactory.getLogger(UnfinishedFiles.class);
    /** More than this means that the file system has been failing for long; the oldest then keep their names. */
    private static final int MOST_FILES = 1000;
    /** For a file whose last call hangs. */
    private static final Duration LOOK_AGAIN = Duration.ofSeconds(5);

    private final String sink;
    private final RetryPolicy retry;
    private final HadoopCalls calls;
    private final int atOnce;
    private final InstantSource clock;
    private final Counter leftInUse;
    private final List<Entry> entries = new ArrayList<>();

    /**
     * How often to try.
     *
     * @param tries the first one included; 0: without end
     */
    record RetryPolicy(Duration interval, int tries) {}

    UnfinishedFiles(
            String sink, RetryPolicy retry, HadoopCalls calls, int atOnce, InstantSource clock, Counter leftInUse) {
        this.sink = sink;
        this.retry = retry;
        this.calls = calls;
        this.atOnce = atOnce;
        this.clock = clock;
        this.leftInUse = leftInUse;
    }

    /**
     * Goes on with a file that could not be finished, or whose write failed.
     *
     * @param cause why; a time-out keeps hands off the file until its call has returned
     */
    synchronized void add(BucketFile file, IOException cause) {
        BooleanSupplier free = cause instanceof CallTimeoutException hang ? hang.over() : () -> true;
        entries.add(new Entry(file, free, clock.instant()));
        if (file.attempts() > 0) {
            entries.get(entries.size() - 1).triedInVain(cause);
        }
        if (entries.size() > MOST_FILES) {
            entries.get(0).leave(cause);
        }
    }

    synchronized int size() {
        return entries.size();
    }

    /** When there is something to do at the earliest. */
    synchronized Instant nextDue() {
        return entries.stream()
                .map(entry -> entry.due)
                .min(Comparator.naturalOrder())
                .orElse(Instant.MAX);
    }

    /** Tries those that are due. */
    void retryDue() {
        calls.runAll(due(clock.instant()));
    }

    private synchronized List<Entry> due(Instant now) {
        List<Entry> due = new ArrayList<>();
        for (Entry entry : entries) {
            if (!entry.due.isAfter(now) && due.size() < atOnce) {
                if (entry.free.getAsBoolean()) {
                    due.add(entry);
                } else {
                    entry.due = now.plus(LOOK_AGAIN);
                }
            }
        }
        return due;
    }

    /** Tries all of them once more, and leaves those that still fail as they are. */
    void lastTry() {
        List<Entry> all = snapshot();
        calls.runAll(all.stream().filter(entry -> entry.free.getAsBoolean()).toList());
        for (Entry entry : snapshot()) {
            entry.leave(new IOException("the sink stops"));
        }
    }

    private synchronized List<Entry> snapshot() {
        return List.copyOf(entries);
    }

    private synchronized void remove(Entry entry) {
        entries.remove(entry);
    }

    private final class Entry implements HadoopCalls.Work {
        private final BucketFile file;
        private BooleanSupplier free;
        private Instant due;

        Entry(BucketFile file, BooleanSupplier free, Instant due) {
            this.file = file;
            this.free = free;
            this.due = due;
        }

        @Override
        public void run() throws IOException {
            file.finish(RollReason.FAILURE);
        }

        @Override
        public void succeeded() {
            remove(this);
        }

        @Override
        public void failed(IOException cause, boolean begun) {
            if (cause instanceof CallTimeoutException hang) {
                free = hang.over();
            }
            triedInVain(cause);
        }

        private void triedInVain(IOException cause) {
            int attempts = file.attempts();
            if (retry.tries() > 0 && attempts >= retry.tries()) {
                leave(cause);
                return;
            }
            due = clock.instant().plus(retry.interval());
            log.warn(
                    "Sink {}: {} is not finished after {} tries, the next one is in {} s: {}",
                    sink,
                    file.inUse(),
                    attempts,
                    retry.interval().toSeconds(),
                    cause.getMessage());
        }

        private void leave(IOException cause) {
            remove(this);
            leftInUse.inc();
            log.error(
                    "Sink {}: {} keeps its in-use name; {} events in it were flushed",
                    sink,
                    file.inUse(),
                    file.flushedEvents(),
                    cause);
        }
    }
}
