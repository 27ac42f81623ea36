package org.millrace.hdfs;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.jspecify.annotations.Nullable;
import org.millrace.codec.EventReader;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One output path, its open file, and those that were filled and closed since the last commit. After a failure it is not used any more:
 * the next event makes a new one.
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
    private final List<Closed> closed = new ArrayList<>();
    private final List<FileEntry> reserved = new ArrayList<>();
    private final Deque<FileEntry> names = new ArrayDeque<>();
    private @Nullable FileEntry opening;
    private boolean made;
    private boolean lostNames;
    private long nextCounter;
    /** Flushes in a row that found too few replicas. */
    private int shortOfReplicas;

    private volatile @Nullable BucketFile file;

    /** A file that was closed since the last commit. */
    record Closed(BucketFile file, RollReason why) {}

    Bucket(BucketId id, FileStore store, RollPolicy policy) {
        this.id = id;
        this.store = store;
        this.policy = policy;
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

    /** Files that were closed since {@link #settled}. */
    List<Closed> closed() {
        return closed;
    }

    /** Names that were found since {@link #settled}: those of files, and those that are not needed. */
    List<FileEntry> reserved() {
        return reserved;
    }

    /** True if another writer has a file of a name that was reserved: the manifest must not go on calling it ours. */
    boolean hasLostNames() {
        return lostNames;
    }

    /** A file that may be there or not, since its opening failed. */
    @Nullable
    FileEntry opening() {
        return opening;
    }

    /** True if {@link #opening} was made by us for certain. */
    boolean hasMade() {
        return made;
    }

    /** True if the next event goes to a new file. */
    boolean isOver() {
        BucketFile current = file;
        return current == null || whyOver(current) != null;
    }

    /**
     * Finds names for new files. Where another writer takes one first, {@link #append} fails, and a retry finds others.
     *
     * @return what is to be in the manifest before {@link #append}
     */
    List<FileEntry> findNames(int files) throws IOException {
        List<FileEntry> found = store.findNames(id, nextCounter, files);
        nextCounter = found.get(found.size() - 1).counter() + 1;
        names.addAll(found);
        reserved.addAll(found);
        return found;
    }

    /** Names that were found did not get into the manifest. */
    void dropNames() {
        names.forEach(store::forget);
        reserved.removeAll(names);
        names.clear();
    }

    /** Adds an event to the file, or to a new one where the file is full. */
    void append(EventReader event) throws IOException {
        BucketFile current = file;
        RollReason over = current == null ? null : whyOver(current);
        if (over != null) {
            close(over);
            current = null;
        }
        if (current == null) {
            current = open();
            file = current;
        }
        current.append(event);
    }

    private BucketFile open() throws IOException {
        while ((opening = names.poll()) != null) {
            made = false;
            FSDataOutputStream stream = store.create(opening);
            if (stream != null) {
                made = true;
                BucketFile opened = store.begin(stream, opening, id);
                opening = null;
                return opened;
            }
            lostNames = true;
        }
        throw new IOException("other writers take the names of files before us in " + id.directory());
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
                    "Sink {}: {} has {} replicas where hdfs.minBlockReplicas is {}, as had the {} files before it: no"
                            + " more files of this bucket are finished for that until one has enough",
                    store.sink(),
                    current.inUse(),
                    replicas,
                    policy.minReplicas(),
                    MOST_ROLLS_FOR_REPLICAS);
        }
    }

    /** Closes the file. It gets its final name once all that is in it is committed. */
    void close(RollReason why) throws IOException {
        BucketFile current = file;
        if (current != null) {
            current.close();
            closed.add(new Closed(current, why));
            file = null;
        }
    }

    /** What has come of it so far is somebody else's to look after. */
    void settled() {
        closed.clear();
        names.clear();
        reserved.clear();
        lostNames = false;
    }
}
