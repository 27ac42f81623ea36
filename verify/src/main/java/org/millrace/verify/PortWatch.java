package org.millrace.verify;

import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.millrace.codec.EventBatch;
import org.millrace.codec.EventReader;

/** Counts what comes in on a port until all that was acked is there, or nothing has come for a while. */
final class PortWatch {
    private static final long LOOK_MILLIS = 100;

    private final Sightings sightings;
    private final Duration idle;
    private final LongSupplier nanoTime;
    private final Runnable progress;

    PortWatch(Sightings sightings, Duration idle, LongSupplier nanoTime, Runnable progress) {
        this.sightings = sightings;
        this.idle = idle;
        this.nanoTime = nanoTime;
        this.progress = progress;
    }

    void run(EventPort ports, String host, int port) throws IOException, InterruptedException {
        try (Closeable listening = ports.listen(host, port, this::take)) {
            long looked = -1;
            long since = nanoTime.getAsLong();
            while (!sightings.isAllThere() && nanoTime.getAsLong() - since < idle.toNanos()) {
                TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
                progress.run();
                if (sightings.looked() != looked) {
                    looked = sightings.looked();
                    since = nanoTime.getAsLong();
                }
            }
        }
    }

    private void take(EventBatch batch) {
        for (EventReader event = batch.reader(); event.next(); ) {
            sightings.see(event.array(), event.bodyOffset(), event.bodyLength(), false);
        }
    }
}
