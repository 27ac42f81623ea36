package org.millrace.load;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** The same rate all the time. */
record SteadyPace(double eventsPerSecond, int batchEvents) implements Pace {
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
