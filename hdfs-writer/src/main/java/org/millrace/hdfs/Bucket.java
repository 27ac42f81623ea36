package org.millrace.hdfs;

import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.millrace.codec.EventReader;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One output path and its open file. After a failure it is not used any more: the next event makes a new one.
 *
 * <p>One thread at a time, handed over by {@link HadoopCalls}; {@link #file} may be asked by the sink's thread at any time.
 */
final class Bucket {
    private static final Logger log = LoggerFactory.getLogger(Bucket.class);
    /** As Flume's: new files do not help a cluster that has too few data nodes. */
    private static final int MOST_ROLLS_FOR_REPLICAS = 30;

    private final BucketId id;
    private final FileStore store;
    private final RollPolicy policy;
    private final UnfinishedFiles unfinished;
    private long nextCounter;
    /** Flushes in a row that found too few replicas. */
    private int shortOfReplicas;

    private volatile @Nullable BucketFile file;

    Bucket(BucketId id, FileStore store, RollPolicy policy, UnfinishedFiles unfinished) {
        this.id = id;
        this.store = store;
        this.policy = policy;
        this.unfinished = unfinished;
        this.nextCounter = store.firstCounter() + 1;
    }

    BucketId id() {
        return id;
    }

    /** The file being written, if there is one. */
    @Nullable
    BucketFile file() {
        return file;
    }

    /** Adds an event to the file, or to a new one where the file is full. */
    void append(EventReader event) throws IOException {
        BucketFile current = file;
        RollReason over = current == null ? null : whyOver(current);
        if (current != null && over != null) {
            finish(current, over);
            current = null;
        }
        if (current == null) {
            current = store.open(id, nextCounter);
            nextCounter = current.counter() + 1;
            file = current;
        }
        current.append(event);
    }

    private @Nullable RollReason whyOver(BucketFile current) {
        if (policy.isFull(current.events(), current.bodyBytes())) {
            return RollReason.FULL;
        }
        boolean tooFewReplicas = shortOfReplicas > 0 && shortOfReplicas <= MOST_ROLLS_FOR_REPLICAS;
        return tooFewReplicas && current.events() == current.flushedEvents() ? RollReason.TOO_FEW_REPLICAS : null;
    }

    /** Makes what was appended visible to readers. */
    void flush() throws IOException {
        BucketFile current = file;
        if (current != null) {
            current.flush();
            countReplicas(current);
        }
    }

    /** The next file gets other data nodes; it is begun with the next event. */
    private void countReplicas(BucketFile current) {
        if (policy.minReplicas() == 0) {
            return;
        }
        int replicas = current.replicas();
        shortOfReplicas = replicas < policy.minReplicas() ? shortOfReplicas + 1 : 0;
        if (shortOfReplicas == MOST_ROLLS_FOR_REPLICAS + 1) {
            log.warn(
                    "Sink {}: {} has {} replicas where hdfs.minBlockReplicas is {}, as had the {} files before it: no more "
                            + "files of this bucket are finished for that until one has enough",
                    store.sink(),
                    current.inUse(),
                    replicas,
                    policy.minReplicas(),
                    MOST_ROLLS_FOR_REPLICAS);
        }
    }

    /**
     * Finishes the file. If all that is missing is its name, that is left to {@link UnfinishedFiles}.
     *
     * @throws IOException if its events may not be safe
     */
    void finish(RollReason why) throws IOException {
        BucketFile current = file;
        if (current != null) {
            finish(current, why);
        }
    }

    private void finish(BucketFile current, RollReason why) throws IOException {
        try {
            current.finish(why);
        } catch (IOException e) {
            if (!current.isClosed()) {
                throw e;
            }
            unfinished.add(current, e);
        }
        file = null;
    }
}
