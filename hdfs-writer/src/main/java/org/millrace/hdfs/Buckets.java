package org.millrace.hdfs;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.millrace.api.ChannelException;
import org.millrace.api.ChannelReader;
import org.millrace.api.Transaction;
import org.millrace.codec.EventBatch;
import org.millrace.codec.EventReader;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The open files of a sink: gathers what each bucket gets in a turn, writes all buckets at once, and closes files by the clock and by
 * their number. What a turn wrote counts once it is committed: {@link #divide} and {@link #commit}; or {@link #rolledBack}. The sink's
 * thread only.
 */
final class Buckets implements BucketWrite.Ended {
    private static final Logger log = LoggerFactory.getLogger(Buckets.class);
    private static final Duration LOOK_AT_HANGING = Duration.ofSeconds(5);

    private final FileStore store;
    private final RollPolicy policy;
    private final int maxOpen;
    private final HadoopCalls calls;
    private final Manifest manifest;
    private final UnfinishedFiles unfinished;
    private final HeldEvents held;
    private final Duration patience;
    private final InstantSource clock;

    /** The one used longest ago comes first. */
    private final Map<BucketId, Bucket> buckets = new LinkedHashMap<>(16, 0.75f, true);

    private final Map<BucketId, BucketWrite> pending = new LinkedHashMap<>();
    private @Nullable BucketWrite lastWrite;
    private @Nullable BucketId lastId;
    private @Nullable EventBatch lastBatch;

    /** Since the last commit: written; taking long; failed; without names for their files. */
    private final Set<BucketWrite> done = new LinkedHashSet<>();

    private final Set<BucketWrite> slow = new LinkedHashSet<>();
    private final Map<BucketWrite, IOException> failed = new LinkedHashMap<>();
    private final Set<BucketWrite> nameless = new HashSet<>();

    /** Written or closed since the last commit. */
    private final Set<Bucket> touched = new LinkedHashSet<>();

    /** Given up with a call that has not come back: what has become of their files is not known yet. */
    private final List<Hanging> hanging = new ArrayList<>();

    /** The last durable manifest calls files ours that other writers have made. */
    private boolean hasLostNames;

    /** No file is due before; it may be that none is due then either. */
    private Instant nextDue = Instant.MAX;

    private record Hanging(Bucket bucket, BooleanSupplier over) {}

    Buckets(
            FileStore store,
            RollPolicy policy,
            int maxOpen,
            HadoopCalls calls,
            Manifest manifest,
            UnfinishedFiles unfinished,
            HeldEvents held,
            Duration patience) {
        this.store = store;
        this.policy = policy;
        this.maxOpen = maxOpen;
        this.calls = calls;
        this.manifest = manifest;
        this.unfinished = unfinished;
        this.held = held;
        this.patience = patience;
        this.clock = store.clock();
    }

    /** Notes an event for {@link #write}. */
    void add(EventBatch batch, EventReader event, String directory, String prefix, String schema) {
        boolean sameBucket = lastId != null
                && directory.equals(lastId.directory())
                && prefix.equals(lastId.prefix())
                && schema.equals(lastId.schema());
        if (!sameBucket || lastWrite == null) {
            lastId = new BucketId(directory, prefix, schema);
            lastWrite = pending.computeIfAbsent(lastId, id -> new BucketWrite(bucketOf(id), policy, this));
            sameBucket = false;
        }
        lastWrite.add(batch, event, sameBucket && Objects.equals(batch, lastBatch));
        lastBatch = batch;
    }

    private Bucket bucketOf(BucketId id) {
        Bucket open = buckets.get(id);
        return open == null ? new Bucket(id, store, policy) : open;
    }

    /**
     * Writes and flushes what was noted, and what is to be tried again, the buckets side by side. Those that are open come first; then
     * the others, by as many as may be open. So each bucket's file is opened once at most, however its events are mixed with those of
     * others. What comes of it is told by {@link #divide}.
     *
     * @throws IOException if nothing of it could be written: all that was taken is to be rolled back
     */
    void write() throws IOException, InterruptedException {
        List<BucketWrite> others = new ArrayList<>();
        List<BucketWrite> open = new ArrayList<>();
        pending.forEach((id, write) -> {
            if (!held.has(id)) {
                (buckets.containsKey(id) ? open : others).add(write);
            }
        });
        for (BucketWrite write : heldAndDue()) {
            (buckets.containsKey(write.bucket().id()) ? open : others).add(write);
        }
        write(open);
        for (int from = 0; from < others.size(); from += maxOpen) {
            List<BucketWrite> some = others.subList(from, Math.min(others.size(), from + maxOpen));
            makeRoomFor(some.size());
            some.forEach(write -> buckets.put(write.bucket().id(), write.bucket()));
            write(some);
        }
        boolean mayHold = held.isAllowed() && (!done.isEmpty() || !slow.isEmpty() || failed.size() < pending.size());
        if (!failed.isEmpty() && !mayHold) {
            throw failure();
        }
    }

    private List<BucketWrite> heldAndDue() {
        List<BucketWrite> due = new ArrayList<>();
        for (HeldEvents.Portion portion : held.due()) {
            BucketWrite write = new BucketWrite(bucketOf(portion.bucket()), policy, this);
            portion.batches().forEach(write::addAll);
            write.keptIn(portion);
            due.add(write);
        }
        return due;
    }

    private IOException failure() {
        List<IOException> causes = List.copyOf(failed.values());
        IOException first = causes.get(0);
        causes.stream().skip(1).filter(other -> !other.equals(first)).forEach(first::addSuppressed);
        return first;
    }

    private void write(List<BucketWrite> writes) throws InterruptedException {
        reserveNames(writes.stream().filter(write -> write.newFiles() > 0).toList());
        List<BucketWrite> ready =
                writes.stream().filter(write -> !nameless.remove(write)).toList();
        ready.forEach(BucketWrite::handOver);
        calls.run(ready, held.isAllowed() ? patience : Duration.ZERO);
    }

    /** One durable commit for all files that are going to be made. */
    private void reserveNames(List<BucketWrite> writes) throws InterruptedException {
        if (writes.isEmpty()) {
            return;
        }
        List<FindNames> searches = writes.stream().map(FindNames::new).toList();
        calls.runAll(searches);
        Manifest.Change change = manifest.change();
        searches.forEach(search -> search.found.forEach(change::put));
        boolean isKept = false;
        try {
            change.commit();
            isKept = true;
        } finally {
            if (!isKept) { // no file may be made of a name that the manifest does not have
                writes.forEach(write -> write.bucket().dropNames());
            }
        }
    }

    private void makeRoomFor(int more) throws IOException, InterruptedException {
        int tooMany = buckets.size() + more - maxOpen;
        if (tooMany <= 0) {
            return;
        }
        List<Close> written = new ArrayList<>();
        for (Bucket bucket : buckets.values().stream().limit(tooMany).toList()) {
            if (touched.contains(bucket)) {
                buckets.remove(bucket.id());
                written.add(new Close(bucket));
            } else {
                finish(bucket, RollReason.TOO_MANY_OPEN);
            }
        }
        unfinished.advance();
        calls.runAll(written);
        for (Close close : written) {
            if (close.failure != null) {
                throw close.failure;
            }
        }
    }

    /**
     * Divides what a turn has taken: what is not in its buckets is kept hold of, and what was kept and is there now comes along.
     *
     * @param tx has taken it, and is to commit the rest
     * @param taken all that it has taken, in order
     * @return how many events are to be committed
     */
    int divide(Transaction tx, List<EventBatch> taken) {
        int events = taken.stream().mapToInt(EventBatch::events).sum();
        int heldBefore = held.events();
        List<BucketWrite> toKeep = new ArrayList<>(pending.values());
        for (BucketWrite write : done) {
            toKeep.remove(write);
            HeldEvents.Portion portion = write.portion();
            if (portion != null) {
                held.release(portion, tx);
            }
        }
        done.clear();
        if (!toKeep.isEmpty()) {
            held.keep(tx, taken, toKeep, slow);
        }
        slow.forEach(write -> held.hangs(write.bucket().id()));
        failed.forEach((write, cause) -> held.failed(write.bucket().id(), cause));
        drop();
        return events - (held.events() - heldBefore);
    }

    /** Commits what the transaction has and what was written: both count from now on, or neither does. */
    void commit(Transaction tx) throws InterruptedException {
        Manifest.Change change = manifest.change();
        boolean durably = settle(change);
        change.attachTo(tx);
        if (durably) {
            tx.commitDurably();
        } else {
            tx.commit();
        }
        change.adopt();
        committed();
    }

    /** True if something was written that is not committed. */
    boolean hasWritten() {
        return !touched.isEmpty();
    }

    HeldEvents held() {
        return held;
    }

    /** Forgets what was noted. */
    void drop() {
        pending.values().forEach(BucketWrite::drop);
        pending.clear();
        slow.clear();
        failed.clear();
        nameless.clear();
        lastWrite = null;
        lastId = null;
        lastBatch = null;
    }

    @Override
    public void written(BucketWrite write) {
        Bucket bucket = write.bucket();
        buckets.putIfAbsent(bucket.id(), bucket);
        touched.add(bucket);
        done.add(write);
        noteDue(bucket);
    }

    @Override
    public void slow(BucketWrite write) {
        buckets.remove(write.bucket().id());
        if (write.portion() == null) {
            slow.add(write);
        }
    }

    @Override
    public void failed(BucketWrite write, IOException cause) {
        store.metrics().writesFailed.inc();
        if (write.portion() == null) {
            failed.put(write, cause);
        } else {
            held.failed(write.bucket().id(), cause);
        }
        abandon(write.bucket(), cause);
    }

    /** What of it is committed is safe; all else goes to new files. */
    private void abandon(Bucket bucket, IOException cause) {
        buckets.remove(bucket.id());
        touched.remove(bucket);
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
            unfinished.add(UnfinishedFile.found(store, opening), () -> true);
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
    private boolean settle(Manifest.Change change) {
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
    private void committed() {
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
        for (BucketWrite write : slow) {
            write.disown();
            abandon(write.bucket(), new CallTimeoutException("its turn was rolled back", write::isOver));
        }
        for (BucketWrite write : done) {
            HeldEvents.Portion portion = write.portion();
            if (portion != null) {
                held.undone(portion);
            }
        }
        done.clear();
        drop();
        for (Bucket bucket : List.copyOf(touched)) {
            buckets.remove(bucket.id());
            sortOut(bucket);
        }
        touched.clear();
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
            } catch (ChannelException e) {
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

    /**
     * Waits for writes that take long; what is held back still goes back to the channel.
     *
     * @throws ChannelException if what was written is not committed: then it goes back too
     */
    void letGo(ChannelReader channel) throws InterruptedException {
        if (held.isEmpty()) {
            return;
        }
        calls.collectAll();
        boolean isWhole = false;
        try (Transaction tx = channel.begin()) {
            if (divide(tx, List.of()) > 0) {
                commit(tx);
            }
            isWhole = true;
        } finally {
            if (!isWhole) {
                rolledBack();
            }
            held.giveBack();
        }
    }

    /** Closes all files; what is held back and cannot be written at last goes back to the channel. */
    void finishAll(ChannelReader channel) throws InterruptedException {
        rolledBack();
        try {
            letGo(channel);
        } catch (ChannelException e) {
            log.warn("Sink {}: what was written last is not committed", store.sink(), e);
        }
        sortOutHanging();
        List.copyOf(buckets.values()).forEach(bucket -> finish(bucket, RollReason.STOP));
        unfinished.advance();
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

    private final class FindNames implements HadoopCalls.Work {
        private final BucketWrite write;
        private List<FileEntry> finding = List.of();
        /** The sink's thread only. */
        private List<FileEntry> found = List.of();

        FindNames(BucketWrite write) {
            this.write = write;
        }

        @Override
        public void run() throws IOException {
            finding = write.bucket().findNames(write.newFiles());
        }

        @Override
        public void succeeded() {
            found = finding;
        }

        @Override
        public void failed(IOException cause, boolean begun) {
            nameless.add(write);
            Buckets.this.failed(write, cause);
        }
    }

    /** Makes room for others' files, in the turn that has written this one. */
    private final class Close implements HadoopCalls.Work {
        private final Bucket bucket;
        private @Nullable IOException failure;

        Close(Bucket bucket) {
            this.bucket = bucket;
        }

        @Override
        public void run() throws IOException {
            bucket.close(RollReason.TOO_MANY_OPEN);
        }

        @Override
        public void failed(IOException cause, boolean begun) {
            failure = cause;
            abandon(bucket, cause);
        }
    }
}
