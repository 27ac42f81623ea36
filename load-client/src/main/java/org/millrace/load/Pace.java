package org.millrace.load;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;

/** When the batches of an open loop are meant to be sent. Immutable. */
interface Pace {
    /**
     * When to send a batch, after the start: computed anew for each, so that no error adds up. Never falls with the batch's number.
     *
     * @param batch counts from 0
     */
    long intendedNanos(long batch);

    /** Adds its figures, as fields of an object. */
    void writeTo(JsonGenerator json) throws IOException;

    /** For people: {@code 20,000 events/s}. */
    @Override
    String toString();
}
