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

    private final Map<Bucket, BucketWrite> pending = new LinkedHashMap<>();
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

    /**
     * Notes an event for {@link #write}. Where more buckets are touched than may be open, writes those so far.
     *
     * @throws IOException if that failed
     */
    void add(EventBatch batch, EventReader event, String directory, String prefix) throws IOException {
        boolean sameBucket = lastId != null && directory.equals(lastId.directory()) && prefix.equals(lastId.prefix());
        if (!sameBucket || lastWrite == null) {
            lastId = new BucketId(directory, prefix);
            lastWrite = writeTo(bucketOf(lastId));
            sameBucket = false;
        }
        lastWrite.add(batch, event, sameBucket && Objects.equals(batch, lastBatch));
        lastBatch = batch;
    }

    private BucketWrite writeTo(Bucket bucket) {
        return pending.computeIfAbsent(bucket, b -> new BucketWrite(b, this));
    }

    private Bucket bucketOf(BucketId id) throws IOException {
        Bucket bucket = buckets.get(id);
        if (bucket == null) {
            if (buckets.size() >= maxOpen) {
                write();
                finish(List.of(buckets.values().iterator().next()), RollReason.TOO_MANY_OPEN);
            }
            bucket = new Bucket(id, store, policy, unfinished);
            buckets.put(id, bucket);
        }
        return bucket;
    }

    /**
     * Writes and flushes what was noted, the buckets side by side.
     *
     * @throws IOException if it failed for any of them: all that was noted since the last commit is to be rolled back
     */
    void write() throws IOException {
        List<BucketWrite> writes = List.copyOf(pending.values());
        forget();
        failure = null;
        calls.runAll(writes);
        if (failure != null) {
            throw failure;
        }
    }

    private void forget() {
        pending.clear();
        lastWrite = null;
        lastId = null;
        lastBatch = null;
    }

    /** Drops what was noted and not written. */
    void drop() {
        pending.values().forEach(BucketWrite::release);
        pending.keySet().stream()
                .filter(bucket -> bucket.file() == null)
                .forEach(bucket -> buckets.remove(bucket.id()));
        forget();
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
