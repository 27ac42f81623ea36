package org.millrace.relay.source.spool;

import java.io.Closeable;
import java.io.IOException;
import java.io.Serial;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a tracker directory to one reader: two would go on at each other's positions. A lock on its file {@code .millrace.lock}, in which
 * stands our process id; the lock goes with the process, the file stays.
 */
final class TrackerLock implements Closeable {
    static final String NAME = ".millrace.lock";
    private static final int LONGEST_PID = 20;
    private static final Logger log = LoggerFactory.getLogger(TrackerLock.class);

    /** What this process has locked. Asked first: to open and close a locked file once more would give the process's lock back. */
    private static final Set<Path> OURS = ConcurrentHashMap.newKeySet();

    private final Path directory;
    private final FileChannel file;
    private boolean isGivenBack;

    private TrackerLock(Path directory, FileChannel file) {
        this.directory = directory;
        this.file = file;
    }

    /** Another one has it. */
    static final class HeldException extends Exception {
        @Serial
        private static final long serialVersionUID = 1L;

        HeldException(String message) {
            super(message);
        }
    }

    /**
     * Locks a directory. Where its file system has no locks, only against other readers of this process, which is told.
     *
     * @throws IOException if its lock file cannot be opened
     */
    static TrackerLock of(Path directory) throws IOException, HeldException {
        Path key = directory.toRealPath();
        if (!OURS.add(key)) {
            throw new HeldException(directory + " is in use by another source of this process");
        }
        boolean isLocked = false;
        FileChannel file = null;
        try {
            file = FileChannel.open(
                    key.resolve(NAME), StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
            lock(directory, file);
            isLocked = true;
            return new TrackerLock(key, file);
        } finally {
            if (!isLocked) {
                OURS.remove(key);
                if (file != null) {
                    file.close();
                }
            }
        }
    }

    private static void lock(Path directory, FileChannel file) throws IOException, HeldException {
        FileLock lock;
        try {
            lock = file.tryLock();
        } catch (ClosedChannelException e) {
            throw e; // the thread is interrupted
        } catch (IOException e) {
            log.warn("{} cannot be locked, so that nothing keeps another process out: {}", directory, e.toString());
            return;
        }
        if (lock == null) {
            throw new HeldException(directory + " is in use by " + owner(file));
        }
        String pid = Long.toString(ProcessHandle.current().pid());
        String padded = pid + " ".repeat(LONGEST_PID - pid.length());
        try {
            file.write(ByteBuffer.wrap(padded.getBytes(StandardCharsets.US_ASCII)), 0);
        } catch (ClosedChannelException e) {
            throw e; // and with the file the lock is gone
        } catch (IOException e) {
            log.info("{} cannot note this process, which others will not be able to name: {}", NAME, e.toString());
        }
    }

    private static String owner(FileChannel file) throws IOException {
        ByteBuffer pid = ByteBuffer.allocate(LONGEST_PID);
        file.read(pid, 0);
        String text = StandardCharsets.US_ASCII.decode(pid.flip()).toString().trim();
        return text.isEmpty() ? "another process" : "process " + text;
    }

    @Override
    public void close() throws IOException {
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
