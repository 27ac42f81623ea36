package org.millrace.testkit.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What Linux tells of a process. */
final class ProcFile {
    private ProcFile() {}

    /** {@code VmRSS} of {@code /proc/PID/status}, in bytes. */
    static long residentBytes(long pid) {
        try (var lines = Files.lines(Path.of("/proc", Long.toString(pid), "status"))) {
            return lines.filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
                    .findFirst()
                    .orElseThrow(() -> new IllegalStateException("process " + pid + " has ended"));
        } catch (IOException e) {
            throw new UncheckedIOException("status of process " + pid, e);
        }
    }
}
