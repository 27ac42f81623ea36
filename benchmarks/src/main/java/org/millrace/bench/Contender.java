package org.millrace.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.millrace.testkit.process.AgentProcess;
import org.millrace.testkit.process.AgentProcess.Kind;
import org.millrace.testkit.process.FreePorts;
import org.millrace.testkit.process.JavaProcess;

/** A server that takes part in a comparison, running. */
final class Contender implements AutoCloseable {
    /** For all alike. */
    private static final List<String> FLAGS = List.of("-Xms2g", "-Xmx2g");

    private final String name;
    private final JavaProcess process;
    private final int port;

    private Contender(String name, JavaProcess process, int port) {
        this.name = name;
        this.process = process;
        this.port = port;
    }

    /**
     * Starts an agent: Avro source → channel → sinks.
     *
     * @param name in the table, and of its files
     * @param sinkLines of its file, about its sinks
     */
    static Contender agent(String name, Kind kind, Path dir, ChannelChoice channel, String sinkLines) {
        return agent(name, kind, dir, channel, ChannelChoice.LARGE, sinkLines);
    }

    /**
     * As {@link #agent(String, Kind, Path, ChannelChoice, String)}.
     *
     * @param capacity of its channel, in events
     */
    static Contender agent(String name, Kind kind, Path dir, ChannelChoice channel, int capacity, String sinkLines) {
        int port = FreePorts.next();
        String process = name.replace(' ', '-');
        String file = """
            a.sources = r
            a.channels = c
            a.sources.r.type = avro
            a.sources.r.channels = c
            a.sources.r.bind = 127.0.0.1
            a.sources.r.port = %d
            """.formatted(port) + channel.lines(dir.resolve(process + "-channel"), capacity) + sinkLines;
        return new Contender(
                name,
                AgentProcess.start(kind, process, dir, flags(kind), file, port).process(),
                port);
    }

    /** The heap is the same for all; the rest is what the launcher of each gives to Java. */
    private static List<String> flags(Kind kind) {
        if (kind == Kind.FLUME) {
            return FLAGS;
        }
        List<String> flags = new ArrayList<>(FLAGS);
        flags.addAll(List.of("-XX:+UseParallelGC", "-Dio.netty.leakDetection.level=disabled"));
        return flags;
    }

    /** Starts the server that does nothing. */
    static Contender nullServer(Path dir) {
        return nullServer("null server", dir, List.of());
    }

    /** Starts the server that does nothing but force what it is sent before it answers. */
    static Contender forcingServer(String name, Path dir) {
        return nullServer(name, dir, List.of(dir.toString()));
    }

    private static Contender nullServer(String name, Path dir, List<String> more) {
        int port = FreePorts.next();
        List<String> command = new ArrayList<>(List.of("org.millrace.bench.NullServer", Integer.toString(port)));
        command.addAll(more);
        JavaProcess process =
                JavaProcess.start(name.replace(' ', '-'), dir, FLAGS, System.getProperty("java.class.path"), command);
        AgentProcess.awaitPort(process, port);
        return new Contender(name, process, port);
    }

    String name() {
        return name;
    }

    /** Whose answers count. */
    Target target() {
        return Target.server(port, process::cpuNanos);
    }

    /** Where it counts what has come out at the end. */
    Target hopTarget(LongSupplier arrived) {
        return Target.hop(port, process::cpuNanos, arrived);
    }

    /** Where it counts what stands in a store. */
    Target storeTarget(LongSupplier arrived) {
        return Target.store(port, process::cpuNanos, arrived);
    }

    @Override
    public void close() {
        process.close();
    }
}
