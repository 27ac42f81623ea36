package org.millrace.load;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** When the batches of an open loop are meant to be sent. */
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

    /** The same rate all the time. */
    static Pace steady(double eventsPerSecond, int batchEvents) {
        return new Steady(eventsPerSecond, batchEvents);
    }

    /** The same rate all the time. */
    record Steady(double eventsPerSecond, int batchEvents) implements Pace {
        @Override
        public long intendedNanos(long batch) {
            return Math.round((double) batch * batchEvents / eventsPerSecond * TimeUnit.SECONDS.toNanos(1));
        }

        @Override
        public void writeTo(JsonGenerator json) throws IOException {
            json.writeNumberField("eventsPerSecond", eventsPerSecond);
        }

        @Override
        public String toString() {
            return String.format(Locale.ROOT, "%,.0f events/s", eventsPerSecond);
        }
    }
}
