package org.millrace.relay.filter;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.Charset;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.millrace.api.ConfigFilter;

/**
 * Runs a program once for each key. Its output is a secret, also what it says on standard error: nothing of either is told. One thread.
 */
final class ExternalProcess implements ConfigFilter {
    private static final int MOST_BYTES = 64 << 10;
    private static final File NOTHING = new File("/dev/null");

    private final List<String> command;
    private final Charset charset;
    private final Duration timeout;
    private final Map<String, String> known = new HashMap<>();

    ExternalProcess(List<String> command, Charset charset, Duration timeout) {
        this.command = List.copyOf(command);
        this.charset = charset;
        this.timeout = timeout;
    }

    @Override
    public String value(String key) throws FilterException {
        String value = known.get(key);
        if (value == null) {
            value = run(key);
            known.put(key, value);
        }
        return value;
    }

    private String run(String key) throws FilterException {
        List<String> line = new ArrayList<>(command);
        line.add(key);
        Process process;
        try {
            process = new ProcessBuilder(line)
                    .redirectInput(NOTHING)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
        } catch (IOException e) {
            throw new FilterException(command.get(0) + " cannot be run", e);
        }
        try {
            return outputOf(process);
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }

    private String outputOf(Process process) throws FilterException {
        CompletableFuture<byte[]> output = new CompletableFuture<>();
        Thread reader = new Thread(() -> read(process.getInputStream(), output), "config-filter");
        reader.setDaemon(true);
        reader.start();
        long deadlineNanos = System.nanoTime() + timeout.toNanos();
        try {
            byte[] bytes = output.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
            if (bytes.length > MOST_BYTES) {
                throw new FilterException(command.get(0) + " prints more than " + MOST_BYTES + " bytes");
            }
            if (!process.waitFor(deadlineNanos - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                throw tooLong();
            }
            if (process.exitValue() != 0) {
                throw new FilterException(command.get(0) + " ended with exit code " + process.exitValue());
            }
            return firstLine(new String(bytes, charset));
        } catch (TimeoutException e) {
            throw tooLong();
        } catch (ExecutionException e) {
            throw new FilterException("the output of " + command.get(0) + " cannot be read", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new FilterException("interrupted", e);
        }
    }

    private static void read(InputStream in, CompletableFuture<byte[]> output) {
        try (in) {
            output.complete(in.readNBytes(MOST_BYTES + 1));
        } catch (IOException e) {
            output.completeExceptionally(e);
        }
    }

    private String firstLine(String output) throws FilterException {
        return output.lines().findFirst().orElseThrow(() -> new FilterException(command.get(0) + " printed nothing"));
    }

    private FilterException tooLong() {
        return new FilterException(command.get(0) + " has not ended within " + timeout.toSeconds() + " s");
    }
}
