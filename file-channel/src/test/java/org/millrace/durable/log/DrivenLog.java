package org.millrace.durable.log;

import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.millrace.durable.format.PositionUpdate;

/** A log without threads: it works when it is told to, and so does the same each time. */
public interface DrivenLog extends AutoCloseable {
    Log log();

    /** One step of its threads; false if there was nothing to do. */
    boolean work();

    /** As {@link Log#commitAndWait}, which would wait for ever for {@link #work}. */
    CompletableFuture<@Nullable Void> commitDurably(PositionUpdate update);

    /** Closes the log, doing what is left to do. */
    @Override
    void close();
}
