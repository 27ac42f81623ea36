package org.millrace.api.support;

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
 * A directory that is ours: a lock on a file in it, in which stands our process id. The lock goes with the process, the file stays. Any
 * thread may use it.
 */
public final class DirectoryLock implements Closeable {
    private static final Logger log = LoggerFactory.getLogger(DirectoryLock.class);
    private static final int LONGEST_PID = 20;

    /** What this process has locked. Asked first: to open and close a locked file once more would give the process's lock back. */
    private static final Set<Path> OURS = ConcurrentHashMap.newKeySet();

    private final Path key;
    private final FileChannel file;
    private boolean isGivenBack;

    private DirectoryLock(Path key, FileChannel file) {
        this.key = key;
        this.file = file;
    }

    /** What becomes of a directory whose file system has no locks. */
    public enum Unlockable {
        /** It is not used. */
        REFUSED,
        /** It is ours as far as this process goes, and the log says so. */
        WARNED_OF
    }

    /**
     * Locks a directory, against others of the same file name.
     *
     * @param name of the file, made if there is none
     * @param part what of this process may have locked it already, for the message: {@code "channel"}
     * @throws ClosedChannelException if the thread is interrupted: the lock goes with the file
     * @throws IOException if the file cannot be opened, or not be locked and that is to be refused
     * @throws LockedException if another has it
     */
    public static DirectoryLock of(Path directory, String name, String part, Unlockable unlockable)
            throws IOException, LockedException {
        Path key = directory.toRealPath().resolve(name);
        if (!OURS.add(key)) {
            throw new LockedException(directory + " is in use by another " + part + " of this process");
        }
        boolean isLocked = false;
        FileChannel file = null;
        try {
            file = FileChannel.open(key, CREATE, READ, WRITE);
            if (lock(directory, file, unlockable)) {
                noteOwner(name, file);
            }
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

    /** False if the file system has no locks. */
    private static boolean lock(Path directory, FileChannel file, Unlockable unlockable)
            throws IOException, LockedException {
        FileLock lock;
        try {
            lock = file.tryLock();
        } catch (ClosedChannelException e) {
            throw e; // the thread is interrupted
        } catch (IOException e) {
            if (unlockable == Unlockable.REFUSED) {
                throw e;
            }
            log.warn("{} cannot be locked, so that nothing keeps another process out: {}", directory, e.toString());
            return false;
        }
        if (lock == null) {
            throw new LockedException(directory + " is in use by " + owner(file));
        }
        return true;
    }

    /** In the place of the one before, whose block is ours: a full disk must keep nobody from starting who is to drain it. */
    private static void noteOwner(String name, FileChannel file) throws ClosedChannelException {
        String pid = Long.toString(ProcessHandle.current().pid());
        String padded = pid + " ".repeat(LONGEST_PID - pid.length());
        try {
            file.write(ByteBuffer.wrap(padded.getBytes(US_ASCII)), 0);
        } catch (ClosedChannelException e) {
            throw e; // and with the file the lock is gone
        } catch (IOException e) {
            log.info("{} cannot note this process, which others will not be able to name: {}", name, e.toString());
        }
    }

    private static String owner(FileChannel file) throws IOException {
        ByteBuffer pid = ByteBuffer.allocate(LONGEST_PID);
        file.read(pid, 0);
        String text = US_ASCII.decode(pid.flip()).toString().trim();
        return text.isEmpty() ? "another process" : "process " + text;
    }

    /** Gives the lock back; once. */
    @Override
    public synchronized void close() throws IOException {
        if (isGivenBack) {
            return;
        }
        isGivenBack = true;
        try {
            file.close(); // which gives the lock back
        } finally {
            OURS.remove(key);
        }
    }
}
