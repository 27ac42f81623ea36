package org.millrace.load;

import java.nio.file.Path;
import java.time.Duration;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import org.millrace.client.ConnectionSettings;
import org.millrace.client.ConnectionSettings.CompressionLayer;
import org.millrace.tls.ClientTls;
import picocli.CommandLine.Option;

/** How the target is talked to. */
final class TargetOptions {
    private static final int MOST_CONNECTIONS = 10_000;
    private static final int MOST_IN_FLIGHT = 10_000;
    private static final int MOST_THREADS = 4;

    @Option(names = "--connections", paramLabel = "N", description = "Connections (4).")
    private int connections = 4;

    @Option(names = "--in-flight", paramLabel = "N", description = "Batches without an answer on each connection (4).")
    private int inFlight = 4;

    @Option(names = "--timeout", paramLabel = "TIME", description = "For an answer, and for a connection (20s).")
    private String timeout = "20s";

    @Option(
            names = "--deflate",
            paramLabel = "LEVEL",
            description = "Compress, 0 to 9; the source's compression-type must be deflate.")
    private @Nullable Integer deflateLevel;

    @Option(
            names = "--tls",
            paramLabel = "FILE",
            description = "Speak TLS; a properties file with its keys as in Flume's client SDK: truststore, "
                    + "truststore-password, verify-hostname and so on. With --deflate, compression is around it.")
    private @Nullable Path tls;

    int connections() {
        OptionException.requireBetween("--connections", connections, 1, MOST_CONNECTIONS);
        return connections;
    }

    int inFlight() {
        OptionException.requireBetween("--in-flight", inFlight, 1, MOST_IN_FLIGHT);
        return inFlight;
    }

    /** For an answer, a connection, and a target that has gone. */
    Duration patience() {
        return OptionException.parse("--timeout", () -> Units.parsePositiveTime(timeout));
    }

    ConnectionSettings settings() {
        Duration patience = patience();
        OptionalInt level = deflateLevel == null ? OptionalInt.empty() : OptionalInt.of(deflateLevel);
        ConnectionSettings plain =
                OptionException.parse("--deflate", () -> new ConnectionSettings(patience, patience, level));
        Path keys = tls;
        return keys == null
                ? plain
                : OptionException.parse(
                        "--tls", () -> plain.withTls(ClientTls.ofFile(keys), CompressionLayer.OUTSIDE_TLS));
    }

    /** Event loops: half of the processors, as the sender and perhaps the target need some too. */
    int threads() {
        int half = Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
        return Math.min(connections, Math.min(MOST_THREADS, half));
    }
}
