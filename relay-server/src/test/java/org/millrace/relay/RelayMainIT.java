package org.millrace.relay;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.api.ComponentFactory;
import org.millrace.relay.cli.ExitCode;
import org.millrace.relay.fakes.PlugInJar;

/** The program in a process of its own, as the launcher starts it: what it says, how it ends. */
@Timeout(300)
class RelayMainIT {
    private static final String FILE = """
            a.channels = c1
            a.sinks = k1
            a.channels.c1.type = memory
            a.sinks.k1.type = null
            a.sinks.k1.channel = c1
            """;

    @TempDir
    private Path directory;

    private final List<String> said = new ArrayList<>();
    /** What the process is started by; empty: directly. */
    private List<String> launcher = List.of();

    private Process process;

    @AfterEach
    void endProcess() {
        process.destroyForcibly();
    }

    @Test
    void sigtermStopsTheAgentWithExitCodeZero() throws Exception {
        start(List.of(), FILE);
        readUntil("agent a started");
        process.toHandle().destroy(); // SIGTERM; the process's own destroy would also close its output
        assertThat(exitCode()).isEqualTo(ExitCode.DONE);
        assertThat(said).anyMatch(line -> line.contains("agent a stopped"));
    }

    @Test
    void aStopThatLosesWhatIsInMemoryEndsTheProgramWithOneAndSaysWhatIsLost() throws Exception {
        plugIn(ComponentFactory.OfSink.class, "com.acme.Stuck", """
                import org.millrace.api.*;
                public class Stuck implements ComponentFactory.OfSink {
                    public java.util.List<String> typeNames() { return java.util.List.of("stuck"); }
                    public Sink create(SinkContext context, Settings settings) {
                        return new Sink() {
                            public void start() {}
                            public Drain drain() throws DeliveryException {
                                try (Transaction tx = context.channel().begin()) {
                                    if (tx.take(10) == null) {
                                        return Drain.IDLE;
                                    }
                                }
                                throw new DeliveryException("there are events, and nobody takes them");
                            }
                            public void close() {}
                        };
                    }
                }
                """);
        start(
                List.of(plugInsOption(), "-Dmillrace.stop.deadline=0"),
                FILE.replace("k1.type = null", "k1.type = stuck") + """
                        a.sources = r1
                        a.sources.r1.type = seq
                        a.sources.r1.totalEvents = 7
                        a.sources.r1.batchSize = 7
                        a.sources.r1.channels = c1
                        """);
        readUntil("there are events, and nobody takes them");
        process.toHandle().destroy();
        assertThat(exitCode()).isEqualTo(ExitCode.FAILED);
        assertThat(said)
                .anyMatch(line -> line.contains("agent a stopped in")
                        && line.contains("channel c1 loses the 7 events in its memory"));
    }

    @Test
    void aStopInWhichAPartBreaksEndsTheProgramWithOneAndNamesThePart() throws Exception {
        startWithSource("", "throw new IllegalStateException(\"cannot be\");");
        readUntil("agent a started");
        process.toHandle().destroy();
        assertThat(exitCode()).isEqualTo(ExitCode.FAILED);
        assertThat(said)
                .anyMatch(line ->
                        line.contains("agent a stopped in") && line.contains("source r1 did not close cleanly"));
    }

    @Test
    void aRefusedConfigurationEndsTheProgram() throws Exception {
        start(List.of(), FILE.replace("k1.channel = c1", "k1.channel = c2"));
        assertThat(exitCode()).isEqualTo(ExitCode.REFUSED);
        assertThat(said).anyMatch(line -> line.contains("a.properties:5: a.sinks.k1.channel: c2"));
    }

    @Test
    void defaultsOfOptionsThatCannotBeReadAreAWrongCommandLine() throws Exception {
        Files.writeString(directory.resolve("flume.opts"), "name = \\u12");
        start(List.of("-cp", directory + File.pathSeparator + System.getProperty("java.class.path")), FILE);
        assertThat(exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(said).singleElement().asString().startsWith("millrace: flume.opts: cannot be read: ");
    }

    @Test
    void aFailedStartEndsTheProgramWithItsReason() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            start(
                    List.of(
                            "-Dflume.monitoring.type=http",
                            "-Dmillrace.monitoring.bind=127.0.0.1",
                            "-Dflume.monitoring.port=" + taken.getLocalPort()),
                    FILE);
            assertThat(exitCode()).isEqualTo(ExitCode.FAILED);
            assertThat(said)
                    .anyMatch(line -> line.contains("agent a did not start")
                            && line.contains("cannot listen on 127.0.0.1:" + taken.getLocalPort()
                                    + ": Address already in use (expected: a free port, "));
        }
    }

    @Test
    void aPartThatBreaksAtItsStartEndsTheProgramToo() throws Exception {
        startWithSource("throw new AssertionError(\"cannot be\");", "");
        assertThat(exitCode()).isEqualTo(ExitCode.FAILED);
        assertThat(said)
                .anyMatch(line -> line.contains("agent a did not start: source r1 broke at its start")
                        && line.contains("cannot be"));
    }

    @Test
    void sighupHasItPutAChangedFileIntoEffect() throws Exception {
        start(List.of(), FILE);
        readUntil("agent a started");
        Files.writeString(
                directory.resolve("a.properties"), FILE.replace("a.sinks.k1.type = null", "a.sinks.k1.type = logger"));
        hangUp();
        readUntil("agent a reloaded");
        assertThat(said)
                .anyMatch(line -> line.contains("reload: restart sink c1 -> k1 (logger): type: null -> logger"));
        Files.writeString(directory.resolve("a.properties"), FILE.replace("k1.channel = c1", "k1.channel = c2"));
        hangUp();
        readUntil("is refused, with 1 mistake: what runs goes on");
        assertThat(said).anyMatch(line -> line.contains("a.properties:5: a.sinks.k1.channel: c2"));
        process.toHandle().destroy();
        assertThat(exitCode()).isEqualTo(ExitCode.DONE);
    }

    @Test
    void underNohupItSaysThatTheSignalHasNoEffect() throws Exception {
        launcher = List.of("nohup");
        start(List.of(), FILE);
        readUntil("agent a started");
        assertThat(said).anyMatch(line -> line.contains("SIGHUP is ignored"));
        process.toHandle().destroy();
        assertThat(exitCode()).isEqualTo(ExitCode.DONE);
    }

    /** With a source that does this when it starts, and when it is closed. */
    private void startWithSource(String start, String close) throws IOException {
        plugIn(ComponentFactory.OfSource.class, "com.acme.Broken", """
                import org.millrace.api.*;
                public class Broken implements ComponentFactory.OfSource {
                    public java.util.List<String> typeNames() { return java.util.List.of("broken"); }
                    public Source create(SourceContext context, Settings settings) {
                        return new Source() {
                            public void start() { %s }
                            public void close() { %s }
                        };
                    }
                }
                """.formatted(start, close));
        start(
                List.of(plugInsOption()),
                FILE + "a.sources = r1\na.sources.r1.type = broken\na.sources.r1.channels = c1\n");
    }

    private void plugIn(Class<? extends ComponentFactory> kind, String className, String source) throws IOException {
        new PlugInJar()
                .source(className, source)
                .provides(kind, className)
                .writeTo(plugIns().resolve("acme/lib/own.jar"));
    }

    private String plugInsOption() {
        return "-Dmillrace.plugins.path=" + plugIns();
    }

    private Path plugIns() {
        return directory.resolve("plugins.d");
    }

    private void hangUp() throws Exception {
        assertThat(new ProcessBuilder("kill", "-HUP", Long.toString(process.pid()))
                        .start()
                        .waitFor())
                .isZero();
    }

    private void start(List<String> jvmOptions, String text) throws IOException {
        Path file = Files.writeString(directory.resolve("a.properties"), text);
        List<String> command = new ArrayList<>(launcher);
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                "-Dlog4j2.level=INFO"));
        command.addAll(jvmOptions);
        command.addAll(List.of(RelayMain.class.getName(), "agent", "-n", "a", "-f", file.toString()));
        process = new ProcessBuilder(command).redirectErrorStream(true).start();
    }

    private void readUntil(String part) throws IOException {
        BufferedReader output = output();
        String line = output.readLine();
        while (line != null) {
            said.add(line);
            if (line.contains(part)) {
                return;
            }
            line = output.readLine();
        }
        throw new AssertionError("the program ended without \"" + part + "\": " + said);
    }

    private int exitCode() throws IOException, InterruptedException {
        output().lines().forEach(said::add);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return process.exitValue();
    }

    private BufferedReader output() {
        return process.inputReader(StandardCharsets.UTF_8);
    }
}
