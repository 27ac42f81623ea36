package org.millrace.relay.source.taildir;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;
import org.millrace.relay.source.taildir.FileId.Stat;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The handle of a file that is tailed: opened when it is asked for, and only where the path still leads to this file. One that no longer
 * works is replaced: it may be that of a file system that went and came back. One thread.
 */
final class TailedContent implements Closeable {
    private static final Logger log = LoggerFactory.getLogger(TailedContent.class);

    private final FileId id;
    private Path place;
    private @Nullable FileChannel handle;

    TailedContent(FileId id, Path place) {
        this.id = id;
        this.place = place;
    }

    /** Where it is opened from now on. */
    void isAt(Path path) {
        place = path;
    }

    boolean isOpen() {
        return handle != null;
    }

    /** The handle, if there is one. */
    @Nullable
    FileChannel ifOpen() {
        return handle;
    }

    /** @throws NoSuchFileException if there is no such file any more, or another one has its name */
    FileChannel open() throws IOException {
        FileChannel open = handle;
        if (open == null) {
            open = opened();
            handle = open;
        }
        return open;
    }

    /** What the file system says of it, as long as its name leads to it; else null. */
    @Nullable
    Stat stat() throws IOException {
        Stat there = FileId.statRegular(place);
        return there != null && there.id().equals(id) ? there : null;
    }

    /** How long the file is, wherever it went. */
    long size() throws IOException {
        FileChannel open = open();
        try {
            return open.size();
        } catch (IOException e) {
            log.debug("{} is opened again", place, e);
            FileChannel again = opened();
            handle = again;
            closeQuietly(open);
            return again.size();
        }
    }

    /** What comes next reads from another handle; if there is none, from the one there is: a file without a name has no other. */
    void reopenAfter(IOException failure) {
        FileChannel failed = handle;
        if (failed == null) {
            return;
        }
        try {
            handle = opened();
            closeQuietly(failed);
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
    }

    @Override
    public void close() {
        if (handle != null) {
            closeQuietly(handle);
            handle = null;
        }
    }

    private FileChannel opened() throws IOException {
        FileChannel open = FileChannel.open(place, StandardOpenOption.READ);
        try {
            if (stat() == null) {
                throw new NoSuchFileException(place.toString(), null, "another file has its name now");
            }
            return open;
        } catch (IOException e) {
            closeQuietly(open);
            throw e;
        }
    }

    private void closeQuietly(FileChannel open) {
        try {
            open.close();
        } catch (IOException e) {
            log.debug("closing {}", place, e); // it was only read
        }
    }
}
