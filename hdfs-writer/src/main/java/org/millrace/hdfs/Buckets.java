package org.millrace.hdfs;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.millrace.api.ChannelException;
import org.millrace.api.ChannelReader;
import org.millrace.api.Transaction;
import org.millrace.codec.EventBatch;
import org.millrace.codec.EventReader;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A sink's turns: gathers what each bucket gets, writes all buckets at once, and commits what has got there. What a turn wrote counts
 * once it is committed: {@link #divide} and {@link #commit}; or {@link #rolledBack}. The files are those of {@link OpenFiles}. The sink's
 * thread only.
 */
final class Buckets implements BucketWrite.Ended {
    private static final Logger log = LoggerFactory.getLogger(Buckets.class);

    private final OpenFiles files;
    private final RollPolicy policy;
    private final HadoopCalls calls;
    private final Manifest manifest;
    private final HeldEvents held;
    private final Duration patience;

    private final Map<BucketId, BucketWrite> pending = new LinkedHashMap<>();
    private @Nullable BucketWrite lastWrite;
    private @Nullable BucketId lastId;
    private @Nullable EventBatch lastBatch;
    /** Where in its batch the last event ends: one that is refused stands between two that are no neighbours. */
    private int lastEnd;

    private final FruitlessTurns fruitless = new FruitlessTurns();
    private final UnwritableEvents unwritable = new UnwritableEvents();

    /** Since the last commit: written; taking long; not written; without names for their files. */
    private final Set<BucketWrite> done = new LinkedHashSet<>();

    private final Set<BucketWrite> slow = new LinkedHashSet<>();
    private final TurnFailures failures = new TurnFailures();
    private final Set<BucketWrite> nameless = new HashSet<>();

    /** Of events that were held back, tried again in this turn, and not ended yet. */
    private final Set<BucketWrite> retried = new LinkedHashSet<>();

    /** @param patience with a call, where there are other buckets that could go on */
    Buckets(
            OpenFiles files,
            RollPolicy policy,
            HadoopCalls calls,
            Manifest manifest,
            HeldEvents held,
            Duration patience) {
        this.files = files;
        this.policy = policy;
        this.calls = calls;
        this.manifest = manifest;
        this.held = held;
        this.patience = held.isAllowed() ? patience : Duration.ZERO;
    }

    /** Notes an event for {@link #write}. */
    void add(EventBatch batch, EventReader event, String directory, String prefix, String schema) {
        boolean sameBucket = lastId != null
                && directory.equals(lastId.directory())
                && prefix.equals(lastId.prefix())
                && schema.equals(lastId.schema());
        if (!sameBucket || lastWrite == null) {
            lastId = new BucketId(directory, prefix, schema);
            lastWrite = pending.computeIfAbsent(lastId, id -> new BucketWrite(files.bucketOf(id), policy, this));
            sameBucket = false;
        }
        int end = event.bodyOffset() + event.bodyLength(); // the body is an event's last field
        boolean isNext = Objects.equals(batch, lastBatch) && end - event.encodedBytes() == lastEnd;
        lastWrite.add(batch, event, sameBucket && isNext);
        lastBatch = batch;
        lastEnd = end;
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
                (files.has(id) ? open : others).add(write);
            }
        });
        retryHeld();
        for (BucketWrite write : retried) {
            (files.has(write.bucket().id()) ? open : others).add(write);
        }
        write(open);
        for (int from = 0; from < others.size(); from += files.maxOpen()) {
            List<BucketWrite> some = others.subList(from, Math.min(others.size(), from + files.maxOpen()));
            makeRoomFor(some.size());
            some.forEach(write -> files.add(write.bucket()));
            write(some);
        }
        if (!failures.isEmpty() && !mayHold()) {
            throw failures.cause();
        }
    }

    private boolean mayHold() {
        if (!held.isAllowed() || failures.isForAnEvent()) {
            return false;
        }
        boolean othersGoOn = !done.isEmpty() || !slow.isEmpty();
        return othersGoOn || (failures.hasFailed() && fruitless.looksBehind());
    }

    private void retryHeld() {
        for (HeldEvents.Portion portion : held.due()) {
            BucketWrite write = new BucketWrite(files.bucketOf(portion.bucket()), policy, this);
            portion.batches().forEach(write::addAll);
            write.keptIn(portion);
            retried.add(write);
        }
    }

    private void write(List<BucketWrite> writes) throws ManifestException, InterruptedException {
        reserveNames(writes.stream().filter(write -> write.newFiles() > 0).toList());
        List<BucketWrite> ready = new ArrayList<>();
        for (BucketWrite write : writes) {
            if (nameless.remove(write)) {
                write.drop();
            } else {
                ready.add(write);
            }
        }
        ready.forEach(BucketWrite::handOver);
        calls.run(ready, patience);
    }

    /** One durable commit for all files that are going to be made. */
    private void reserveNames(List<BucketWrite> writes) throws ManifestException, InterruptedException {
        if (writes.isEmpty()) {
            return;
        }
        List<NameSearch> searches =
                writes.stream().map(write -> new NameSearch(write, this)).toList();
        boolean isKept = false;
        try {
            calls.run(searches, patience);
            Manifest.Change change = manifest.change();
            searches.forEach(search -> search.found().forEach(change::put));
            change.commit();
            isKept = true;
        } finally {
            if (!isKept) { // no file may be made of a name that the manifest does not have
                writes.stream()
                        .filter(write -> !nameless.contains(write)) // which have none, or are still being searched for
                        .forEach(write -> write.bucket().dropNames());
            }
        }
    }

    private void makeRoomFor(int more) throws InterruptedException {
        List<CloseForRoom> written = new ArrayList<>();
        for (Bucket bucket : files.makeRoomFor(more)) {
            written.add(new CloseForRoom(writeTo(bucket), this));
        }
        calls.run(written, patience);
    }

    private BucketWrite writeTo(Bucket bucket) {
        return done.stream()
                .filter(write -> write.bucket().equals(bucket))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("nobody wrote to " + bucket.id()));
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
        failures.tell(held);
        drop();
        return events - (held.events() - heldBefore);
    }

    /**
     * Commits what the transaction has and what was written: both count from now on, or neither does.
     *
     * @param durably whether it has to outlive a crash for a reason beside the files
     * @throws ManifestException if it cannot be noted how far the files go
     * @throws ChannelException if the channel cannot commit
     */
    void commit(Transaction tx, boolean durably) throws ManifestException, InterruptedException {
        Manifest.Change change = manifest.change();
        boolean filesNeedIt = files.settle(change);
        change.commitWith(tx, durably || filesNeedIt);
        files.committed();
        unwritable.forgetThoseOfTurn(); // they are dead letters now, or written after all; or kept hold of
    }

    /** Events that go back to the channel for what they are. */
    UnwritableEvents unwritable() {
        return unwritable;
    }

    /** True if something was written that is not committed. */
    boolean hasWritten() {
        return files.hasWritten();
    }

    HeldEvents held() {
        return held;
    }

    /** Forgets what was noted. */
    void drop() {
        pending.values().forEach(BucketWrite::drop);
        pending.clear();
        nameless.forEach(BucketWrite::drop);
        slow.clear();
        failures.clear();
        nameless.clear();
        lastWrite = null;
        lastId = null;
        lastBatch = null;
    }

    @Override
    public void written(BucketWrite write) {
        retried.remove(write);
        fruitless.written();
        files.written(write.bucket());
        done.add(write);
    }

    @Override
    public void slow(BucketWrite write) {
        retried.remove(write);
        files.letGo(write.bucket());
        if (write.portion() == null) {
            slow.add(write);
        }
    }

    @Override
    public void failed(BucketWrite write, IOException cause) {
        retried.remove(write);
        files.store().metrics().writesFailed.inc();
        if (cause instanceof UnwritableEventException failure) {
            unwritable.note(failure);
        }
        if (write.portion() == null) {
            failures.failed(write, cause);
        } else if (cause instanceof UnwritableEventException) {
            held.giveBack(write.bucket().id(), cause);
        } else {
            held.failed(write.bucket().id(), cause);
        }
        files.abandon(write.bucket(), cause);
    }

    @Override
    public void notBegun(BucketWrite write, IOException why) {
        retried.remove(write);
        if (write.portion() == null) {
            failures.notBegun(write, why);
        } else {
            held.notBegun(write.bucket().id(), why);
        }
        files.notBegun(write.bucket());
    }

    /** What has been written since the last commit goes back to the channel: it must not stay in files. */
    void rolledBack() {
        for (BucketWrite write : slow) {
            write.disown();
            files.abandon(write.bucket(), new CallTimeoutException("its turn was rolled back", write::isOver));
        }
        for (BucketWrite write : done) {
            HeldEvents.Portion portion = write.portion();
            if (portion != null) {
                held.undone(portion);
            }
        }
        done.clear();
        for (BucketWrite write : retried) {
            write.drop();
            held.undone(write.keptPortion());
        }
        retried.clear();
        drop();
        unwritable.rolledBack();
        files.rolledBack();
    }

    /** Closes the files whose time has come, and looks after those whose call has come back. */
    void finishDue() throws InterruptedException {
        files.finishDue();
    }

    /** When {@link #finishDue} has something to do at the earliest. */
    Instant nextDue() {
        return files.nextDue();
    }

    /**
     * Waits for writes that take long, and commits what they wrote; what is held back still goes back to the channel.
     *
     * @return what went back, and why; empty if nothing did
     * @throws ManifestException if it cannot be noted what was written: then it goes back too
     * @throws ChannelException if the channel does not commit it: likewise
     */
    String letGo(ChannelReader channel) throws ManifestException, InterruptedException {
        if (held.isEmpty()) {
            return "";
        }
        calls.collectAll();
        boolean isWhole = false;
        try (Transaction tx = channel.begin()) {
            int delivered = divide(tx, List.of());
            if (delivered > 0) {
                commit(tx, false);
                files.store().metrics().delivered(delivered);
            }
            isWhole = true;
            return held.isEmpty() ? "" : held.whatGoesBack();
        } finally {
            if (!isWhole) {
                rolledBack();
            }
            held.giveBack();
        }
    }

    /**
     * Waits for writes that take long, and has all files closed; what is held back and cannot be written at last goes back to the channel.
     *
     * @throws InterruptedException if whoever waits for it gave up: then nothing more is committed
     */
    void finishAll(ChannelReader channel) throws InterruptedException {
        rolledBack();
        calls.collectAll();
        if (calls.clearInterrupted()) {
            held.giveBack();
            throw new InterruptedException("in the midst of the last writes");
        }
        try {
            letGo(channel);
        } catch (ChannelException | ManifestException e) {
            log.warn(
                    "Sink {}: what was written last is not committed",
                    files.store().sink(),
                    e);
        }
        files.finishAll();
    }

    /** The look-up of names for a write failed, or takes long: it is not to be run. */
    void nameless(BucketWrite write) {
        nameless.add(write);
    }

    /** Names were found too late: the events are held back by now, and are tried again. */
    void foundLate(Bucket bucket) {
        if (bucket.file() != null) {
            files.add(bucket);
        }
        held.failed(bucket.id(), new IOException("the look-up of a file name took long"));
    }

    /** Its file is still being closed: it counts, and its bucket can be used again, once that has come to an end. */
    void closesLate(BucketWrite write) {
        done.remove(write);
        slow(write);
    }

    void closedLate(BucketWrite write) {
        files.closed(write.bucket());
        done.add(write);
    }

    /** No thread was free to close it: it stays open, and what was written counts. */
    void notClosed(BucketWrite write) {
        files.add(write.bucket());
    }

    /** What was written does not count: it is tried again, as after any failure of its bucket. */
    void closeFailed(BucketWrite write, IOException cause) {
        done.remove(write);
        failed(write, cause);
    }
}
