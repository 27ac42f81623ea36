package org.millrace.relay.sink.file;

import org.millrace.api.DeliveryException;
import org.millrace.api.SinkContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells a serializer that is broken from events that cannot be written: it throws at every event of batch after batch. Then it is no fault
 * of the events, and no more of them become dead letters. The sink's thread only.
 */
final class SerializerHealth {
    private static final Logger LOG = LoggerFactory.getLogger(FileRollSink.class);

    /** So many in a row, of one sender say, may be bad by themselves. */
    private static final int LEAST_BATCHES = 3;

    /** Also where batches are small. */
    private static final int LEAST_EVENTS = 100;

    private final SinkContext context;
    private volatile boolean isBroken;

    // Of turns in a row that came to their end, with no event written:
    private int batches;
    private long events;

    SerializerHealth(SinkContext context) {
        this.context = context;
        context.metrics().gauge("serializerBroken", () -> isBroken ? 1 : 0);
    }

    /**
     * Before a turn's dead letters are settled.
     *
     * @throws DeliveryException if they are not to be: the serializer is broken, and the turn is to be rolled back
     */
    void check(Turn turn) throws DeliveryException {
        RuntimeException failure = turn.thrown();
        if (failure == null || turn.hasWritten() || batches < LEAST_BATCHES || events < LEAST_EVENTS) {
            return;
        }
        String what =
                "sink " + context.name() + ": the serializer has thrown at each of " + events + " events in " + batches
                        + " batches in a row, and at each of " + turn.thrownAt()
                        + " more: it is taken to be broken. What is in channel "
                        + context.channel().name() + " stays there until it writes one";
        if (!isBroken) {
            isBroken = true;
            LOG.error(what, failure);
        }
        throw new DeliveryException(what, failure);
    }

    /** The turn is committed. */
    void committed(Turn turn) {
        if (turn.hasWritten()) {
            batches = 0;
            events = 0;
            if (isBroken) {
                isBroken = false;
                LOG.info("sink {}: the serializer writes events again", context.name());
            }
        } else if (turn.thrownAt() > 0) { // events refused for what is wrong with them say nothing about it
            batches++;
            events += turn.thrownAt();
        }
    }
}
