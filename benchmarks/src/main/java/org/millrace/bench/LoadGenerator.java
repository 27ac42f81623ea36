package org.millrace.bench;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Sends as fast as the answers come, and tells how fast that was. Frames are encoded before; no event is touched while it runs. */
@Command(
        name = "load-generator",
        mixinStandardHelpOptions = true,
        showDefaultValues = true,
        description = "Sends batches to an Avro source in a closed loop; prints events/s and latencies.")
public final class LoadGenerator implements Callable<Integer> {
    @Option(names = "--host", defaultValue = "127.0.0.1")
    private String host = "";

    @Option(names = "--port", required = true)
    private int port;

    @Option(names = "--connections", defaultValue = "4")
    private int connections;

    @Option(names = "--in-flight", defaultValue = "1", description = "requests without an answer, each connection")
    private int inFlight;

    @Option(names = "--batch", defaultValue = "100", description = "events in a request")
    private int batch;

    @Option(names = "--body", defaultValue = "512", description = "bytes of an event's body")
    private int body;

    @Option(names = "--warm-up", defaultValue = "3", description = "seconds before it counts")
    private int warmUpSeconds;

    @Option(names = "--seconds", defaultValue = "10", description = "seconds that count")
    private int seconds;

    @Option(names = "--pid", description = "process of the server, to tell its CPU time too")
    private long pid;

    private LoadGenerator() {}

    public static void main(String[] args) {
        System.exit(new CommandLine(new LoadGenerator()).execute(args));
    }

    @Override
    public Integer call() throws InterruptedException {
        Workload workload = new Workload(connections, inFlight, batch, body);
        Target target = new Target(new InetSocketAddress(host, port), this::cpuNanos, null, false);
        LoadResult result =
                new LoadRun(target, workload).run(Duration.ofSeconds(warmUpSeconds), Duration.ofSeconds(seconds));
        System.out.println(workload + ": " + result);
        if (pid != 0) {
            System.out.printf(Locale.ROOT, "server: %.3f CPU-s per million events%n", result.cpuSecondsPerMillion());
        }
        return 0;
    }

    private long cpuNanos() {
        if (pid == 0) {
            return 0;
        }
        return ProcessHandle.of(pid)
                .flatMap(process -> process.info().totalCpuDuration())
                .orElseThrow(() -> new IllegalArgumentException("no process " + pid))
                .toNanos();
    }
}
