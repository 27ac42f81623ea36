package org.millrace.hdfs;

import org.jspecify.annotations.Nullable;
import org.millrace.api.DeliveryException;
import org.millrace.api.SinkContext;
import org.millrace.api.deadletter.DeadLetters;
import org.millrace.api.deadletter.SerializerHealth;
import org.millrace.api.part.RefusedEventException;
import org.millrace.codec.EventReader;

/**
 * Events of a turn that cannot be written: each is a dead letter by itself, unless it is the serializer that is broken. The sink's thread
 * only.
 */
final class Refusals {
    private final String sink;
    private final DeadLetters deadLetters;
    private final SerializerHealth serializer;

    // Of this turn:
    private int events;
    /** Those of them at which something was thrown that nobody foresaw. */
    private int thrownAt;
    /** Those of them at which it was thrown in turns before, and that were not tried in this one. */
    private int givenUp;

    private @Nullable Exception thrown;

    Refusals(SinkContext context, DeadLetters deadLetters) {
        this.sink = context.name();
        this.deadLetters = deadLetters;
        this.serializer = new SerializerHealth(context);
    }

    void turnBegins() {
        events = 0;
        thrownAt = 0;
        givenUp = 0;
        thrown = null;
    }

    boolean isEmpty() {
        return events == 0;
    }

    void refuse(EventReader event, RefusedEventException e) {
        deadLetters.refuse(event, String.valueOf(e.getMessage()), e.mayHeal());
        events++;
    }

    /** Unforeseen: such an event must not hold up the others for ever either. */
    void refuse(EventReader event, RuntimeException e) {
        deadLetters.refuse(event, e.toString(), true);
        events++;
        thrownAt++;
        thrown = e;
    }

    /** True if the serializer has thrown at it in enough turns: it is refused now. */
    boolean isGivenUp(EventReader event, UnwritableEvents unwritable) {
        String reason = unwritable.reason(event);
        if (reason == null || !deadLetters.failed(event, reason)) {
            return false;
        }
        events++;
        thrownAt++;
        givenUp++;
        thrown = unwritable.last();
        return true;
    }

    /**
     * Before anything is written.
     *
     * @param taken events of this turn
     * @throws DeliveryException if they are not to become dead letters, at least not now: the turn is to be rolled back
     */
    void settle(int taken, UnwritableEvents unwritable) throws DeliveryException {
        if (events == taken) {
            try {
                serializer.check(thrownAt, thrown);
            } catch (DeliveryException e) {
                unwritable.forgetThoseOfTurn(); // or nobody would find out that it writes them by now
                throw e;
            }
        }
        deadLetters.settle();
    }

    /**
     * What could be written is. Events that a broken serializer has thrown at are tried once more before they are dead letters.
     *
     * @param hasWritten whether it was anything
     * @throws DeliveryException if there are such events: the turn is to be rolled back
     */
    void written(boolean hasWritten, UnwritableEvents unwritable) throws DeliveryException {
        if (givenUp == 0 || !serializer.isBroken()) {
            return;
        }
        unwritable.forgetThoseOfTurn();
        if (hasWritten) {
            serializer.wrote();
        }
        throw new DeliveryException(
                "sink " + sink + ": " + givenUp + " events at which the serializer has thrown are tried once more");
    }

    /**
     * The turn is committed.
     *
     * @param taken events of this turn
     * @param hasWritten whether any were written
     */
    void committed(int taken, boolean hasWritten) {
        if (hasWritten) {
            serializer.wrote();
        } else if (events == taken) {
            serializer.wroteNone(thrownAt);
        }
    }
}
