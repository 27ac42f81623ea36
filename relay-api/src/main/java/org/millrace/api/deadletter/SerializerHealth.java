package org.millrace.api.deadletter;

import org.jspecify.annotations.Nullable;
import org.millrace.api.DeliveryException;
import org.millrace.api.SinkContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells a serializer that is broken from events that cannot be written: it throws at every event of batch after batch. Then it is no fault
 * of the events, and no more of them become dead letters. Events refused for what is wrong with them say nothing about it. The sink's
 * thread only.
 */
public final class SerializerHealth {
    private static final Logger LOG = LoggerFactory.getLogger(SerializerHealth.class);

    /** So many in a row, of one sender say, may be bad by themselves. */
    private static final int LEAST_BATCHES = 3;

    /** Also where batches are small. */
    private static final int LEAST_EVENTS = 100;

    private final SinkContext context;
    private volatile boolean isBroken;

    // Of turns in a row that came to their end, with no event written:
    private int batches;
    private long events;

    /** Shows {@code serializerBroken} among the sink's figures. */
    public SerializerHealth(SinkContext context) {
        this.context = context;
        context.metrics().gauge("serializerBroken", () -> isBroken ? 1 : 0);
    }

    /** True from a {@link #check} that failed until an event is written. */
    public boolean isBroken() {
        return isBroken;
    }

    /**
     * Before the dead letters are settled of a turn that writes no event.
     *
     * @param thrownAt at how many of its events something was thrown that nobody foresaw
     * @param last what was thrown last; null if nothing was
     * @throws DeliveryException if they are not to be settled: the serializer is broken, and the turn is to be rolled back
     */
    public void check(int thrownAt, @Nullable Exception last) throws DeliveryException {
        if (last == null || batches < LEAST_BATCHES || events < LEAST_EVENTS) {
            return;
        }
        String what = "sink " + context.name() + ": the serializer has thrown at each of " + events + " events in "
                + batches + " batches in a row, and at each of " + thrownAt
                + " more: it is taken to be broken. What is in channel "
                + context.channel().name() + " stays there until it writes one";
        if (!isBroken) {
            isBroken = true;
            LOG.error(what, last);
        }
        throw new DeliveryException(what, last);
    }

    /** A turn that wrote no event is committed: it was thrown at so many of them. */
    public void wroteNone(int thrownAt) {
        if (thrownAt > 0) {
            batches++;
            events += thrownAt;
        }
    }

    /** It has written an event. */
    public void wrote() {
        batches = 0;
        events = 0;
        if (isBroken) {
            isBroken = false;
            LOG.info("sink {}: the serializer writes events again", context.name());
        }
    }
}
