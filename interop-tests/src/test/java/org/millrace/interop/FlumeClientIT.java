package org.millrace.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.millrace.interop.FlumeSdk.Sending;
import org.millrace.testkit.process.AgentProcess;
import org.millrace.testkit.process.AgentProcess.Kind;
import org.millrace.testkit.process.FreePorts;

/** Flume's client → our Avro source → memory → our Avro sink → the recorder. */
class FlumeClientIT {
    private static int plainPort;
    private static int deflatePort;
    private static RecordingServer recorder;
    private static AgentProcess agent;
    private static FlumeSdk client;
    private static int sentBefore;

    @BeforeAll
    static void start(@TempDir Path dir) throws IOException {
        recorder = new RecordingServer(NumberedEvents::check);
        plainPort = FreePorts.next();
        deflatePort = FreePorts.next();
        String configuration = AgentFiles.channel("plain deflated", "k")
                + AgentFiles.avroSource("plain", plainPort, "none")
                + AgentFiles.avroSource("deflated", deflatePort, "deflate")
                + AgentFiles.avroSink("k", recorder.port(), 100, "none");
        agent = AgentProcess.start(kind(), "agent", dir, List.of("-Xmx512m"), configuration, plainPort, deflatePort);
        client = new FlumeSdk(dir);
    }

    /** Ours, unless the harness itself is to be proven against Flume's own agent. */
    private static Kind kind() {
        return Kind.valueOf(System.getProperty("interop.agent", Kind.MILLRACE.name()));
    }

    @AfterAll
    static void stop() throws IOException {
        client.close();
        agent.close();
        recorder.close();
    }

    static Stream<Sending> sendings() {
        return Stream.of("none", "deflate")
                .flatMap(compression -> Stream.of(
                        new Sending(compression, 1_000, 1, 100),
                        new Sending(compression, 20_000, 100, 512),
                        new Sending(compression, 30_000, 10_000, 512),
                        new Sending(compression, 1_000, 100, 0),
                        new Sending(compression, 200, 10, 8_191),
                        new Sending(compression, 200, 10, 8_193),
                        new Sending(compression, 4, 1, 5_000_000),
                        new Sending(compression, 6, 3, 5_000_000)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("sendings")
    void everyEventArrivesOnceAndWhole(Sending sending) {
        int port = sending.compression().equals("none") ? plainPort : deflatePort;
        int first = sentBefore;
        long bodyBytesBefore = recorder.bodyBytes();

        assertThat(client.send(port, sending, first)).isEqualTo("sent " + sending.events());
        sentBefore += sending.events();

        await().until(() -> recorder.events() >= sentBefore);
        assertThat(recorder.firstFault()).isNull();
        assertThat(recorder.events()).isEqualTo(sentBefore);
        assertThat(recorder.hasAll(first, sending.events())).isTrue();
        assertThat(recorder.bodyBytes() - bodyBytesBefore).isEqualTo((long) sending.events() * sending.bodyBytes());
    }
}
