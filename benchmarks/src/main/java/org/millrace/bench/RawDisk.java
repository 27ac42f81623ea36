package org.millrace.bench;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import org.HdrHistogram.Histogram;

/**
 * What the disk allows: one thread writes groups and forces each. A group is as large as half of what a load has in flight, since the
 * other half collects meanwhile. One thread at a time.
 */
final class RawDisk implements AutoCloseable {
    private static final int HEADERS_BYTES = 63 + 2; // and the body's length

    private final FilledFile file;

    RawDisk(Path dir) throws IOException {
        file = new FilledFile(dir.resolve("raw"));
    }

    /** Latency is that of a write with its force; CPU time is that of the thread. */
    LoadResult run(Workload load, Duration warmUp, Duration measured) throws IOException {
        long batchBytes = (long) load.batchEvents() * (load.bodyBytes() + HEADERS_BYTES);
        int batches = Math.max(1, load.connections() * load.inFlight() / 2);
        while (batches > 1 && batches * batchBytes > FilledFile.MOST_GROUP_BYTES) {
            batches--;
        }
        int bytes = (int) (batches * batchBytes);
        write(bytes, warmUp, LoadConnection.emptyHistogram());
        Histogram latency = LoadConnection.emptyHistogram();
        long cpuBefore = cpuNanos();
        long start = System.nanoTime();
        write(bytes, measured, latency);
        double seconds = (System.nanoTime() - start) / 1e9;
        long events = latency.getTotalCount() * batches * load.batchEvents();
        return new LoadResult(seconds, events, 0, latency, cpuNanos() - cpuBefore);
    }

    private void write(int bytes, Duration time, Histogram latency) throws IOException {
        long end = System.nanoTime() + time.toNanos();
        while (System.nanoTime() - end < 0) {
            long start = System.nanoTime();
            file.write(bytes);
            latency.recordValue(System.nanoTime() - start);
        }
    }

    private static long cpuNanos() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
