package org.millrace.hdfs;

import java.io.IOException;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
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
 * <p>Where the channel does not outlive the agent, it is a {@link LocalRecord} that keeps it, written before each commit. If the machine
 * was started again since, lengths may be older than the last commit: such a file is AT_LEAST from then on, whoever notes it again.
 *
 * <p>The sink's thread only.
 */
final class Manifest {
    private final ChannelReader channel;
    private final String owner;
    private final @Nullable LocalRecord local;

    private Map<FileEntry.Key, FileEntry> entries = new LinkedHashMap<>();

    /**
     * @param owner whose files they are: the agent's and the sink's name
     * @param local where they are noted instead; closed by the caller
     */
    Manifest(ChannelReader channel, String owner, @Nullable LocalRecord local) {
        this.channel = channel;
        this.owner = owner;
        this.local = local;
    }

    /**
     * The files that the sink had at its last commit.
     *
     * @throws IllegalArgumentException if what the channel has is none of our manifests
     */
    List<FileEntry> restore() {
        byte[] attached = local == null ? channel.attached(owner) : local.found();
        boolean isExact = local == null || local.isOfThisBoot();
        if (attached != null) {
            ManifestCodec.decode(attached)
                    .forEach(entry -> entries.put(entry.key(), isExact ? entry : entry.notedBefore()));
        }
        return List.copyOf(entries.values());
    }

    Collection<FileEntry> entries() {
        return entries.values();
    }

    /** Forgets a file that has its final name, or is gone: the next commit tells. */
    void drop(FileEntry entry) {
        entries.remove(entry.key());
    }

    /** A change that counts once it is committed. */
    Change change() {
        return new Change();
    }

    /** What is to be changed; built up, committed, adopted. */
    final class Change {
        private final Map<FileEntry.Key, FileEntry> next = new LinkedHashMap<>(entries);

        /** Adds a file, or changes it. */
        void put(FileEntry entry) {
            next.put(entry.key(), entry);
        }

        void drop(FileEntry entry) {
            next.remove(entry.key());
        }

        /**
         * Makes it part of a commit, and commits that.
         *
         * @param durably whether it has to outlive a crash together with the position
         * @throws ManifestException if there are more files than can be noted, or they cannot be: then nothing has changed
         * @throws org.millrace.api.ChannelException if the channel cannot commit: likewise
         */
        void commitWith(Transaction tx, boolean durably) throws ManifestException, InterruptedException {
            byte[] state = encode();
            if (local != null) {
                note(local, state, durably);
                tx.commit();
            } else {
                tx.attach(owner, state);
                if (durably) {
                    tx.commitDurably();
                } else {
                    tx.commit();
                }
            }
            entries = next;
        }

        private byte[] encode() throws ManifestException {
            byte[] state = ManifestCodec.encode(next.values());
            if (state.length > Transaction.MAX_ATTACHED_BYTES) {
                throw new ManifestException(
                        "the names of " + next.size() + " files that are not finished take " + state.length
                                + " bytes (expected: at most " + Transaction.MAX_ATTACHED_BYTES
                                + "): lower hdfs.maxOpenFiles, hdfs.batchSize, or see why files cannot be finished");
            }
            return state;
        }

        private void note(LocalRecord record, byte[] state, boolean durably) throws ManifestException {
            try {
                record.write(state, durably);
            } catch (IOException e) {
                throw new ManifestException(
                        "which files are open cannot be noted in " + record + ": " + e.getMessage() + " (channel "
                                + channel.name() + " does not outlive the agent, and keeps no note of them)",
                        e);
            }
        }

        /**
         * Commits it by itself; it is durable when this returns.
         *
         * @throws ManifestException as {@link #commitWith}
         * @throws org.millrace.api.ChannelException likewise
         */
        void commit() throws ManifestException, InterruptedException {
            if (local != null) {
                note(local, encode(), true);
                entries = next;
                return;
            }
            try (Transaction tx = channel.begin()) {
                commitWith(tx, true);
            }
        }
    }
}
