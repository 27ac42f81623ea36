package org.millrace.testkit.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** What another JVM holds in its heap after a full collection, as {@code jcmd} tells it: the same for every collector. */
public final class LiveHeap {
    private static final String LAST_LINE = "Total";

    private LiveHeap() {}

    /**
     * Bytes of all live objects of a process, of the same user as ours.
     *
     * @throws IllegalStateException if it is none, or has ended
     */
    public static long bytesOf(long pid) throws IOException {
        Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
        Process histogram = new ProcessBuilder(jcmd.toString(), Long.toString(pid), "GC.class_histogram")
                .redirectErrorStream(true)
                .start();
        String text = new String(histogram.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return text.lines()
                .filter(line -> line.startsWith(LAST_LINE)) // Total    instances    bytes
                .mapToLong(line -> Long.parseLong(line.trim().split("\\s+")[2]))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("jcmd did not tell the heap of " + pid + ": " + text));
    }
}
