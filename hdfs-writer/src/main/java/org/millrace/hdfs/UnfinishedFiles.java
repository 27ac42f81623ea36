package org.millrace.hdfs;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.millrace.api.ChannelException;
import org.millrace.hdfs.UnfinishedFile.Step;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Files that are no longer written and do not have their final name yet. Most are here for a moment; those whose close or rename fails
 * are tried again at intervals, in the turns of the sink, a few at a time. So are those that an agent before us left behind.
 *
 * <p>{@link #size} and {@link #found}: any thread. All else: the sink's thread.
 */
final class UnfinishedFiles {
    private static final Logger log = LoggerFactory.getLogger(UnfinishedFiles.class);
    /** For a file whose last call hangs. */
    private static final Duration LOOK_AGAIN = Duration.ofSeconds(5);
    /** For a file system that is at it. */
    private static final Duration SOON = Duration.ofSeconds(1);
    /** Once a file system is at a file for that long, somebody should know. */
    private static final Duration LONG = Duration.ofMinutes(1);

    private final FileStore store;
    private final RetryPolicy retry;
    private final HadoopCalls calls;
    private final int atOnce;
    private final Manifest manifest;
    private final Duration patience;
    private final InstantSource clock;
    private final List<Entry> entries = new ArrayList<>();
    private boolean isStopping;
    /** That the file system is at files for long. */
    private boolean isTold;

    /**
     * How often to try.
     *
     * @param tries the first one included; 0: without end
     */
    record RetryPolicy(Duration interval, int tries) {}

    UnfinishedFiles(
            FileStore store, RetryPolicy retry, HadoopCalls calls, int atOnce, Manifest manifest, Duration patience) {
        this.store = store;
        this.retry = retry;
        this.calls = calls;
        this.atOnce = atOnce;
        this.manifest = manifest;
        this.patience = patience;
        this.clock = store.clock();
    }

    /** Takes files over; the next {@link #advance} begins with them. */
    void add(Collection<UnfinishedFile> files) {
        files.forEach(file -> add(file, () -> true));
    }

    /**
     * Takes a file over.
     *
     * @param free false as long as a call that was given up has not come back: until then the file is not to be touched
     */
    synchronized void add(UnfinishedFile file, BooleanSupplier free) {
        entries.add(new Entry(file, free));
    }

    synchronized int size() {
        return entries.size();
    }

    /** Those of an agent before us. */
    synchronized int found() {
        return (int) entries.stream().filter(entry -> entry.file.isFound()).count();
    }

    /** When there is something to do at the earliest. */
    synchronized Instant nextDue() {
        return entries.stream()
                .filter(entry -> !entry.isUnderWay)
                .map(entry -> entry.due)
                .min(Comparator.naturalOrder())
                .orElse(Instant.MAX);
    }

    /** Brings files that are due as far as they come: all that are new, and some of those that are tried again. */
    void advance() throws InterruptedException {
        Error broken = advance(due(clock.instant(), atOnce), patience);
        tellOfLongWaits();
        if (broken != null) {
            throw broken;
        }
    }

    /** @return an Error of a call, which costs its own file this try and no other; null if there was none */
    private @Nullable Error advance(List<Entry> some, Duration callPatience) throws InterruptedException {
        Error broken = null;
        List<Entry> left = some;
        while (!left.isEmpty()) {
            List<Entry> toCall = left.stream()
                    .filter(entry -> entry.file.next() != Step.VOUCH)
                    .toList();
            try {
                calls.run(toCall, callPatience);
            } catch (Error e) {
                broken = broken == null ? e : broken;
            }
            if (isStopping && calls.clearInterrupted()) {
                throw new InterruptedException("in the midst of the last try");
            }
            vouch(left.stream()
                    .filter(entry -> entry.isGoingOn && entry.file.next() == Step.VOUCH)
                    .toList());
            left = left.stream().filter(entry -> entry.isGoingOn).toList();
        }
        return broken;
    }

    /** Those that have waited longest come first, so that none waits for ever behind others that are tried in vain. */
    private synchronized List<Entry> due(Instant now, int mostTriedAgain) {
        List<Entry> inOrder = entries.stream()
                .filter(entry -> !entry.isUnderWay && !entry.due.isAfter(now))
                .sorted(Comparator.comparing(entry -> entry.due))
                .toList();
        List<Entry> due = new ArrayList<>();
        int triedAgain = 0;
        for (Entry entry : inOrder) {
            if (entry.isTriedAgain() && triedAgain >= mostTriedAgain) {
                continue;
            }
            if (entry.free.getAsBoolean()) {
                triedAgain += entry.isTriedAgain() ? 1 : 0;
                entry.isGoingOn = true;
                due.add(entry);
            } else {
                entry.due = clock.instant().plus(LOOK_AGAIN);
            }
        }
        return due;
    }

    /** They may have their final name only once the channel will not give their events again. */
    private void vouch(List<Entry> closed) throws InterruptedException {
        if (closed.isEmpty()) {
            return;
        }
        Manifest.Change change = manifest.change();
        closed.forEach(entry -> change.put(entry.file.entry()));
        try {
            change.commit();
            closed.forEach(entry -> entry.file.vouched());
        } catch (ChannelException | ManifestException e) {
            IOException why = new IOException("that it is closed is not kept: " + e.getMessage(), e);
            closed.forEach(entry -> entry.triedInVain(why));
        }
    }

    /** Each file has been told of when the file system began with it: that says nothing of how many stay so. */
    private void tellOfLongWaits() {
        Entry longest = null;
        int waiting = 0;
        for (Entry entry : snapshot()) {
            if (entry.told != null) {
                waiting++;
                longest = longest == null || entry.waitsSince.isBefore(longest.waitsSince) ? entry : longest;
            }
        }
        boolean isLong = longest != null && longest.waitsSince.plus(LONG).isBefore(clock.instant());
        if (longest != null && isLong && !isTold) {
            log.warn(
                    "Sink {}: {} files cannot be finished yet, since the file system has not done its part; of the one"
                            + " that waits longest, for {} s by now: {}",
                    store.sink(),
                    waiting,
                    Duration.between(longest.waitsSince, clock.instant()).toSeconds(),
                    longest.told);
        }
        isTold = isLong;
    }

    /**
     * Waits for calls that take long, tries all files twice more, however long it takes, and leaves those that still fail as they are.
     *
     * @throws InterruptedException if whoever waits for it gave up: then nothing more is committed
     */
    void lastTry() throws InterruptedException {
        isStopping = true;
        calls.collectAll();
        Error broken = null;
        for (int tries = 0; tries < 2; tries++) {
            Error e = advance(due(Instant.MAX, Integer.MAX_VALUE), Duration.ZERO);
            broken = broken == null ? e : broken;
        }
        for (Entry entry : snapshot()) {
            entry.leave(new IOException("the sink stops"));
        }
        if (broken != null) {
            throw broken;
        }
    }

    private synchronized List<Entry> snapshot() {
        return List.copyOf(entries);
    }

    private synchronized void remove(Entry entry) {
        entries.remove(entry);
    }

    private final class Entry implements HadoopCalls.Work {
        private final UnfinishedFile file;
        private BooleanSupplier free;
        private Instant due = Instant.MIN;
        private int attempts;
        /** False once it is finished, or has to wait. */
        private boolean isGoingOn;
        /** A call takes long. */
        private boolean isUnderWay;
        /** What the log has been told that the file system is at; null while it is not waited for. */
        private @Nullable String told;
        /** From when on it is. */
        private Instant waitsSince = Instant.MAX;

        Entry(UnfinishedFile file, BooleanSupplier free) {
            this.file = file;
            this.free = free;
        }

        boolean isTriedAgain() {
            return attempts > 0 || file.isFound();
        }

        @Override
        public void run() throws IOException {
            file.step();
        }

        @Override
        public void slow() {
            isGoingOn = false;
            isUnderWay = true;
            log.warn("Sink {}: a call for {} takes long; the sink goes on", store.sink(), file.inUse());
        }

        @Override
        public void succeeded() {
            isUnderWay = false;
            told = null;
            if (file.next() == Step.FINISHED || file.next() == Step.GONE) {
                manifest.drop(file.entry());
                store.forget(file.entry());
                remove(this);
                isGoingOn = false;
            }
        }

        @Override
        public void failed(IOException cause, boolean begun) {
            isUnderWay = false;
            if (cause instanceof CallTimeoutException hang) {
                free = hang.over();
            }
            if (!begun) {
                waitAWhile();
            } else if (cause instanceof NotYetException) {
                tellOnce(cause.getMessage());
                waitAWhile();
            } else {
                triedInVain(cause);
            }
        }

        /** It is asked again each second. */
        private void tellOnce(@Nullable String what) {
            if (told == null) {
                waitsSince = clock.instant();
            }
            if (!Objects.equals(what, told)) {
                told = what;
                log.info("Sink {}: {}", store.sink(), what);
            }
        }

        private void waitAWhile() {
            isGoingOn = false;
            due = clock.instant().plus(SOON);
        }

        private void triedInVain(IOException cause) {
            isGoingOn = false;
            told = null;
            attempts++;
            if (retry.tries() > 0 && attempts >= retry.tries()) {
                leave(cause);
                return;
            }
            due = clock.instant().plus(retry.interval());
            log.warn(
                    "Sink {}: {} is not finished after {} tries, the next one is in {} s: {}",
                    store.sink(),
                    file.inUse(),
                    attempts,
                    retry.interval().toSeconds(),
                    cause.getMessage());
        }

        /** It stays in the manifest: the next start tries again. */
        private void leave(IOException cause) {
            remove(this);
            store.metrics().leftInUse.inc();
            log.error(
                    "Sink {}: {} keeps its in-use name; {} bytes of committed events are in it",
                    store.sink(),
                    file.inUse(),
                    file.entry().bytes(),
                    cause);
        }
    }
}
