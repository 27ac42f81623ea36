package org.millrace.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.millrace.testkit.process.AgentProcess;
import org.millrace.testkit.process.AgentProcess.Kind;
import org.millrace.testkit.process.EventServer;
import org.millrace.testkit.process.FreePorts;

/**
 * A failover group and a load-balancing group of ours, both before the same two collectors with file channels, Flume's or ours, of which
 * one is killed under load and comes back.
 */
class SinkGroupIT {
    private static final List<String> HEAP = List.of("-Xmx256m");
    private static final int LINES = 50_000;
    private static final int FEW_LINES = 500;

    private final Arrivals arrivals = new Arrivals();
    private int written;
    private int files;

    @ParameterizedTest(name = "collectors: {0}")
    @EnumSource(Kind.class)
    void nothingIsLostWhileACollectorIsKilledAndComesBack(Kind kind, @TempDir Path dir) throws Exception {
        Path failover = Files.createDirectory(dir.resolve("failover"));
        Path balanced = Files.createDirectory(dir.resolve("balanced"));
        int first = FreePorts.next();
        int second = FreePorts.next();
        try (EventServer store = new EventServer(0, arrivals)) {
            AgentProcess preferred = collector(kind, "preferred", dir, first, store.port());
            try (AgentProcess other = collector(kind, "other", dir, second, store.port());
                    AgentProcess edge = AgentProcess.start(
                            Kind.MILLRACE, "edge", dir, HEAP, edge(failover, balanced, first, second))) {
                write(failover, LINES);
                write(balanced, LINES);
                await().until(() -> arrivals.numbers() > LINES / 10);
                preferred.process().kill(); // while the rest is on its way
                awaitActive(edge, "f2", "b2", failover, balanced);
                preferred = collector(kind, "preferred", dir, first, store.port());
                awaitActive(edge, "f1", "b1 b2", failover, balanced);
                await().until(() -> arrivals.numbers() == written || arrivals.firstFault() != null);
                assertThat(arrivals.firstFault()).isNull();
                assertThat(other.process().isAlive()).isTrue();
                assertThat(edge.process().log())
                        .contains("sink group g1: sink f2 takes over from sink f1, which is tried again in")
                        .contains("sink group g1: sink f1 delivers again, and takes over from sink f2");
            } finally {
                preferred.close();
            }
        }
    }

    private void write(Path spool, int lines) throws IOException {
        NumberedLines.write(spool.resolve("log." + ++files), written, lines);
        written += lines;
    }

    /** Sends a few lines again and again: without an event nobody tries who is there. */
    private void awaitActive(AgentProcess edge, String inFirst, String inSecond, Path failover, Path balanced) {
        await().pollInterval(Duration.ofMillis(250)).until(() -> {
            write(failover, FEW_LINES);
            write(balanced, FEW_LINES);
            String metrics = edge.metrics();
            return metrics.contains("\"active\":\"" + inFirst + "\"")
                    && metrics.contains("\"active\":\"" + inSecond + "\"");
        });
    }

    private static AgentProcess collector(Kind kind, String name, Path dir, int port, int storePort) {
        String file = """
                a.sources = s
                a.channels = c
                a.sinks = k
                a.channels.c.type = file
                a.channels.c.dataDirs = %1$s
                a.channels.c.checkpointDir = %1$s-checkpoint
                a.channels.c.capacity = 200000
                a.channels.c.minimumRequiredSpace = 2000000
                """.formatted(dir.resolve(name + "-channel"))
                + AgentFiles.avroSource("s", port, "none")
                + AgentFiles.avroSink("k", storePort, 1_000, "none");
        return AgentProcess.start(kind, name, dir, HEAP, file, port);
    }

    private static String edge(Path failover, Path balanced, int first, int second) {
        return """
                a.sources = s1 s2
                a.channels = c1 c2
                a.sinks = f1 f2 b1 b2
                a.sinkgroups = g1 g2
                a.sinkgroups.g1.sinks = f1 f2
                a.sinkgroups.g1.processor.type = failover
                a.sinkgroups.g1.processor.priority.f1 = 10
                a.sinkgroups.g1.processor.priority.f2 = 5
                a.sinkgroups.g1.processor.maxpenalty = 2000
                a.sinkgroups.g2.sinks = b1 b2
                a.sinkgroups.g2.processor.type = load_balance
                a.sinkgroups.g2.processor.backoff = true
                a.sinkgroups.g2.processor.selector.maxTimeOut = 2000
                """
                + way("s1", "c1", failover) + way("s2", "c2", balanced)
                + sink("f1", "c1", first) + sink("f2", "c1", second)
                + sink("b1", "c2", first) + sink("b2", "c2", second);
    }

    private static String way(String source, String channel, Path spool) {
        return """
                a.sources.%1$s.type = spooldir
                a.sources.%1$s.channels = %2$s
                a.sources.%1$s.spoolDir = %3$s
                a.sources.%1$s.batchSize = 200
                a.channels.%2$s.type = memory
                a.channels.%2$s.capacity = 10000
                a.channels.%2$s.transactionCapacity = 1000
                """.formatted(source, channel, spool);
    }

    private static String sink(String name, String channel, int port) {
        return AgentFiles.avroSink(name, port, 200, "none").replace("channel = c\n", "channel = " + channel + "\n");
    }

    /** Which numbers have come to the end of the way. A connection that breaks is what the test is about, and no fault. */
    private static final class Arrivals implements EventServer.Taker {
        private final BitSet numbers = new BitSet();
        private @Nullable String firstFault;

        @Override
        public synchronized void take(Map<String, String> headers, byte[] body) {
            numbers.set(NumberedLines.check(Map.of(), headers, body));
        }

        @Override
        public synchronized void fault(Exception why) {
            if (firstFault == null) {
                firstFault = why.toString();
            }
        }

        @Override
        public void broken(IOException why) {
            // as it should be
        }

        synchronized int numbers() {
            return numbers.cardinality();
        }

        synchronized @Nullable String firstFault() {
            return firstFault;
        }
    }
}
