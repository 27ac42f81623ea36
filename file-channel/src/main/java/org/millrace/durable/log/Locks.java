package org.millrace.durable.log;

import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.millrace.api.support.LockedException;
import org.millrace.durable.storage.Storage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The locks of all directories of a log. */
final class Locks implements Closeable {
    private static final Logger LOG = LoggerFactory.getLogger(Locks.class);

    private final List<Closeable> held = new ArrayList<>();

    private Locks() {}

    /** All, or none. */
    static Locks acquire(List<Storage> directories) throws IOException, LockedException {
        Locks locks = new Locks();
        try {
            for (Storage directory : directories) {
                locks.held.add(directory.lock());
            }
            return locks;
        } catch (IOException
                | LockedException
                | RuntimeException
                | Error e) { // an Error too: nobody else knows of them
            locks.close();
            throw e;
        }
    }

    @Override
    public void close() {
        for (Closeable lock : held) {
            try {
                lock.close();
            } catch (IOException | RuntimeException e) {
                LOG.warn("could not give a lock back: {}", lock, e);
            }
        }
        held.clear();
    }
}
