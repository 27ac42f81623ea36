package org.millrace.hdfs;

import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.millrace.codec.EventBatch;
import org.millrace.codec.EventReader;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The open files of a sink: gathers what each bucket gets in a turn, writes all buckets at once, and finishes files by the clock
 * and by their number. The sink's thread only.
 */
final class Buckets implements BucketWrite.Ended {
    private static final Logger log = LoggerFactory.getLogger(Buckets.class);

    private final FileStore store;
    private final RollPolicy policy;
    private final int maxOpen;
    private final HadoopCalls calls;
    private final UnfinishedFiles unfinished;
    private final InstantSource clock;

    /** The one used longest ago comes first. */
    private final Map<BucketId, Bucket> buckets = new LinkedHashMap<>(16, 0.75f, true);

    private final Map<BucketId, BucketWrite> pending = new LinkedHashMap<>();
    private @Nullable BucketWrite lastWrite;
    private @Nullable BucketId lastId;
    private @Nullable EventBatch lastBatch;
    private @Nullable IOException failure;

    /** No file is due before; it may be that none is due then either. */
    private Instant nextDue = Instant.MAX;

    Buckets(FileStore store, RollPolicy policy, int maxOpen, HadoopCalls calls, UnfinishedFiles unfinished) {
        this.store = store;
        this.policy = policy;
        this.maxOpen = maxOpen;
        this.calls = calls;
        this.unfinished = unfinished;
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
            lastWrite = pending.computeIfAbsent(lastId, id -> new BucketWrite(bucketOf(id), this));
            sameBucket = false;
        }
        lastWrite.add(batch, event, sameBucket && Objects.equals(batch, lastBatch));
        lastBatch = batch;
    }

    private Bucket bucketOf(BucketId id) {
        Bucket open = buckets.get(id);
        return open == null ? new Bucket(id, store, policy, unfinished) : open;
    }

    /**
     * Writes and flushes what was noted, the buckets side by side. Those that are open come first; then the others, by as many as
     * may be open. So each bucket's file is opened once at most, however its events are mixed with those of others.
     *
     * @throws IOException if it failed for any of them: all that was noted since the last commit is to be rolled back
     */
    void write() throws IOException {
        List<BucketWrite> others = new ArrayList<>();
        List<BucketWrite> open = new ArrayList<>();
        pending.forEach((id, write) -> (buckets.containsKey(id) ? open : others).add(write));
        write(open);
        for (int from = 0; from < others.size(); from += maxOpen) {
            List<BucketWrite> some = others.subList(from, Math.min(others.size(), from + maxOpen));
            makeRoomFor(some.size());
            some.forEach(write -> buckets.put(write.bucket().id(), write.bucket()));
            write(some);
        }
        drop();
    }

    private void write(List<BucketWrite> writes) throws IOException {
        failure = null;
        writes.forEach(BucketWrite::handOver);
        calls.runAll(writes);
        if (failure != null) {
            throw failure;
        }
    }

    private void makeRoomFor(int more) {
        int tooMany = buckets.size() + more - maxOpen;
        if (tooMany > 0) {
            finish(buckets.values().stream().limit(tooMany).toList(), RollReason.TOO_MANY_OPEN);
        }
    }

    /** Forgets what was noted. */
    void drop() {
        pending.values().forEach(BucketWrite::drop);
        pending.clear();
        lastWrite = null;
        lastId = null;
        lastBatch = null;
    }

    @Override
    public void written(Bucket bucket) {
        noteDue(bucket);
    }

    @Override
    public void failed(Bucket bucket, IOException cause) {
        if (failure == null) {
            failure = cause;
        } else {
            failure.addSuppressed(cause);
        }
        abandon(bucket, cause);
    }

    /** What is in its file is safe as far as it was flushed; all else goes to a new one. */
    private void abandon(Bucket bucket, IOException cause) {
        buckets.remove(bucket.id());
        if (cause instanceof CallTimeoutException) {
            store.metrics().failed.inc();
        }
        BucketFile file = bucket.file();
        if (file != null) {
            store.metrics().noLongerOpen(file);
            unfinished.add(file, cause);
        }
    }

    /** Finishes the files whose time has come. */
    void finishDue() {
        Instant now = clock.instant();
        if (now.isBefore(nextDue)) {
            return;
        }
        List<Bucket> byAge = new ArrayList<>();
        List<Bucket> byIdleness = new ArrayList<>();
        for (Bucket bucket : buckets.values()) {
            BucketFile file = bucket.file();
            if (file != null && !now.isBefore(policy.dueAt(file.openedAt(), file.lastFlushed()))) {
                (policy.reasonAt(now, file.openedAt()) == RollReason.INTERVAL ? byAge : byIdleness).add(bucket);
            }
        }
        finish(byAge, RollReason.INTERVAL);
        finish(byIdleness, RollReason.IDLE);
        nextDue = Instant.MAX;
        buckets.values().forEach(this::noteDue);
    }

    /** When {@link #finishDue} has something to do at the earliest. */
    Instant nextDue() {
        return nextDue;
    }

    private void noteDue(Bucket bucket) {
        BucketFile file = bucket.file();
        if (file != null) {
            Instant due = policy.dueAt(file.openedAt(), file.lastFlushed());
            nextDue = due.isBefore(nextDue) ? due : nextDue;
        }
    }

    /** Finishes all files. */
    void finishAll() {
        drop();
        finish(List.copyOf(buckets.values()), RollReason.STOP);
    }

    /** Their events are committed, so a failure here concerns the file alone: {@link UnfinishedFiles} goes on. */
    private void finish(List<Bucket> some, RollReason why) {
        some.forEach(bucket -> buckets.remove(bucket.id()));
        calls.runAll(some.stream().map(bucket -> new Finish(bucket, why)).toList());
    }

    private final class Finish implements HadoopCalls.Work {
        private final Bucket bucket;
        private final RollReason why;

        Finish(Bucket bucket, RollReason why) {
            this.bucket = bucket;
            this.why = why;
        }

        @Override
        public void run() throws IOException {
            bucket.finish(why);
        }

        @Override
        public void failed(IOException cause, boolean begun) {
            log.debug("Sink {}: bucket {} could not be finished", store.sink(), bucket.id(), cause);
            abandon(bucket, cause);
        }
    }
}
