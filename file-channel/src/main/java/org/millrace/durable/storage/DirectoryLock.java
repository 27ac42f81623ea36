package org.millrace.durable.storage;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A directory that is ours: a lock on its file {@code LOCK}, in which stands our process id. The lock goes with the process, the file
 * stays.
 */
final class DirectoryLock implements Closeable {
    private static final Logger LOG = LoggerFactory.getLogger(DirectoryLock.class);
    private static final String NAME = "LOCK";
    private static final int LONGEST_PID = 20;

    /** What this process has locked. Asked first: to open and close a locked file once more would give the process's lock back. */
    private static final Set<Path> OURS = ConcurrentHashMap.newKeySet();

    private final Path directory;
    private final FileChannel file;
    private boolean isGivenBack;

    private DirectoryLock(Path directory, FileChannel file) {
        this.directory = directory;
        this.file = file;
    }

    /**
     * Locks a directory.
     *
     * @throws ClosedChannelException if the thread is interrupted: the lock goes with the file
     * @throws LockedException if another has it
     */
    static DirectoryLock of(Path directory) throws IOException, LockedException {
        Path key = directory.toRealPath();
        if (!OURS.add(key)) {
            throw new LockedException(directory + " is in use by another channel of this process");
        }
        boolean isLocked = false;
        FileChannel file = null;
        try {
            file = FileChannel.open(key.resolve(NAME), CREATE, READ, WRITE);
            FileLock lock = file.tryLock();
            if (lock == null) {
                throw new LockedException(directory + " is in use by " + owner(file));
            }
            noteOwner(file);
            isLocked = true;
            return new DirectoryLock(key, file);
        } finally {
            if (!isLocked) {
                OURS.remove(key);
                if (file != null) {
                    file.close();
                }
            }
        }
    }

    /** In the place of the one before, whose block is ours: a full disk must not keep a channel from starting that is to be drained. */
    private static void noteOwner(FileChannel file) throws ClosedChannelException {
        String pid = Long.toString(ProcessHandle.current().pid());
        String padded = pid + " ".repeat(LONGEST_PID - pid.length());
        try {
            file.write(ByteBuffer.wrap(padded.getBytes(US_ASCII)), 0);
        } catch (ClosedChannelException e) {
            throw e; // and with the file the lock is gone
        } catch (IOException e) {
            LOG.info("{} cannot note this process, which others will not be able to name: {}", NAME, e.toString());
        }
    }

    private static String owner(FileChannel file) throws IOException {
        ByteBuffer pid = ByteBuffer.allocate(LONGEST_PID);
        file.read(pid, 0);
        String text = US_ASCII.decode(pid.flip()).toString().trim();
        return text.isEmpty() ? "another process" : "process " + text;
    }

    @Override
    public synchronized void close() throws IOException {
        if (isGivenBack) {
            return;
        }
        isGivenBack = true;
        try {
            file.close(); // which gives the lock back
        } finally {
            OURS.remove(directory);
        }
    }
}
