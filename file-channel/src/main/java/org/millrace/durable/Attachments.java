package org.millrace.durable;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.millrace.durable.format.LogState;
import org.millrace.durable.format.PositionUpdate;

/**
 * How much is attached to the positions of all readers together: each segment begins with all of it, so there must be room for it, and
 * for puts beside it. Guarded by the channel's lock.
 */
final class Attachments {
    /** What an owner takes besides its state, at most: its name, and lengths. */
    private static final int OWNER_BYTES = 256;

    private final long mostBytes;
    /** By reader and owner. */
    private final Map<String, Map<String, Integer>> bytesOf = new HashMap<>();

    private long bytes;

    /** @param mostBytes of all together */
    Attachments(long mostBytes, LogState recovered) {
        this.mostBytes = mostBytes;
        for (String reader : recovered.readers()) {
            recovered.owners(reader).forEach(owner -> set(reader, owner, recovered.attached(reader, owner)));
        }
    }

    long mostBytes() {
        return mostBytes;
    }

    /**
     * Takes up the room that an update needs, before it is committed.
     *
     * @return false, with nothing changed, if it needs more than before and more than there is
     */
    boolean reserve(PositionUpdate update) {
        long more = 0;
        for (Map.Entry<String, byte[]> attached : update.states().entrySet()) {
            more += size(attached.getValue()) - sizeOf(update.reader(), attached.getKey());
        }
        if (more > 0 && bytes + more > mostBytes) {
            return false;
        }
        update.states().forEach((owner, state) -> set(update.reader(), owner, state));
        return true;
    }

    /** The update was not committed: what is there stays. */
    void giveUp(PositionUpdate update, Backlog there) {
        update.states().keySet().forEach(owner -> set(update.reader(), owner, there.attached(update.reader(), owner)));
    }

    private void set(String reader, String owner, byte @Nullable [] state) {
        int size = state == null ? 0 : size(state);
        Integer before =
                bytesOf.computeIfAbsent(reader, name -> new HashMap<>()).put(owner, size);
        bytes += size - (before == null ? 0 : before);
    }

    private int sizeOf(String reader, String owner) {
        Map<String, Integer> owners = bytesOf.get(reader);
        return owners == null ? 0 : owners.getOrDefault(owner, 0);
    }

    private static int size(byte[] state) {
        return state.length == 0 ? 0 : OWNER_BYTES + state.length;
    }
}
