package org.millrace.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.millrace.interop.ThriftCalls.BINARY_VERSION_1;
import static org.millrace.interop.ThriftCalls.LIST;
import static org.millrace.interop.ThriftCalls.STRUCT;
import static org.millrace.interop.ThriftCalls.argument;
import static org.millrace.interop.ThriftCalls.ask;
import static org.millrace.interop.ThriftCalls.call;
import static org.millrace.interop.ThriftCalls.headers;
import static org.millrace.interop.ThriftCalls.list;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.testkit.process.AgentProcess;
import org.millrace.testkit.process.AgentProcess.Kind;
import org.millrace.testkit.process.FreePorts;

/**
 * Thrift between Flume's client, Flume's agent and ours. Compact: client, our source, our sink, Flume's source. Binary: client, Flume's
 * source, Flume's sink, our source. Both ways at once, since an idle sink of Flume's looks again only after seconds.
 */
class ThriftIT {
    private static RecordingServer behindFlume;
    private static RecordingServer behindOurs;
    private static int flumeCompact;
    private static int flumeBinary;
    private static int oursBinary;
    private static int oursCompact;
    private static AgentProcess flume;
    private static AgentProcess ours;
    private static FlumeSdk client;

    @TempDir
    private static Path dir;

    @BeforeAll
    static void start() throws IOException {
        behindFlume = new RecordingServer(NumberedEvents::check);
        behindOurs = new RecordingServer(NumberedEvents::check);
        flumeCompact = FreePorts.next();
        flumeBinary = FreePorts.next();
        oursBinary = FreePorts.next();
        oursCompact = FreePorts.next();
        String toFlume = agent(flumeCompact, "compact", behindFlume.port(), flumeBinary, "binary", oursBinary);
        String toOurs = agent(oursBinary, "binary", behindOurs.port(), oursCompact, "compact", flumeCompact);
        flume = AgentProcess.launch(Kind.FLUME, "flume", dir, List.of("-Xmx512m"), toFlume, flumeCompact, flumeBinary);
        ours = AgentProcess.launch(Kind.MILLRACE, "ours", dir, List.of("-Xmx512m"), toOurs, oursBinary, oursCompact);
        client = new FlumeSdk(dir);
        flume.awaitOpen();
        ours.awaitOpen();
    }

    @AfterAll
    static void stop() throws IOException {
        client.close();
        flume.close();
        ours.close();
        behindFlume.close();
        behindOurs.close();
    }

    @Test
    void eventsOfFlumesClientComeThroughOurSourceAndSinkAndThroughFlumesAsTheyWere() throws Exception {
        send(oursCompact, "compact", 100_000);
        send(flumeBinary, "binary", 200_000);

        assertAllArrived(behindFlume, 100_000);
        assertAllArrived(behindOurs, 200_000);
        assertThat(ours.metrics()).contains("\"EventDrainSuccessCount\":\"" + MixedEvents.COUNT + "\"");
    }

    @Test
    void answersAreThoseOfFlumeByteForByte() throws Exception {
        for (byte[] call : List.of(
                call("append", BINARY_VERSION_1 | 1, 7, argument(STRUCT, event(300_000))),
                call("append", 0, 8, argument(STRUCT, event(300_001))), // as old clients begin a call
                call("append", BINARY_VERSION_1 | 4, 9, argument(STRUCT, event(300_002))),
                call("appendBatch", BINARY_VERSION_1 | 1, -1, argument(LIST, list(event(300_003), event(300_004)))),
                call("appendBatch", BINARY_VERSION_1 | 1, 0, argument(LIST, list())),
                call("ping", BINARY_VERSION_1 | 1, 5, argument(STRUCT, event(300_005))))) {
            assertThat(ask(oursBinary, call)).containsExactly(ask(flumeBinary, call));
        }
    }

    @Test
    void callThatMakesNoSenseIsAnsweredByTheSameExceptionAsFlumesInOtherWords() throws Exception {
        byte[] withoutBody =
                call("append", BINARY_VERSION_1 | 1, 7, argument(STRUCT, headers(NumberedEvents.headers(1))));
        byte[] theirs = ask(flumeBinary, withoutBody);
        byte[] ours = ask(oursBinary, withoutBody);

        assertThat(Arrays.copyOf(ours, 18)).containsExactly(Arrays.copyOf(theirs, 18)); // type, method, serial
        assertThat(Arrays.copyOfRange(ours, ours.length - 8, ours.length)) // the number of what is wrong
                .containsExactly(Arrays.copyOfRange(theirs, theirs.length - 8, theirs.length));
    }

    private static void send(int port, String protocol, int first) throws IOException {
        Path settings = Files.writeString(dir.resolve(protocol + ".properties"), """
                client.type = thrift
                hosts = h1
                hosts.h1 = 127.0.0.1:%d
                protocol = %s
                batch-size = 1000
                """.formatted(port, protocol));
        client.use(settings);
        MixedEvents.send(client, first);
    }

    /** Each once. */
    private static void assertAllArrived(RecordingServer recorder, int first) {
        MixedEvents.assertAllArrived(recorder, first);
        assertThat(recorder.repeated()).as("none twice").isZero();
    }

    /** A source before an Avro sink, and a source before a Thrift sink. */
    private static String agent(
            int port, String protocol, int recorderPort, int relayPort, String relayProtocol, int nextPort) {
        return """
                a.sources = s r
                a.channels = c d
                a.sinks = k t
                a.channels.c.type = memory
                a.channels.c.capacity = 20000
                a.channels.c.transactionCapacity = 5000
                a.channels.d.type = memory
                a.channels.d.capacity = 20000
                a.channels.d.transactionCapacity = 5000
                a.sinks.t.type = thrift
                a.sinks.t.channel = d
                a.sinks.t.hostname = 127.0.0.1
                a.sinks.t.port = %1$d
                a.sinks.t.protocol = %2$s
                a.sinks.t.batch-size = 100
                """.formatted(nextPort, relayProtocol)
                + thriftSource("s", "c", port, protocol)
                + thriftSource("r", "d", relayPort, relayProtocol)
                + AgentFiles.avroSink("k", recorderPort, 100, "none");
    }

    private static String thriftSource(String name, String channel, int port, String protocol) {
        return """
                a.sources.%1$s.type = thrift
                a.sources.%1$s.channels = %2$s
                a.sources.%1$s.bind = 127.0.0.1
                a.sources.%1$s.port = %3$d
                a.sources.%1$s.protocol = %4$s
                """.formatted(name, channel, port, protocol);
    }

    private static ThriftCalls.Part event(int seq) {
        return ThriftCalls.event(NumberedEvents.headers(seq), NumberedEvents.body(seq, 20));
    }
}
