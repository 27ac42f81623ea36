package org.millrace.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.millrace.interop.FlumeSdk.Sending;
import org.millrace.testkit.process.AgentProcess;
import org.millrace.testkit.process.AgentProcess.Kind;
import org.millrace.testkit.process.FreePorts;
import org.millrace.testkit.process.LiveHeap;

/**
 * Bad input against a running agent with a small heap that is resident from the start, so that memory which grows is seen: what stays
 * alive in the heap after a collection, and what the process holds beside it. Flume's own client goes on all the while, and what it
 * sends arrives.
 */
class BadInputIT {
    private static final List<String> SMALL =
            List.of("-Xms160m", "-Xmx160m", "-XX:+AlwaysPreTouch", "-XX:MaxDirectMemorySize=64m");
    /** For compiled code, classes, threads and direct buffers. */
    private static final long MOST_GROWTH_BYTES = 96 << 20;
    /** Of what is alive: as much as unfinished frames may hold, a quarter of the heap, which the pool of buffers keeps for the next. */
    private static final long MOST_LIVE_GROWTH_BYTES = 40 << 20;

    private static final int HANG_UP_MILLIS = 60_000;
    private static final byte[] ONE_EVENT = {2, 0, 8, 'b', 'o', 'd', 'y', 0};
    private static final ObjectMapper JSON = new ObjectMapper();

    private static RecordingServer recorder;
    private static AgentProcess agent;
    private static FlumeSdk client;
    private static int plainPort;
    private static int deflatePort;
    private static int sent;
    /** Before the first attack: what one leaves behind is held against all that follow. */
    private static long residentBefore;

    private static long liveBefore;

    @BeforeAll
    static void start(@TempDir Path dir) throws IOException {
        recorder = new RecordingServer(NumberedEvents::check);
        plainPort = FreePorts.next();
        deflatePort = FreePorts.next();
        String configuration = AgentFiles.channel("plain deflated", "k")
                + AgentFiles.avroSource("plain", plainPort, "none")
                + AgentFiles.avroSource("deflated", deflatePort, "deflate")
                + AgentFiles.avroSink("k", recorder.port(), 100, "none");
        agent = AgentProcess.start(Kind.MILLRACE, "agent", dir, SMALL, configuration, plainPort, deflatePort);
        client = new FlumeSdk(dir);
        goodClientsGoOn();
        residentBefore = agent.process().residentBytes();
        liveBefore = LiveHeap.bytesOf(agent.process().pid());
    }

    @AfterAll
    static void stop() throws IOException {
        client.close();
        agent.close();
        recorder.close();
    }

    @ParameterizedTest(name = "buffer length {0}")
    @ValueSource(ints = {Integer.MAX_VALUE, Integer.MAX_VALUE - 8, 1 << 30, -1, Integer.MIN_VALUE})
    void aBogusBufferLengthIsRefused(int length) throws Exception {
        long refusedBefore = refused("plain");

        againstAll(60, plainPort, RawPeer.frameOf(1, length, 0));

        assertThat(refused("plain") - refusedBefore).isEqualTo(60);
        goodClientsGoOn();
        assertUnharmed();
    }

    @ParameterizedTest(name = "{0} buffers")
    @ValueSource(ints = {Integer.MAX_VALUE, 0, -1, Integer.MIN_VALUE})
    void aBogusNumberOfBuffersIsRefused(int buffers) throws Exception {
        long refusedBefore = refused("plain");

        againstAll(60, plainPort, RawPeer.frameOf(buffers, 10, 10));

        assertThat(refused("plain") - refusedBefore).isEqualTo(60);
        goodClientsGoOn();
        assertUnharmed();
    }

    @Test
    void bigFramesThatNeverEndFillNoMemory() throws Exception {
        byte[] claim = RawPeer.frameOf(1, 100 << 20, 0); // as much as is allowed, and a little of it
        long refusedBefore = refused("plain");
        try (Peers peers = new Peers(60, plainPort)) { // together more than the quarter of the heap that they may hold
            peers.all(peer -> peer.send(claim).send(new byte[1 << 20]));
            await().until(() -> refused("plain") > refusedBefore);

            goodClientsGoOn();
        }
        goodClientsGoOn();
        assertUnharmed();
    }

    @Test
    void garbageIsRefused() throws Exception {
        long plainBefore = refused("plain");
        long deflatedBefore = refused("deflated");
        Random random = new Random(20261123);
        for (int i = 0; i < 50; i++) {
            byte[] garbage = new byte[1 + random.nextInt(1 << 16)];
            random.nextBytes(garbage);
            try (RawPeer plain = new RawPeer(plainPort);
                    RawPeer deflated = new RawPeer(deflatePort)) {
                plain.send(garbage);
                deflated.send(garbage);
            }
        }
        againstAll(10, plainPort, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        againstAll(10, deflatePort, RawPeer.request(1, ONE_EVENT));

        assertThat(refused("plain") - plainBefore).isGreaterThan(10); // some garbage is the beginning of a frame
        assertThat(refused("deflated") - deflatedBefore).isGreaterThan(10);
        goodClientsGoOn();
        assertUnharmed();
    }

    @Test
    void aFrameMayBeCutOffAtEveryByte() throws Exception {
        byte[] frame = RawPeer.request(1, ONE_EVENT);
        long cutOffBefore = cutOff("plain");
        for (int cut = 0; cut < frame.length; cut++) {
            try (RawPeer peer = new RawPeer(plainPort)) {
                peer.send(Arrays.copyOf(frame, cut));
            }
        }

        await().untilAsserted(() -> assertThat(cutOff("plain") - cutOffBefore).isEqualTo(frame.length - 1));
        goodClientsGoOn();
        assertUnharmed();
    }

    @Test
    void bogusCountsInsideARequestStoreNothing() throws Exception {
        List<byte[]> counts = List.of(
                new byte[] {1}, // -1, and no size behind it
                new byte[] {1, 1}, // -1, of -1 bytes
                bytes(0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01), // Long.MIN_VALUE
                bytes(0xfe, 0xff, 0xff, 0xff, 0x0f), // 2^31-1 events
                bytes(0x02, 0xfe, 0xff, 0xff, 0xff, 0x0f), // an event of 2^31-1 headers
                bytes(0x02, 0x00, 0xfe, 0xff, 0xff, 0xff, 0x0f), // a body of 2^31-1 bytes
                bytes(0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff)); // a number that never ends
        long refusedBefore = refused("plain");
        for (byte[] array : counts) {
            try (RawPeer peer = new RawPeer(plainPort)) {
                peer.send(RawPeer.request(1, array));
                assertThat(peer.hasAnswerOrEndWithin(HANG_UP_MILLIS)).isTrue();
            }
        }

        assertThat(refused("plain") - refusedBefore).isEqualTo(counts.size());
        goodClientsGoOn();
        assertUnharmed();
    }

    @Test
    void aDeflateBombIsRefused() throws Exception {
        byte[] bomb = RawPeer.bomb(100 << 20);
        long refusedBefore = refused("deflated");

        againstAll(10, deflatePort, bomb);

        assertThat(refused("deflated") - refusedBefore).isEqualTo(10);
        goodClientsGoOn();
        assertUnharmed();
    }

    @Test
    void aThousandIdleConnectionsCostLittle() throws Exception {
        try (Peers idle = new Peers(1_000, plainPort)) {
            await().until(() -> openConnections() >= 1_000);

            goodClientsGoOn();
            assertUnharmed();
            assertThat(openConnections()).isGreaterThanOrEqualTo(1_000);
        }
        await().until(() -> openConnections() == 0);
        assertUnharmed();
    }

    /** Connections that all say the same, and are hung up on. */
    private static void againstAll(int connections, int port, byte[] bytes) throws IOException {
        try (Peers peers = new Peers(connections, port)) {
            peers.all(peer -> peer.send(bytes));
            peers.all(peer -> assertThat(peer.isHungUpWithin(HANG_UP_MILLIS)).isTrue());
        }
    }

    private static void goodClientsGoOn() {
        for (int port : new int[] {plainPort, deflatePort}) {
            Sending sending = new Sending(port == plainPort ? "none" : "deflate", 2_000, 100, 512);
            assertThat(client.send(port, sending, sent)).isEqualTo("sent " + sending.events());
            sent += sending.events();
        }
        await().until(() -> recorder.events() >= sent);
    }

    /** Nothing of the bad input was stored, memory is flat, and no error escaped. */
    private void assertUnharmed() throws IOException, InterruptedException {
        assertThat(recorder.firstFault()).isNull();
        assertThat(recorder.events()).isEqualTo(sent);
        assertThat(recorder.hasAll(0, sent)).isTrue();
        assertThat(metric("SOURCE.plain", "EventAcceptedCount") + metric("SOURCE.deflated", "EventAcceptedCount"))
                .isEqualTo(sent);
        assertThat(agent.process().residentBytes() - residentBefore).isLessThan(MOST_GROWTH_BYTES);
        assertThat(LiveHeap.bytesOf(agent.process().pid()) - liveBefore).isLessThan(MOST_LIVE_GROWTH_BYTES);
        assertThat(agent.process().log()).doesNotContain("OutOfMemoryError", "LEAK");
    }

    /** Connections that were hung up on for what they sent, whatever the reason. */
    private static long refused(String source) throws IOException, InterruptedException {
        long refused = 0;
        for (Map.Entry<String, JsonNode> figure :
                JSON.readTree(agent.metrics()).path("MILLRACE.source." + source).properties()) {
            if (figure.getKey().startsWith("framesRefused.")) {
                refused += figure.getValue().asLong();
            }
        }
        return refused;
    }

    /** Connections whose peer went away in the middle of a frame. */
    private static long cutOff(String source) throws IOException, InterruptedException {
        return metric("MILLRACE.source." + source, "connectionsCutOff");
    }

    private static long openConnections() throws IOException, InterruptedException {
        return metric("SOURCE.plain", "OpenConnectionCount");
    }

    private static long metric(String component, String name) throws IOException, InterruptedException {
        JsonNode value = JSON.readTree(agent.metrics()).path(component).path(name);
        assertThat(value.isMissingNode())
                .as(component + "." + name + " is missing")
                .isFalse();
        return value.asLong();
    }

    private static byte[] bytes(int... values) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int value : values) {
            out.write(value);
        }
        return out.toByteArray();
    }
}
