package org.millrace.bench;

import com.sun.management.OperatingSystemMXBean;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.jspecify.annotations.Nullable;

/**
 * Hadoop's client by itself: writes ready batches into files, as an HDFS sink would that costs nothing. A process that takes orders line
 * by line, {@code STREAMS BATCH-EVENTS FLUSHES WARM-UP-MS MEASURED-MS}, and answers {@code EVENTS SECONDS CPU-NANOS}.
 */
final class ClientAlone {
    private static final long FILE_BYTES = 128 << 20;

    private final FileSystem files;
    private final Path directory;
    private final byte[] batch;
    private final int batchEvents;
    private final LongAdder events = new LongAdder();
    private volatile boolean isStopped;
    private volatile @Nullable IOException broken;

    private ClientAlone(FileSystem files, Path directory, int batchEvents, int eventBytes) {
        this.files = files;
        this.directory = directory;
        this.batchEvents = batchEvents;
        this.batch = new byte[batchEvents * eventBytes];
        Arrays.fill(batch, (byte) 'a');
    }

    /** @param args directory with its address, bytes of an event as they stand in the file */
    public static void main(String[] args) throws IOException, InterruptedException {
        Path directory = new Path(args[0]);
        try (FileSystem files = FileSystem.newInstance(URI.create(args[0]), new Configuration());
                BufferedReader orders = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            for (String order = orders.readLine(); order != null; order = orders.readLine()) {
                String[] words = order.split(" ");
                ClientAlone run =
                        new ClientAlone(files, directory, Integer.parseInt(words[1]), Integer.parseInt(args[1]));
                System.out.println(run.run(
                        Integer.parseInt(words[0]),
                        Boolean.parseBoolean(words[2]),
                        Long.parseLong(words[3]),
                        Long.parseLong(words[4])));
                files.delete(directory, true);
            }
        }
    }

    private String run(int streams, boolean flushes, long warmUpMillis, long measuredMillis)
            throws IOException, InterruptedException {
        List<Thread> writers = new ArrayList<>();
        for (int i = 0; i < streams; i++) {
            String name = "stream-" + i;
            writers.add(new Thread(() -> write(name, flushes), name));
        }
        writers.forEach(Thread::start);
        TimeUnit.MILLISECONDS.sleep(warmUpMillis);
        OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
        long cpuBefore = system.getProcessCpuTime();
        long eventsBefore = events.sum();
        long start = System.nanoTime();
        TimeUnit.MILLISECONDS.sleep(measuredMillis);
        long written = events.sum() - eventsBefore;
        double seconds = (System.nanoTime() - start) / 1e9;
        long cpu = system.getProcessCpuTime() - cpuBefore;
        isStopped = true;
        for (Thread writer : writers) {
            writer.join();
        }
        if (broken != null) {
            throw broken;
        }
        return String.format(Locale.ROOT, "%d %f %d", written, seconds, cpu);
    }

    private void write(String name, boolean flushes) {
        try {
            for (int file = 0; !isStopped; file++) {
                try (FSDataOutputStream out = files.create(new Path(directory, name + "." + file), false)) {
                    while (!isStopped && out.getPos() < FILE_BYTES) {
                        out.write(batch);
                        if (flushes) {
                            out.hflush();
                        }
                        events.add(batchEvents);
                    }
                }
            }
        } catch (IOException e) {
            broken = e;
        }
    }
}
