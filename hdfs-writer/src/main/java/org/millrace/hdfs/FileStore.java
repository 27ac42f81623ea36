package org.millrace.hdfs;

import static org.apache.hadoop.fs.CommonConfigurationKeysPublic.IO_FILE_BUFFER_SIZE_DEFAULT;
import static org.apache.hadoop.fs.CommonConfigurationKeysPublic.IO_FILE_BUFFER_SIZE_KEY;

import com.codahale.metrics.Timer;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.hadoop.fs.CreateFlag;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileAlreadyExistsException;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.StreamCapabilities;
import org.apache.hadoop.fs.permission.FsCreateModes;
import org.apache.hadoop.fs.permission.FsPermission;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens files under names that nobody uses. Thread-safe. */
final class FileStore {
    private static final Logger log = LoggerFactory.getLogger(FileStore.class);
    /** Names to try; each one that is taken was made by another writer with our path and prefix within some milliseconds. */
    private static final int MOST_NAMES = 1000;

    private final String sink;
    private final FileSystem files;
    private final EventFormat format;
    private final FileNaming naming;
    private final SyncMode sync;
    private final InstantSource clock;
    private final HdfsMetrics metrics;
    private final Set<BucketFile.Name> beingOpened = ConcurrentHashMap.newKeySet();

    FileStore(
            String sink,
            FileSystem files,
            EventFormat format,
            FileNaming naming,
            SyncMode sync,
            InstantSource clock,
            HdfsMetrics metrics) {
        this.sink = sink;
        this.files = files;
        this.format = format;
        this.naming = naming;
        this.sync = sync;
        this.clock = clock;
        this.metrics = metrics;
    }

    String sink() {
        return sink;
    }

    FileSystem files() {
        return files;
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

    Path completeName(Path directory, String prefix, long counter) {
        return naming.complete(directory, prefix, counter);
    }

    /**
     * Opens a new file.
     *
     * @param counter the first to try; the file knows the one it got
     */
    BucketFile open(BucketId bucket, long counter) throws IOException {
        Path directory = bucket.path();
        String prefix = bucket.prefix();
        for (long candidate = counter; candidate < counter + MOST_NAMES; candidate++) {
            BucketFile.Name name = new BucketFile.Name(directory, prefix, candidate);
            if (!beingOpened.add(name)) {
                continue; // another bucket of ours that differs in its schema; not every file system sees the two apart
            }
            try {
                BucketFile file = open(bucket, name);
                if (file != null) {
                    return file;
                }
            } finally {
                beingOpened.remove(name);
            }
        }
        throw new IOException("no free file name in " + directory + ": " + prefix + "." + counter + " and the "
                + (MOST_NAMES - 1) + " behind it are taken");
    }

    /** Null if the name is taken. */
    private @Nullable BucketFile open(BucketId bucket, BucketFile.Name name) throws IOException {
        Path inUse = naming.inUse(name.directory(), name.prefix(), name.counter());
        HadoopCalls.progress();
        if (files.exists(naming.complete(name.directory(), name.prefix(), name.counter())) || files.exists(inUse)) {
            return null;
        }
        try (Timer.Context ignored = metrics.opens.time()) {
            HadoopCalls.progress();
            return begin(create(inUse), inUse, bucket, name);
        } catch (FileAlreadyExistsException e) {
            log.debug("Sink {}: {} was made by another writer just now", sink, inUse);
            return null;
        }
    }

    private FSDataOutputStream create(Path inUse) throws IOException {
        if (sync == SyncMode.HFLUSH) {
            return files.create(inUse, false);
        }
        return files.create(
                inUse,
                FsCreateModes.applyUMask(FsPermission.getFileDefault(), FsPermission.getUMask(files.getConf())),
                EnumSet.of(CreateFlag.CREATE, CreateFlag.SYNC_BLOCK), // a block that is full is forced, too
                files.getConf().getInt(IO_FILE_BUFFER_SIZE_KEY, IO_FILE_BUFFER_SIZE_DEFAULT),
                files.getDefaultReplication(inUse),
                files.getDefaultBlockSize(inUse),
                null);
    }

    private BucketFile begin(FSDataOutputStream out, Path inUse, BucketId bucket, BucketFile.Name name)
            throws IOException {
        try {
            if (sync == SyncMode.HSYNC && !out.hasCapability(StreamCapabilities.HSYNC)) {
                throw new IOException("hdfs.sync = hsync: " + files.getUri() + " cannot force bytes to disk");
            }
            HadoopCalls.progress(); // if we were given up while it was made, nobody will ever write to it
            BucketFile file = new BucketFile(this, inUse, name, out, format.begin(out, bucket));
            metrics.opened(file);
            log.info("Sink {}: opened {}", sink, inUse);
            return file;
        } catch (IOException | RuntimeException e) {
            removeEmpty(out, inUse, e);
            throw e;
        }
    }

    private void removeEmpty(FSDataOutputStream out, Path inUse, Exception why) {
        boolean interrupted = why instanceof InterruptedIOException && Thread.interrupted(); // it would stop this too
        try (out) {
            files.delete(inUse, false);
        } catch (IOException e) {
            why.addSuppressed(e);
            metrics.leftInUse.inc();
            log.error("Sink {}: {} holds no events and could not be removed", sink, inUse, e);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
