package org.millrace.interop;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import org.millrace.testkit.process.AgentProcess;
import org.millrace.testkit.process.AgentProcess.Kind;
import org.millrace.testkit.process.FreePorts;

/** Two agents that hand what they get on to a recorder, each of which can be taken down and started again. One thread at a time. */
final class AgentPair implements AutoCloseable {
    private static final List<String> FLAGS =
            List.of("-Xmx256m", "-XX:TieredStopAtLevel=1"); // started often, busy never
    private static final int SIZE = 2;

    private final Kind kind;
    private final Path dir;
    private final int recorderPort;
    private final int[] ports = new int[SIZE];
    private final AgentProcess[] agents = new AgentProcess[SIZE];

    AgentPair(Kind kind, Path dir, int recorderPort) {
        this.kind = kind;
        this.dir = dir;
        this.recorderPort = recorderPort;
        for (int i = 0; i < SIZE; i++) {
            ports[i] = FreePorts.next();
            launch(i);
        }
        for (AgentProcess agent : agents) {
            agent.awaitOpen();
        }
    }

    /** SIGKILL. */
    void kill(int agent) throws InterruptedException {
        agents[agent].process().kill();
    }

    /** SIGTERM, and waits. */
    void stop(int agent) {
        agents[agent].close();
    }

    void startAgain(int agent) {
        launch(agent);
        agents[agent].awaitOpen();
    }

    /** A file of {@code conf/client} with the agents as its hosts. */
    Path clientFile(String name) throws IOException {
        Properties properties = new Properties();
        try (var in = Files.newInputStream(Path.of("..", "conf", "client", name + ".properties"))) {
            properties.load(in);
        }
        properties.setProperty("hosts.h1", "127.0.0.1:" + ports[0]);
        properties.replace("hosts.h2", "127.0.0.1:" + ports[1]);
        Path file = dir.resolve("client-" + name + ".properties");
        try (var out = Files.newOutputStream(file)) {
            properties.store(out, null);
        }
        return file;
    }

    @Override
    public void close() {
        for (AgentProcess agent : agents) {
            if (agent != null) {
                agent.close();
            }
        }
    }

    private void launch(int agent) {
        String name = "agent-" + agent;
        String channel = kind == Kind.MILLRACE
                ? AgentFiles.fileChannel("s", "k", dir.resolve(name + "-channel"))
                : AgentFiles.channel("s", "k");
        String file = channel
                + AgentFiles.avroSource("s", ports[agent], "none")
                + AgentFiles.avroSink("k", recorderPort, 1_000, "none");
        agents[agent] = AgentProcess.launch(kind, name, dir, FLAGS, file, ports[agent]);
    }
}
