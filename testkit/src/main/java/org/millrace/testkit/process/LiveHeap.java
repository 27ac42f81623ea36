package org.millrace.testkit.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What another JVM holds in its heap after a full collection, as {@code jcmd} tells it: the same for every collector. */
public final class LiveHeap {
    private static final String LAST_LINE = "Total";

    private LiveHeap() {}

    /**
     * Bytes of all live objects of a process, of the same user as ours; also of this one. By way of a file: newer JVMs tell the table
     * while all their threads stand still, and this one could not read it from a pipe meanwhile.
     *
     * @throws IllegalStateException if it is none, or has ended
     */
    public static long bytesOf(long pid) throws IOException {
        Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
        Path file = Files.createTempFile("live-heap", ".txt");
        try {
            Process histogram = new ProcessBuilder(jcmd.toString(), Long.toString(pid), "GC.class_histogram")
                    .redirectErrorStream(true)
                    .redirectOutput(file.toFile())
                    .start();
            histogram.onExit().join();
            return total(Files.readString(file), pid);
        } finally {
            Files.delete(file);
        }
    }

    private static long total(String text, long pid) {
        return text.lines()
                .filter(line -> line.startsWith(LAST_LINE)) // Total    instances    bytes
                .mapToLong(line -> Long.parseLong(line.trim().split("\\s+")[2]))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("jcmd did not tell the heap of " + pid + ": " + text));
    }
}
