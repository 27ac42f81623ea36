package org.millrace.load;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.millrace.codec.EventBatch;

/**
 * Batches that were encoded before the run, round and round, so that an event costs the sender nothing. Possible where the events begin
 * again after a while, and are not too much for memory until then.
 */
final class PreparedEvents implements Events {
    private static final long MOST_BYTES = 32L << 20;
    private static final long MOST_BATCHES = 1 << 16;

    private final int batchEvents;
    private final List<EventBatch> pool;

    private PreparedEvents(int batchEvents, List<EventBatch> pool) {
        this.batchEvents = batchEvents;
        this.pool = pool;
    }

    /** Prepared events where that is possible, or such as are encoded when they are due. The caller closes them. */
    static Events of(Bodies bodies, List<Header> headers, int batchEvents) {
        EncodedEvents encoded = new EncodedEvents(bodies, headers);
        long batches = periodBatches(bodies, headers, batchEvents);
        if (batches == 0) {
            return encoded;
        }
        List<EventBatch> pool = fill(encoded, batches, batchEvents);
        if (pool == null) {
            return encoded;
        }
        boolean drawn =
                (bodies.isDrawn() && bodies.period() > 1) || headers.stream().anyMatch(Header::isDrawn);
        if (drawn) {
            goOn(pool, encoded, (int) batches, batchEvents);
        }
        encoded.close();
        return new PreparedEvents(batchEvents, pool);
    }

    /** After how many batches all that is not drawn begins again with a batch; 0 if never, or not before memory is full. */
    private static long periodBatches(Bodies bodies, List<Header> headers, int batchEvents) {
        long period = bodies.isDrawn() ? 1 : bodies.period();
        for (Header header : headers) {
            if (header.period() == 0) {
                return 0;
            }
            if (!header.isDrawn()) {
                long factor = header.period() / gcd(period, header.period());
                if (factor > MOST_BYTES / period) { // an event is two bytes at least
                    return 0;
                }
                period *= factor;
            }
        }
        long batches = period / gcd(period, batchEvents);
        return batches > MOST_BATCHES ? 0 : batches;
    }

    private static long gcd(long a, long b) {
        return b == 0 ? a : gcd(b, a % b);
    }

    private static @Nullable List<EventBatch> fill(EncodedEvents encoded, long batches, int batchEvents) {
        List<EventBatch> pool = new ArrayList<>();
        long bytes = 0;
        for (long i = 0; i < batches; i++) {
            EventBatch batch = encoded.batch(i * batchEvents, batchEvents).condensed();
            pool.add(batch);
            bytes += batch.encodedBytes();
            if (bytes > MOST_BYTES && batches > 1) {
                pool.forEach(EventBatch::release);
                return null;
            }
        }
        return pool;
    }

    /** Whole periods more, with other draws, until all of those or the memory is used. */
    private static void goOn(List<EventBatch> pool, EncodedEvents encoded, int period, int batchEvents) {
        long bytes = pool.stream().mapToLong(EventBatch::encodedBytes).sum();
        long bytesOfPeriod = bytes;
        while ((long) pool.size() * batchEvents < DrawnBodies.DRAWS && bytes + bytesOfPeriod <= MOST_BYTES) {
            for (int i = 0; i < period; i++) {
                EventBatch batch = encoded.batch((long) pool.size() * batchEvents, batchEvents)
                        .condensed();
                bytes += batch.encodedBytes();
                pool.add(batch);
            }
        }
    }

    @Override
    public EventBatch batch(long first, int events) {
        EventBatch batch = pool.get((int) (first / batchEvents % pool.size())).retain();
        if (events == batchEvents) {
            return batch;
        }
        EventBatch.Split split = batch.split(events); // the run's last one
        split.tail().release();
        return split.head();
    }

    @Override
    public void close() {
        pool.forEach(EventBatch::release);
        pool.clear();
    }
}
