package org.millrace.hdfs;

import com.codahale.metrics.Timer;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.InstantSource;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileAlreadyExistsException;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
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
    private final InstantSource clock;
    private final HdfsMetrics metrics;

    FileStore(
            String sink,
            FileSystem files,
            EventFormat format,
            FileNaming naming,
            InstantSource clock,
            HdfsMetrics metrics) {
        this.sink = sink;
        this.files = files;
        this.format = format;
        this.naming = naming;
        this.clock = clock;
        this.metrics = metrics;
    }

    String sink() {
        return sink;
    }

    FileSystem files() {
        return files;
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
    BucketFile open(Path directory, String prefix, long counter) throws IOException {
        for (long candidate = counter; candidate < counter + MOST_NAMES; candidate++) {
            Path inUse = naming.inUse(directory, prefix, candidate);
            HadoopCalls.progress();
            if (files.exists(naming.complete(directory, prefix, candidate)) || files.exists(inUse)) {
                continue;
            }
            try (Timer.Context ignored = metrics.opens.time()) {
                HadoopCalls.progress();
                return begin(files.create(inUse, false), inUse, new BucketFile.Name(directory, prefix, candidate));
            } catch (FileAlreadyExistsException e) {
                log.debug("Sink {}: {} was made by another writer just now", sink, inUse);
            }
        }
        throw new IOException("no free file name in " + directory + ": " + prefix + "." + counter + " and the "
                + (MOST_NAMES - 1) + " behind it are taken");
    }

    private BucketFile begin(FSDataOutputStream out, Path inUse, BucketFile.Name name) throws IOException {
        try {
            HadoopCalls.progress(); // if we were given up while it was made, nobody will ever write to it
            BucketFile file = new BucketFile(this, inUse, name, out, format.begin(out));
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
