package org.millrace.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.testkit.PatientAwaits;
import org.millrace.testkit.process.AgentProcess;
import org.millrace.testkit.process.AgentProcess.Kind;
import org.millrace.testkit.process.EventServer;

/**
 * A process writes lines as fast as it can, its file is rotated as logrotate does it, and our agent tails it: by renaming, with a signal to
 * the writer afterwards; and by a copy and a truncation, during which the writer has to be held, since otherwise logrotate itself loses
 * what is written in between. The writer waits for the agent: it would be done before that is up.
 */
class LogRotationIT {
    private static final List<String> HEAP = List.of("-Xmx256m");
    private static final int LINES = 100_000;
    private static final int ROTATIONS = 6;

    @TempDir
    Path dir;

    private final Numbers arrived = new Numbers();
    private Path logs;
    private Path log;
    private EventServer server;
    private @Nullable Process writer;
    private int generation;

    @BeforeEach
    void fill() throws IOException {
        logs = Files.createDirectory(dir.resolve("logs"));
        log = Files.createFile(logs.resolve("x.log"));
        server = new EventServer(0, arrived);
        Files.writeString(dir.resolve("writer"), """
                exec >>x.log
                trap 'exec >>x.log' HUP
                i=0
                while [ $i -lt $1 ]; do
                  echo "line $i of a log that grows and grows"
                  i=$((i+1))
                done
                """);
    }

    private void startWriter() throws IOException {
        writer = new ProcessBuilder("/bin/sh", dir.resolve("writer").toString(), Integer.toString(LINES))
                .directory(logs.toFile())
                .start();
    }

    @AfterEach
    void stop() throws IOException {
        if (writer != null) {
            writer.destroyForcibly();
        }
        server.close();
    }

    @Test
    void eachLineComesOnceThroughRotationsOfBothKinds() throws Exception {
        try (AgentProcess agent = start("x\\\\.log")) {
            startWriter();
            for (int i = 0; i < ROTATIONS; i++) {
                awaitGrowth();
                awaitSeen();
                if (i % 2 == 0) {
                    rename();
                    create();
                } else {
                    copyAndTruncate();
                }
            }
            assertThat(writer.waitFor(PatientAwaits.LIMIT.toSeconds(), TimeUnit.SECONDS))
                    .isTrue();
            await().until(() -> arrived.numbers() == LINES || !agent.process().isAlive());
        }
        assertThat(arrived.numbers()).isEqualTo(LINES);
        assertThat(arrived.events()).as("none twice").isEqualTo(LINES);
    }

    @Test
    void anAgentThatIsKilledWithinRotationsLosesNoLine() throws Exception {
        AgentProcess agent =
                start("x\\\\.log.*"); // what is rotated before anybody saw it can only be found by its new name
        try {
            startWriter();
            for (int i = 0; i < ROTATIONS; i++) {
                awaitGrowth();
                if (i == 1) {
                    rename();
                    agent.process().kill(); // between the two steps of a rotation
                    create();
                } else if (i == 2) {
                    copyAndTruncate(); // while nobody looks
                    signal("STOP"); // so that there is something left for the rotations to come
                    agent = start("x\\\\.log.*");
                    signal("CONT");
                } else {
                    rename();
                    create();
                }
            }
            assertThat(writer.waitFor(PatientAwaits.LIMIT.toSeconds(), TimeUnit.SECONDS))
                    .isTrue();
            AgentProcess last = agent;
            await().until(() -> arrived.numbers() == LINES || !last.process().isAlive());
        } finally {
            agent.close();
        }
        assertThat(arrived.numbers()).isEqualTo(LINES);
    }

    private AgentProcess start(String names) {
        return AgentProcess.start(
                Kind.MILLRACE,
                "agent",
                dir,
                HEAP,
                AgentFiles.fileChannel("t", "k", dir.resolve("channel"))
                        + """
                        a.sources.t.type = TAILDIR
                        a.sources.t.channels = c
                        a.sources.t.filegroups = f
                        a.sources.t.filegroups.f = %s/%s
                        a.sources.t.positionFile = %s/positions.json
                        a.sources.t.writePosInterval = 200
                        a.sources.t.batchSize = 1000
                        a.sources.t.backoffSleepIncrement = 5
                        a.sources.t.maxBackoffSleep = 5
                        """.formatted(logs, names, dir)
                        + AgentFiles.avroSink("k", server.port(), 1_000, "none"));
    }

    /** So that there is something to lose at each rotation. */
    private void awaitGrowth() {
        await().pollInterval(Duration.ofMillis(20)).until(() -> Files.size(log) > 200_000 || !writer.isAlive());
    }

    /** What is rotated before anybody saw it under the name that is tailed is lost to everybody. */
    private void awaitSeen() throws IOException {
        try (BufferedReader lines = Files.newBufferedReader(log)) {
            String first = lines.readLine();
            if (first != null) {
                await().until(() -> arrived.has(numberOf(first)));
            }
        }
    }

    private static int numberOf(String line) {
        return Integer.parseInt(line.split(" ", 3)[1]);
    }

    private void rename() throws IOException {
        Files.move(log, logs.resolve("x.log." + ++generation));
    }

    private void create() throws Exception {
        Files.write(log, new byte[0], StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        signal("HUP");
    }

    private void copyAndTruncate() throws Exception {
        signal("STOP");
        Files.copy(log, logs.resolve("x.log." + ++generation));
        Files.write(log, new byte[0], StandardOpenOption.TRUNCATE_EXISTING);
        signal("CONT");
    }

    private void signal(String name) throws Exception {
        new ProcessBuilder("kill", "-" + name, Long.toString(writer.pid()))
                .start()
                .waitFor();
    }

    private static final class Numbers implements EventServer.Taker {
        private final BitSet numbers = new BitSet();
        private long events;

        @Override
        public synchronized void take(Map<String, String> headers, byte[] body) {
            numbers.set(numberOf(new String(body, StandardCharsets.UTF_8)));
            events++;
        }

        @Override
        public void fault(Exception why) {
            // an agent that is killed breaks its connection
        }

        synchronized boolean has(int number) {
            return numbers.get(number);
        }

        synchronized int numbers() {
            return numbers.cardinality();
        }

        synchronized long events() {
            return events;
        }
    }
}
