package org.millrace.hdfs;

import com.codahale.metrics.Timer;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileAlreadyExistsException;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.hdfs.DistributedFileSystem;
import org.apache.hadoop.hdfs.protocol.AlreadyBeingCreatedException;
import org.apache.hadoop.ipc.RemoteException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds names that nobody uses, and opens files under them. Thread-safe. */
final class FileStore {
    private static final Logger log = LoggerFactory.getLogger(FileStore.class);
    /** Names to try; each one that is taken was made by another writer with our path and prefix within some milliseconds. */
    private static final int MOST_NAMES = 1000;

    /** A class that clients do not have. */
    private static final String RECOVERY_IN_PROGRESS = "org.apache.hadoop.hdfs.protocol.RecoveryInProgressException";

    private final String sink;
    private final FileSystems systems;
    private final EventFormat format;
    private final FileNaming naming;
    private final SyncMode sync;
    private final InstantSource clock;
    private final HdfsMetrics metrics;
    /** In-use names that are ours, from before their file is made until it is finished or gone. */
    private final Set<Path> ours = ConcurrentHashMap.newKeySet();

    FileStore(
            String sink,
            FileSystems systems,
            EventFormat format,
            FileNaming naming,
            SyncMode sync,
            InstantSource clock,
            HdfsMetrics metrics) {
        this.sink = sink;
        this.systems = systems;
        this.format = format;
        this.naming = naming;
        this.sync = sync;
        this.clock = clock;
        this.metrics = metrics;
    }

    String sink() {
        return sink;
    }

    /** The file system that new files go to. */
    FileSystem files() {
        return systems.main();
    }

    /** The file system of a file that may have been made when {@code hdfs.path} named another one. */
    FileSystem filesOf(Path path) throws IOException {
        return systems.of(path);
    }

    /** Where a file is that a mount table leads to. */
    Path behindMounts(Path path) throws IOException {
        return systems.behindMounts(path);
    }

    SyncMode sync() {
        return sync;
    }

    InstantSource clock() {
        return clock;
    }

    HdfsMetrics metrics() {
        return metrics;
    }

    /** A bucket's first counter is the clock's milliseconds, as Flume's. */
    long firstCounter() {
        return clock.millis();
    }

    /**
     * Finds names for new files. They are ours until {@link #forget}.
     *
     * @param counter the first to try
     * @param names how many
     */
    List<FileEntry> findNames(BucketId bucket, long counter, int names) throws IOException {
        Path directory = files().makeQualified(bucket.path());
        List<FileEntry> found = new ArrayList<>(names);
        boolean isWhole = false;
        try {
            find(bucket, counter, names, directory, found);
            isWhole = true;
            return found;
        } finally {
            if (!isWhole) {
                found.forEach(this::forget);
            }
        }
    }

    private void find(BucketId bucket, long counter, int names, Path directory, List<FileEntry> found)
            throws IOException {
        int taken = 0;
        for (long candidate = counter; found.size() < names; candidate++) {
            FileEntry entry = FileEntry.opening(naming, directory, bucket.prefix(), candidate);
            if (isFree(entry)) {
                found.add(entry);
            } else if (++taken == MOST_NAMES) {
                throw new IOException("no free file name in " + directory + ": " + MOST_NAMES + " of the names from "
                        + bucket.prefix() + "." + counter + " on are taken");
            }
        }
    }

    private boolean isFree(FileEntry entry) throws IOException {
        if (!remember(entry)) {
            return false; // another bucket of ours that differs in its schema; not every file system sees the two apart
        }
        boolean free = false;
        try {
            HadoopCalls.progress();
            free = !files().exists(entry.complete()) && !files().exists(entry.inUse());
        } finally {
            if (!free) {
                forget(entry);
            }
        }
        return free;
    }

    /** Its in-use name is ours. False if it was already. */
    boolean remember(FileEntry entry) {
        return ours.add(entry.inUse());
    }

    /** There is no file of ours of that in-use name. */
    void forget(FileEntry entry) {
        ours.remove(entry.inUse());
    }

    /**
     * Makes a new file.
     *
     * @param entry OPENING in the manifest
     * @return null if another writer has made a file of that name since it was found to be free
     * @throws IOException if it failed: the file may be there or not
     */
    @Nullable
    FSDataOutputStream create(FileEntry entry) throws IOException {
        try (Timer.Context ignored = metrics.opens.time()) {
            return create(entry.inUse());
        } catch (FileAlreadyExistsException e) {
            return taken(entry, e);
        } catch (RemoteException e) {
            if (isOpenElsewhere(e)) {
                return taken(entry, e);
            }
            throw e;
        }
    }

    private @Nullable FSDataOutputStream taken(FileEntry entry, IOException why) {
        log.debug("Sink {}: {} was made by another writer just now", sink, entry.inUse(), why);
        return null;
    }

    /** The name node's word for a file that is there and being written; said of a file of ours too, if it made one and the answer got lost. */
    private static boolean isOpenElsewhere(RemoteException e) {
        boolean isOpen = e.getClassName().equals(AlreadyBeingCreatedException.class.getName())
                || e.getClassName().equals(RECOVERY_IN_PROGRESS);
        return isOpen && !String.valueOf(e.getMessage()).contains("already the current lease holder");
    }

    private FSDataOutputStream create(Path inUse) throws IOException {
        Path place = systems.placeOf(inUse);
        FileSystem files = filesOf(place);
        HadoopCalls.progress();
        if (!(files instanceof DistributedFileSystem hdfs)) {
            return files.create(place, false);
        }
        DistributedFileSystem.HdfsDataOutputStreamBuilder builder = hdfs.createFile(place)
                .recursive()
                .overwrite(false)
                .replicate(); // stripes can be neither flushed nor cut
        return (sync == SyncMode.HSYNC ? builder.syncBlock() : builder).build(); // a block that is full is forced, too
    }

    /** Begins a file that was made just now; takes its stream over. If it throws, the file is there. */
    BucketFile begin(FSDataOutputStream out, FileEntry entry, BucketId bucket) throws IOException {
        try {
            if (!sync.isKeptBy(out)) {
                throw new IOException(entry.inUse() + ": hdfs.sync = " + sync + " would do nothing, as "
                        + files().getUri() + " keeps what is written to itself until a file is closed: events would be"
                        + " lost with the agent (hdfs.sync = none accepts that)");
            }
            HadoopCalls.progress(); // if we were given up while it was made, nobody will ever write to it
            BucketFile file = new BucketFile(this, entry, out, format.begin(out, bucket));
            metrics.opened(file);
            log.info("Sink {}: opened {}", sink, entry.inUse());
            return file;
        } catch (IOException | RuntimeException | Error e) {
            close(out, e);
            throw e;
        }
    }

    /** The stream of a file that is going to be removed. */
    private static void close(FSDataOutputStream out, Throwable why) {
        boolean interrupted = why instanceof InterruptedIOException && Thread.interrupted(); // it would stop this too
        try {
            out.close();
        } catch (IOException e) {
            why.addSuppressed(e);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
