package org.millrace.testkit.process;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;

/** A real single-node HDFS in a JVM of its own. A module that uses it declares {@code hdfs-single-node}. One thread at a time. */
public final class HdfsProcess implements AutoCloseable {
    private static final Duration START_LIMIT = Duration.ofMinutes(2);

    private final JavaProcess process;
    private final URI address;

    private HdfsProcess(JavaProcess process, URI address) {
        this.process = process;
        this.address = address;
    }

    /**
     * Starts it; returns once files can be written.
     *
     * @param dir where it makes {@code hdfs/} for its data, and {@code hdfs.log}
     * @param flags for the JVM
     */
    public static HdfsProcess start(Path dir, List<String> flags) throws IOException {
        Path data = Files.createDirectories(dir.resolve("hdfs"));
        JavaProcess process = JavaProcess.start(
                "hdfs",
                dir,
                flags,
                System.getProperty("java.class.path"),
                List.of("org.millrace.singlenode.SingleNodeHdfs", "serve", "--dir", data.toString()));
        try {
            return new HdfsProcess(process, awaitAddress(process, data.resolve("address")));
        } catch (IOException | RuntimeException e) {
            process.close();
            throw e;
        }
    }

    private static URI awaitAddress(JavaProcess process, Path file) throws IOException {
        Awaitility.await("address of " + process.name())
                .atMost(START_LIMIT)
                .pollInterval(20, MILLISECONDS)
                .pollDelay(0, SECONDS)
                .until(() -> {
                    if (!process.isAlive()) {
                        throw new IllegalStateException(process.name() + " ended at its start:\n" + process.log());
                    }
                    return Files.exists(file);
                });
        return URI.create(Files.readString(file).strip());
    }

    /** Where clients connect, {@code hdfs://127.0.0.1:port}. */
    public URI address() {
        return address;
    }

    public JavaProcess process() {
        return process;
    }

    /** SIGTERM, then waits. */
    @Override
    public void close() {
        process.close();
    }
}
