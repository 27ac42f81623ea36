package org.millrace.load;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.millrace.client.ConnectionSettings;
import org.millrace.client.EventLoops;
import org.millrace.client.RelayAddress;
import org.millrace.client.RelayConnection;
import org.millrace.codec.EventBatch;

/** A connection to the target, as a run sees it. */
interface Line extends AutoCloseable {
    /**
     * Sends a batch, which is lent.
     *
     * @param first the number of its first event in the run
     * @return completes on any thread, when the target has it safely, or with a {@link org.millrace.client.RelayException} or an {@link
     *     UndeliveredException}
     */
    CompletableFuture<Void> append(EventBatch batch, long first);

    boolean isOpen();

    @Override
    void close();

    /** Opens lines. */
    interface Dialer {
        CompletableFuture<Line> dial();

        /** One whose lines go to a relay. */
        static Dialer to(RelayAddress peer, ConnectionSettings settings, EventLoops loops) {
            return () -> RelayConnection.connect(peer, settings, loops).thenApply(RelayLine::new);
        }
    }

    /** A line to a relay. */
    record RelayLine(RelayConnection connection) implements Line {
        @Override
        public CompletableFuture<Void> append(EventBatch batch, long first) {
            return connection.append(List.of(batch));
        }

        @Override
        public boolean isOpen() {
            return connection.isOpen();
        }

        @Override
        public void close() {
            connection.close();
        }
    }
}
