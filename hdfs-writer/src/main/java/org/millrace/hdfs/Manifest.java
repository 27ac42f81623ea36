package org.millrace.hdfs;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.fs.Path;
import org.millrace.api.ChannelException;
import org.millrace.api.ChannelReader;
import org.millrace.api.Transaction;

/**
 * The files of a sink that do not have their final name yet, kept with its position in the channel: a restart finds the two as old as
 * each other, and so knows which files there may be and how much of each belongs to events that will not come again.
 *
 * <p>What is found in a file behind its committed length is written once more, so it is cut off; what stands under a final name is never
 * cut. Hence the order:
 *
 * <ol>
 *   <li>a name is in the manifest, durably, before a file of that name is made;
 *   <li>the length of a file changes with the position, in one commit;
 *   <li>a file is FINISHING, durably, before it is renamed;
 *   <li>it leaves the manifest with any commit after that.
 * </ol>
 *
 * <p>The sink's thread only.
 */
final class Manifest {
    private final ChannelReader channel;
    private final String owner;

    /** By in-use name. */
    private Map<Path, FileEntry> entries = new LinkedHashMap<>();

    /** @param owner whose files they are: the agent's and the sink's name */
    Manifest(ChannelReader channel, String owner) {
        this.channel = channel;
        this.owner = owner;
    }

    /**
     * The files that the sink had at its last commit.
     *
     * @throws IllegalArgumentException if what the channel has is none of our manifests
     */
    List<FileEntry> restore() {
        byte[] attached = channel.attached(owner);
        if (attached != null) {
            ManifestCodec.decode(attached).forEach(entry -> entries.put(entry.inUse(), entry));
        }
        return List.copyOf(entries.values());
    }

    Collection<FileEntry> entries() {
        return entries.values();
    }

    /** Forgets a file that has its final name, or is gone: the next commit tells. */
    void drop(FileEntry entry) {
        entries.remove(entry.inUse());
    }

    /** A change that counts once it is committed. */
    Change change() {
        return new Change();
    }

    /** What is to be changed; built up, committed, adopted. */
    final class Change {
        private final Map<Path, FileEntry> next = new LinkedHashMap<>(entries);

        /** Adds a file, or changes it. */
        void put(FileEntry entry) {
            next.put(entry.inUse(), entry);
        }

        void drop(FileEntry entry) {
            next.remove(entry.inUse());
        }

        /**
         * Makes it part of a commit.
         *
         * @throws ChannelException if there are more files than can be attached
         */
        void attachTo(Transaction tx) {
            byte[] state = ManifestCodec.encode(next.values());
            if (state.length > Transaction.MAX_ATTACHED_BYTES) {
                throw new ChannelException(
                        "the names of " + next.size() + " files that are not finished take " + state.length
                                + " bytes (expected: at most " + Transaction.MAX_ATTACHED_BYTES
                                + "): lower hdfs.maxOpenFiles, hdfs.batchSize, or see why files cannot be finished");
            }
            tx.attach(owner, state);
        }

        /** Its commit has succeeded. */
        void adopt() {
            entries = next;
        }

        /**
         * Commits it by itself; it is durable when this returns.
         *
         * @throws ChannelException if it failed: then nothing has changed
         */
        void commit() throws InterruptedException {
            try (Transaction tx = channel.begin()) {
                attachTo(tx);
                tx.commitDurably();
            }
            adopt();
        }
    }
}
