package org.millrace.testkit;

import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import org.millrace.codec.BatchBuffers;
import org.millrace.codec.EventBatch;

/** Finds batches whose memory nobody gave back, at once and not when the garbage collector comes by. Thread-safe. */
public final class ReleaseCheck {
    private final List<Watched> watched = new ArrayList<>();

    /** @return the batch itself; who owned it still does */
    public synchronized EventBatch watch(EventBatch batch) {
        watched.add(new Watched(batch.toString(), BatchBuffers.retainedBytes(batch)));
        return batch;
    }

    /** Fails unless every batch watched so far, with all parts it was split into, has been released by all its owners. */
    public synchronized void assertAllReleased() {
        List<String> held = watched.stream()
                .filter(Watched::isHeldByOthers)
                .map(Watched::description)
                .toList();
        watched.forEach(batch -> batch.ours().release());
        watched.clear();
        if (!held.isEmpty()) {
            throw new AssertionError("never released: " + held);
        }
    }

    /** @param ours a view with a count of its own, which holds one reference to the memory */
    private record Watched(String description, ByteBuf ours) {
        boolean isHeldByOthers() {
            ByteBuf memory = ours;
            while (memory.unwrap() != null) {
                memory = memory.unwrap();
            }
            return memory.refCnt() > 1;
        }
    }
}
