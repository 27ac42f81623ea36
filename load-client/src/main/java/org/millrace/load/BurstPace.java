package org.millrace.load;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.time.Duration;

/**
 * Some batches at once, a pause, and again.
 *
 * @param batches at once; 1 or more
 * @param every from the beginning of one burst to that of the next; more than 0
 */
record BurstPace(long batches, Duration every) implements Pace {
    @Override
    public long intendedNanos(long batch) {
        return batch / batches * every.toNanos();
    }

    @Override
    public void writeTo(JsonGenerator json) throws IOException {
        json.writeNumberField("burstBatches", batches);
        json.writeNumberField("burstEverySeconds", every.toNanos() / 1e9);
    }

    @Override
    public String toString() {
        return "bursts of " + batches + " batches every " + Units.time(every.toNanos());
    }
}
