package org.millrace.hdfs;

import java.io.IOException;
import org.apache.hadoop.fs.Path;
import org.jspecify.annotations.Nullable;
import org.millrace.codec.EventReader;

/**
 * One output path and its open file. After a failure it is not used any more: the next event makes a new one.
 *
 * <p>One thread at a time, handed over by {@link HadoopCalls}; {@link #file} may be asked by the sink's thread at any time.
 */
final class Bucket {
    private final BucketId id;
    private final Path directory;
    private final FileStore store;
    private final RollPolicy policy;
    private final UnfinishedFiles unfinished;
    private long nextCounter;
    private volatile @Nullable BucketFile file;

    Bucket(BucketId id, FileStore store, RollPolicy policy, UnfinishedFiles unfinished) {
        this.id = id;
        this.directory = id.path();
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
        if (current != null && policy.isFull(current.events(), current.bodyBytes())) {
            finish(current, RollReason.FULL);
            current = null;
        }
        if (current == null) {
            current = store.open(directory, id.prefix(), nextCounter);
            nextCounter = current.counter() + 1;
            file = current;
        }
        current.append(event);
    }

    /** Makes what was appended visible to readers. */
    void flush() throws IOException {
        BucketFile current = file;
        if (current != null) {
            current.flush();
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
