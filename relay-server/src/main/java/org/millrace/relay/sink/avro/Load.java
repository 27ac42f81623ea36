package org.millrace.relay.sink.avro;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.millrace.codec.EventBatch;
import org.millrace.codec.Origin;

/** Batches that go in one call: the numbers of their events, if they have any, follow on one another. The sink's thread only. */
final class Load {
    private final @Nullable Origin origin;
    private final List<EventBatch> batches = new ArrayList<>();
    private int events;
    private long bytes;

    /** @param origin of the first event to come; null if they are not numbered */
    Load(@Nullable Origin origin) {
        this.origin = origin;
    }

    /** Whether a batch whose first event has this number may come next. */
    boolean isFollowedBy(@Nullable Origin next) {
        return Objects.equals(origin == null ? null : origin.plus(events), next);
    }

    /** @param batch lent */
    void add(EventBatch batch) {
        batches.add(batch);
        events += batch.events();
        bytes += batch.encodedBytes();
    }

    @Nullable
    Origin origin() {
        return origin;
    }

    List<EventBatch> batches() {
        return batches;
    }

    int events() {
        return events;
    }

    /** Encoded. */
    long bytes() {
        return bytes;
    }
}
