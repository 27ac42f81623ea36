package org.millrace.bench;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import org.HdrHistogram.Histogram;

/**
 * What the disk allows: one thread writes groups into a file that was filled with zeros before, over and over, and forces each. A group
 * is as large as half of what a load has in flight, since the other half collects meanwhile. One thread at a time.
 */
final class RawDisk implements AutoCloseable {
    private static final int FILE_BYTES = 256 << 20;
    private static final int MOST_GROUP_BYTES = 4 << 20;
    private static final int BLOCK_BYTES = 4096;
    private static final int HEADERS_BYTES = 63 + 2; // and the body's length

    private final Path path;
    private final FileChannel file;

    RawDisk(Path dir) throws IOException {
        path = dir.resolve("raw");
        file = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        ByteBuffer zeros = ByteBuffer.allocateDirect(MOST_GROUP_BYTES);
        for (long at = 0; at < FILE_BYTES; at += MOST_GROUP_BYTES) {
            file.write(zeros.clear(), at);
        }
        file.force(true);
    }

    /** Latency is that of a write with its force; CPU time is that of the thread. */
    LoadResult run(Workload load, Duration warmUp, Duration measured) throws IOException {
        long batchBytes = (long) load.batchEvents() * (load.bodyBytes() + HEADERS_BYTES);
        int batches = Math.max(1, load.connections() * load.inFlight() / 2);
        while (batches > 1 && batches * batchBytes > MOST_GROUP_BYTES) {
            batches--;
        }
        int bytes = (int) ((batches * batchBytes + BLOCK_BYTES - 1) / BLOCK_BYTES * BLOCK_BYTES);
        ByteBuffer group = ByteBuffer.allocateDirect(bytes);
        write(group, warmUp, LoadConnection.emptyHistogram());
        Histogram latency = LoadConnection.emptyHistogram();
        long cpuBefore = cpuNanos();
        long start = System.nanoTime();
        write(group, measured, latency);
        double seconds = (System.nanoTime() - start) / 1e9;
        long events = latency.getTotalCount() * batches * load.batchEvents();
        return new LoadResult(seconds, events, 0, latency, cpuNanos() - cpuBefore);
    }

    private void write(ByteBuffer group, Duration time, Histogram latency) throws IOException {
        long end = System.nanoTime() + time.toNanos();
        long at = 0;
        while (System.nanoTime() - end < 0) {
            long start = System.nanoTime();
            file.write(group.clear(), at);
            file.force(false);
            latency.recordValue(System.nanoTime() - start);
            at = at + 2L * group.capacity() <= FILE_BYTES ? at + group.capacity() : 0;
        }
    }

    private static long cpuNanos() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }

    @Override
    public void close() throws IOException {
        file.close();
        Files.delete(path);
    }
}
