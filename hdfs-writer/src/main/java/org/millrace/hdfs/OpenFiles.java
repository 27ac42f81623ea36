package org.millrace.hdfs;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.millrace.api.ChannelException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The buckets that have files open: which there are, what of them is not committed yet, and when they are finished: by the clock, by
 * their number, after a failure. {@link Buckets} fills them. The sink's thread only.
 */
final class OpenFiles {
    private static final Logger log = LoggerFactory.getLogger(OpenFiles.class);
    private static final Duration LOOK_AT_HANGING = Duration.ofSeconds(5);
    private static final Duration BETWEEN_WARNINGS = Duration.ofMinutes(1);

    private final FileStore store;
    private final RollPolicy policy;
    private final int maxOpen;
    private final Manifest manifest;
    private final UnfinishedFiles unfinished;
    private final InstantSource clock;

    /** The one used longest ago comes first. */
    private final Map<BucketId, Bucket> buckets = new LinkedHashMap<>(16, 0.75f, true);

    /** Written or closed since the last commit. */
    private final Set<Bucket> touched = new LinkedHashSet<>();

    /** Given up with a call that has not come back: what has become of their files is not known yet. */
    private final List<Hanging> hanging = new ArrayList<>();

    /** The last durable manifest calls files ours that other writers have made. */
    private boolean hasLostNames;

    /** No file is due before; it may be that none is due then either. */
    private Instant nextDue = Instant.MAX;

    private long finishedForRoom;
    private Instant nextWarning = Instant.MIN;

    private record Hanging(Bucket bucket, BooleanSupplier over) {}

    OpenFiles(FileStore store, RollPolicy policy, int maxOpen, Manifest manifest, UnfinishedFiles unfinished) {
        this.store = store;
        this.policy = policy;
        this.maxOpen = maxOpen;
        this.manifest = manifest;
        this.unfinished = unfinished;
        this.clock = store.clock();
    }

    FileStore store() {
        return store;
    }

    int maxOpen() {
        return maxOpen;
    }

    boolean has(BucketId id) {
        return buckets.containsKey(id);
    }

    /** The one that is open, or a new one. */
    Bucket bucketOf(BucketId id) {
        Bucket open = buckets.get(id);
        return open == null ? new Bucket(id, store, policy) : open;
    }

    /** It is about to be written, or to be gone on with. */
    void add(Bucket bucket) {
        buckets.putIfAbsent(bucket.id(), bucket);
    }

    /** What was written to it counts with the next commit. */
    void written(Bucket bucket) {
        add(bucket);
        touched.add(bucket);
        noteDue(bucket);
    }

    /** It is closed, and what was written to it counts with the next commit. */
    void closed(Bucket bucket) {
        touched.add(bucket);
    }

    /** A call of its hangs: nothing of it is to be touched. */
    void letGo(Bucket bucket) {
        buckets.remove(bucket.id(), bucket);
        touched.remove(bucket);
    }

    /** True if something was written that is not committed. */
    boolean hasWritten() {
        return !touched.isEmpty();
    }

    /**
     * Finishes files, so that so many more can be opened.
     *
     * @return those that have to be closed first, since they hold what is not committed; they are no longer among the open ones
     */
    List<Bucket> makeRoomFor(int more) throws InterruptedException {
        int tooMany = buckets.size() + more - maxOpen;
        if (tooMany <= 0) {
            return List.of();
        }
        List<Bucket> written = new ArrayList<>();
        for (Bucket bucket : buckets.values().stream().limit(tooMany).toList()) {
            if (touched.contains(bucket)) {
                buckets.remove(bucket.id());
                written.add(bucket);
            } else {
                finish(bucket, RollReason.TOO_MANY_OPEN);
            }
        }
        unfinished.advance();
        warnOfSpread(tooMany);
        return written;
    }

    /** Headers with ever new values make as many files: nothing is lost by it, but somebody should know. */
    private void warnOfSpread(int files) {
        store.metrics().finishedForRoom.inc(files);
        finishedForRoom += files;
        Instant now = clock.instant();
        if (now.isBefore(nextWarning)) {
            return;
        }
        nextWarning = now.plus(BETWEEN_WARNINGS);
        log.warn(
                "Sink {}: {} files were finished early to make room for others: events come for more buckets than"
                        + " hdfs.maxOpenFiles = {}, so files are small and many; see which headers are in hdfs.path and"
                        + " hdfs.filePrefix, and who sets them",
                store.sink(),
                finishedForRoom,
                maxOpen);
        finishedForRoom = 0;
    }

    /** A write to it was not begun: a file that is open stays so, and names that were found for others are not needed. */
    void notBegun(Bucket bucket) {
        bucket.reserved().forEach(manifest::drop);
        bucket.dropNames();
        if (bucket.file() == null) {
            letGo(bucket);
        }
    }

    /** After a failure. What of it is committed is safe; all else goes to new files. */
    void abandon(Bucket bucket, IOException cause) {
        letGo(bucket);
        if (cause instanceof CallTimeoutException hang) {
            store.metrics().failed.inc();
            BucketFile file = bucket.file();
            if (file != null) {
                store.metrics().noLongerOpen(file);
            }
            hanging.add(new Hanging(bucket, hang.over()));
        } else {
            sortOut(bucket);
        }
    }

    /** Nobody writes to it any more. */
    private void sortOut(Bucket bucket) {
        List<FileEntry> unused = new ArrayList<>(bucket.reserved());
        for (Bucket.Closed closed : bucket.closed()) {
            unused.remove(closed.file().opened());
            unfinished.add(UnfinishedFile.failed(store, closed.file()), () -> true);
        }
        BucketFile file = bucket.file();
        if (file != null) {
            unused.remove(file.opened());
            unfinished.add(UnfinishedFile.failed(store, file), () -> true);
        }
        FileEntry opening = bucket.opening();
        if (opening != null) {
            unused.remove(opening);
            unfinished.add(
                    bucket.hasMade()
                            ? UnfinishedFile.notBegun(store, opening)
                            : UnfinishedFile.perhapsMade(store, opening),
                    () -> true);
        }
        unused.forEach(this::forget);
        hasLostNames |= bucket.hasLostNames();
        bucket.settled();
    }

    private void forget(FileEntry entry) {
        manifest.drop(entry);
        store.forget(entry);
    }

    /**
     * Says in a change of the manifest what has been written.
     *
     * @return true if it has to be committed durably, as files are to be renamed after that
     */
    boolean settle(Manifest.Change change) {
        boolean durably = false;
        for (Bucket bucket : touched) {
            bucket.reserved().forEach(change::drop);
            bucket.closed().forEach(closed -> change.put(closed.file().flushed()));
            BucketFile file = bucket.file();
            if (file != null) {
                change.put(file.flushed());
            }
            durably |= !bucket.closed().isEmpty() || bucket.hasLostNames();
        }
        return durably;
    }

    /** What has been written is committed: files that were closed can be finished. */
    void committed() {
        for (Bucket bucket : touched) {
            List<FileEntry> unused = new ArrayList<>(bucket.reserved());
            for (Bucket.Closed closed : bucket.closed()) {
                unused.remove(closed.file().opened());
                closed.file().commit();
                unfinished.add(UnfinishedFile.closed(store, closed.file(), closed.why()), () -> true);
            }
            BucketFile file = bucket.file();
            if (file != null) {
                unused.remove(file.opened());
                file.commit();
            }
            unused.forEach(store::forget);
            bucket.settled();
        }
        touched.clear();
    }

    /** What has been written since the last commit goes back to the channel: it must not stay in files. */
    void rolledBack() {
        for (Bucket bucket : List.copyOf(touched)) {
            buckets.remove(bucket.id(), bucket);
            sortOut(bucket);
        }
        touched.clear();
        buckets.values().removeIf(bucket -> bucket.file() == null); // it did not come to a file
    }

    /** Closes the files whose time has come, and looks after those whose call has come back. */
    void finishDue() throws InterruptedException {
        sortOutHanging();
        giveUpLostNames();
        Instant now = clock.instant();
        if (now.isBefore(nextDue)) {
            return;
        }
        for (Bucket bucket : List.copyOf(buckets.values())) {
            BucketFile file = bucket.file();
            boolean isCommitted = !touched.contains(bucket); // a write that took long may just have come to its end
            if (file != null && isCommitted && !now.isBefore(policy.dueAt(file.openedAt(), file.lastFlushed()))) {
                finish(bucket, policy.reasonAt(now, file.openedAt()));
            }
        }
        nextDue = Instant.MAX;
        buckets.values().forEach(this::noteDue);
        unfinished.advance();
    }

    private void giveUpLostNames() throws InterruptedException {
        if (hasLostNames) {
            try {
                manifest.change().commit();
                hasLostNames = false;
            } catch (ChannelException | ManifestException e) {
                log.debug("Sink {}: tried again in the next turn", store.sink(), e);
            }
        }
    }

    private void sortOutHanging() {
        for (Hanging each : List.copyOf(hanging)) {
            if (each.over().getAsBoolean()) {
                hanging.remove(each);
                sortOut(each.bucket());
            }
        }
    }

    /** When {@link #finishDue} has something to do at the earliest. */
    Instant nextDue() {
        Instant look = hanging.isEmpty() ? Instant.MAX : clock.instant().plus(LOOK_AT_HANGING);
        return look.isBefore(nextDue) ? look : nextDue;
    }

    private void noteDue(Bucket bucket) {
        BucketFile file = bucket.file();
        if (file != null) {
            Instant due = policy.dueAt(file.openedAt(), file.lastFlushed());
            nextDue = due.isBefore(nextDue) ? due : nextDue;
        }
    }

    /** Gives all files to {@link UnfinishedFiles}, to be closed; all that is in them is committed. */
    void finishAll() {
        sortOutHanging();
        List.copyOf(buckets.values()).forEach(bucket -> finish(bucket, RollReason.STOP));
        for (Hanging each : hanging) {
            store.metrics().leftInUse.inc();
            log.error(
                    "Sink {}: a call hangs: a file of {} keeps its in-use name",
                    store.sink(),
                    each.bucket().id());
        }
    }

    /** All in it is committed, so a failure concerns the file alone: {@link UnfinishedFiles} goes on. */
    private void finish(Bucket bucket, RollReason why) {
        buckets.remove(bucket.id());
        BucketFile file = bucket.file();
        if (file != null) {
            unfinished.add(UnfinishedFile.toClose(store, file, why), () -> true);
        }
    }
}
