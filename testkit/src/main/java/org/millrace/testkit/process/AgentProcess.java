package org.millrace.testkit.process;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/** An agent, ours or Flume's, in a JVM of its own, serving {@code /metrics} on a free port. One thread at a time. */
public final class AgentProcess implements AutoCloseable {
    /** The agent's name in its configuration: {@code a.sources = …}. */
    public static final String AGENT = "a";

    private static final Duration START_LIMIT = Duration.ofMinutes(2);

    private final JavaProcess process;
    private final Path file;
    private final int metricsPort;
    private final int[] ports;

    private AgentProcess(JavaProcess process, Path file, int metricsPort, int[] ports) {
        this.process = process;
        this.file = file;
        this.metricsPort = metricsPort;
        this.ports = ports;
    }

    /** Whose agent: how it is started. */
    public enum Kind {
        /** Ours, from the class path that this JVM has; or by the launcher of the install that the system property {@code millrace.install} names. */
        MILLRACE {
            @Override
            JavaProcess start(String name, Path dir, List<String> flags, List<String> options) {
                String install = System.getProperty("millrace.install");
                if (install == null) {
                    List<String> command = joined(List.of("org.millrace.relay.RelayMain"), joined(OURS, options));
                    return JavaProcess.start(name, dir, flags, System.getProperty("java.class.path"), command);
                }
                Path launcher = Path.of(install, "bin", "millrace").toAbsolutePath();
                List<String> command = joined(List.of(launcher.toString()), OURS);
                return JavaProcess.ofScript(name, dir, joined(command, joined(flags, options)));
            }
        },
        /** Flume as released, from the directory named by the system property {@code flume.peer}. */
        FLUME {
            @Override
            JavaProcess start(String name, Path dir, List<String> flags, List<String> options) {
                List<String> command =
                        joined(List.of("org.apache.flume.node.Application", "--no-reload-conf"), options);
                return JavaProcess.start(name, dir, joined(flumeFlags(), flags), flumeClassPath(), command);
            }
        };

        /**
         * Starts an agent.
         *
         * @param flags for the JVM
         * @param options of the command
         */
        abstract JavaProcess start(String name, Path dir, List<String> flags, List<String> options);

        private static final List<String> OURS = List.of("agent", "--poll-interval", "1");

        private static List<String> joined(List<String> first, List<String> second) {
            return Stream.concat(first.stream(), second.stream()).toList();
        }
    }

    /**
     * Flags for a JVM of Flume's or of its client: those that the system property {@code flume.peer.flags} has with blanks between, for
     * where nobody measures and Flume need not become fast, and behind them its own.
     */
    public static List<String> flumeFlags(String... own) {
        List<String> flags = new ArrayList<>();
        String ofAll = System.getProperty("flume.peer.flags", "").strip();
        if (!ofAll.isEmpty()) {
            flags.addAll(List.of(ofAll.split("\\s+")));
        }
        flags.addAll(List.of(own));
        return flags;
    }

    /**
     * The class path of Flume and of the driver of its SDK; and behind it what the system property {@code flume.peer.more} names, such as
     * Hadoop's client, which Flume is released without.
     */
    public static String flumeClassPath() {
        Path peer = Path.of(System.getProperty("flume.peer", "flume-peer/target"));
        if (!Files.isDirectory(peer.resolve("lib"))) {
            throw new IllegalStateException("no Flume in " + peer + ": build the module flume-peer, or set flume.peer");
        }
        String more = System.getProperty("flume.peer.more", "");
        return peer.resolve("classes") + ":" + peer.resolve("lib") + "/*" + (more.isEmpty() ? "" : ":" + more);
    }

    /** Entries of this JVM's class path that have one of the words in their name: what Flume is released without, such as Hadoop's client. */
    public static String ofOurClassPath(String... words) {
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> Arrays.stream(words).anyMatch(entry::contains))
                .collect(Collectors.joining(File.pathSeparator));
    }

    /**
     * Starts an agent; returns once all its ports are open.
     *
     * @param name of the process, for messages and its files in the directory
     * @param flags for the JVM, before ours
     * @param configuration lines of its properties file, for the agent {@value #AGENT}
     * @param ports its sources listen on
     */
    public static AgentProcess start(
            Kind kind, String name, Path dir, List<String> flags, String configuration, int... ports) {
        AgentProcess agent = launch(kind, name, dir, flags, configuration, ports);
        try {
            agent.awaitOpen();
            return agent;
        } catch (RuntimeException e) {
            agent.close();
            throw e;
        }
    }

    /** As {@link #start}, and returns at once. */
    public static AgentProcess launch(
            Kind kind, String name, Path dir, List<String> flags, String configuration, int... ports) {
        int metricsPort = FreePorts.next();
        List<String> allFlags = new ArrayList<>(flags);
        allFlags.add("-Dlog4j2.level=INFO"); // without a configuration file: to the console
        allFlags.add("-Dflume.monitoring.type=http");
        allFlags.add("-Dflume.monitoring.port=" + metricsPort);
        Path file = dir.resolve(name + ".properties");
        write(file, configuration);
        JavaProcess process = kind.start(name, dir, allFlags, List.of("-n", AGENT, "-f", file.toString()));
        return new AgentProcess(process, file, metricsPort, ports);
    }

    /** Gives it another properties file, which an agent of ours looks at within a second. */
    public void changeTo(String configuration) {
        write(file, configuration);
    }

    /** Waits until all its ports are open; fails when it ends before. */
    public void awaitOpen() {
        awaitPort(process, metricsPort);
        for (int port : ports) {
            awaitPort(process, port);
        }
    }

    private static void write(Path file, String configuration) {
        try {
            Files.writeString(file, configuration);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file, e);
        }
    }

    /** Waits until a process listens on a port; fails when it ends before. */
    public static void awaitPort(JavaProcess process, int port) {
        Awaitility.await("port " + port + " of " + process.name())
                .atMost(START_LIMIT)
                .pollInterval(50, MILLISECONDS)
                .pollDelay(0, SECONDS)
                .until(() -> {
                    if (!process.isAlive()) {
                        throw new IllegalStateException(process.name() + " ended at its start:\n" + process.log());
                    }
                    return isOpen(port);
                });
    }

    private static boolean isOpen(int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
            return true;
        } catch (IOException notYet) {
            return false;
        }
    }

    /** What {@code /metrics} says, as JSON. */
    public String metrics() throws IOException, InterruptedException {
        URI address = URI.create("http://127.0.0.1:" + metricsPort + "/metrics");
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(address).build(), BodyHandlers.ofString())
                .body();
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
