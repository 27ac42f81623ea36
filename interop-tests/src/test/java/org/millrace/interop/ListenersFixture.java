package org.millrace.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.testkit.process.AgentProcess;
import org.millrace.testkit.process.AgentProcess.Kind;
import org.millrace.testkit.process.EventServer;
import org.millrace.testkit.process.FreePorts;
import org.millrace.testkit.process.LiveHeap;

/**
 * An agent whose netcat, syslog, HTTP and Thrift sources stand before one channel, with a small heap that is resident from the start, so
 * that memory which grows is seen: what stays alive in the heap after a collection, and what the process holds beside it. Good peers go on
 * beside what a test does to it, and what they send arrives.
 */
abstract class ListenersFixture {
    static final int LIMIT_MILLIS = 60_000;

    /** Without the second compiler, which takes and gives back tens of megabytes as it likes. */
    private static final List<String> SMALL = List.of(
            "-Xms128m",
            "-Xmx128m",
            "-XX:+AlwaysPreTouch",
            "-XX:MaxDirectMemorySize=64m",
            "-XX:TieredStopAtLevel=1",
            "-XX:ReservedCodeCacheSize=24m");

    /** For direct buffers and compiled code, which are bounded above, and for a few classes and threads. */
    private static final long MOST_GROWTH_BYTES = 96 << 20;

    /** Of what is alive: chunks of pooled buffers, which are kept for what comes next, and whatever has been used for the first time. */
    private static final long MOST_LIVE_GROWTH_BYTES = 48 << 20;

    private static final ObjectMapper JSON = new ObjectMapper();
    static final byte[] MEGABYTE = "x".repeat(1 << 20).getBytes(StandardCharsets.US_ASCII);

    /** What has arrived of good peers; each event says which one it is. */
    private static final Set<String> GOOD = ConcurrentHashMap.newKeySet();

    static final AtomicInteger FLOOD = new AtomicInteger();

    /** While it is there the next hop takes nothing. */
    static final AtomicReference<CountDownLatch> DAM = new AtomicReference<>(new CountDownLatch(0));

    private static EventServer next;
    static AgentProcess agent;

    static int netcat;
    static int syslog;
    static int multiport;
    static int udp;
    static int http;
    static int netcatUdp;
    static int thrift;

    private static int sent;
    private static long residentBefore;
    private static long liveBefore;

    @BeforeAll
    static void start(@TempDir Path dir) throws Exception {
        GOOD.clear();
        sent = 0;
        DAM.set(new CountDownLatch(0));
        next = new EventServer(0, new EventServer.Taker() {
            @Override
            public void take(Map<String, String> headers, byte[] body) {
                try {
                    DAM.get().await();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
                String text = new String(body, StandardCharsets.ISO_8859_1);
                if (text.startsWith("good ")) {
                    GOOD.add(text);
                } else if (text.startsWith("flood ")) {
                    FLOOD.incrementAndGet();
                }
            }

            @Override
            public void fault(Exception why) {
                // the agent hangs up after a while on who does not answer
            }
        });
        netcat = FreePorts.next();
        syslog = FreePorts.next();
        multiport = FreePorts.next();
        udp = FreePorts.next();
        http = FreePorts.next();
        netcatUdp = FreePorts.next();
        thrift = FreePorts.next();
        agent = AgentProcess.start(
                Kind.MILLRACE, "agent", dir, SMALL, configuration(), netcat, syslog, multiport, http, thrift);
        goodPeersGoOn();
        residentBefore = agent.process().residentBytes();
        liveBefore = LiveHeap.bytesOf(agent.process().pid());
    }

    @AfterAll
    static void stop() throws IOException {
        DAM.get().countDown();
        agent.close();
        next.close();
    }

    private static String configuration() {
        return """
            a.sources = n s m u h p t
            a.channels = c
            a.sinks = k
            a.channels.c.type = memory
            a.channels.c.capacity = 2000
            a.channels.c.transactionCapacity = 1000
            a.channels.c.keep-alive = 1
            a.sources.n.type = netcat
            a.sources.n.channels = c
            a.sources.n.bind = 127.0.0.1
            a.sources.n.port = %1$d
            a.sources.s.type = syslogtcp
            a.sources.s.channels = c
            a.sources.s.host = 127.0.0.1
            a.sources.s.port = %2$d
            a.sources.s.maxPendingBytes = 4MiB
            a.sources.m.type = multiport_syslogtcp
            a.sources.m.channels = c
            a.sources.m.host = 127.0.0.1
            a.sources.m.ports = %3$d
            a.sources.u.type = syslogudp
            a.sources.u.channels = c
            a.sources.u.host = 127.0.0.1
            a.sources.u.port = %4$d
            a.sources.u.maxPendingBytes = 64KiB
            a.sources.h.type = http
            a.sources.h.channels = c
            a.sources.h.bind = 127.0.0.1
            a.sources.h.port = %5$d
            a.sources.h.maxRequestBytes = 8MiB
            a.sources.h.requestTimeout = 1
            a.sources.p.type = netcatudp
            a.sources.p.channels = c
            a.sources.p.bind = 127.0.0.1
            a.sources.p.port = %6$d
            a.sources.p.maxPendingBytes = 64KiB
            a.sources.t.type = thrift
            a.sources.t.channels = c
            a.sources.t.bind = 127.0.0.1
            a.sources.t.port = %7$d
            a.sources.t.protocol = binary
            a.sources.t.maxFrameBytes = 8388608
            a.sources.t.maxReceiveBytes = 12582912
            a.sources.t.maxBatchEvents = 1000
            """.formatted(netcat, syslog, multiport, udp, http, netcatUdp, thrift)
                + AgentFiles.avroSink("k", next.port(), 100, "none");
    }

    /** As who must not lose anything has to: what is refused, since the channel has not got over a flood yet, is sent again. */
    static void goodPeersGoOn() throws Exception {
        String round = "good " + sent + ' ';
        for (int port : new int[] {syslog, multiport}) {
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                socket.getOutputStream().write(numbered("<13>1 - h " + round + port + ' ', 0, 200));
            }
        }
        AtomicInteger stored = new AtomicInteger();
        await().until(() -> stored.addAndGet(storedLines(round + "line ", stored.get(), 200)) == 200);
        await().until(() -> isStored(post("[{\"body\":\"" + round + "request\"}]")));
        byte[] call = ThriftCalls.appendBatch(ThriftCalls.event(Map.of(), bytes(round + "call")));
        await().until(() -> ThriftCalls.isOk(ThriftCalls.ask(thrift, call)));
        sent += 604;
        await().until(() -> {
            if (GOOD.size() >= sent - 2) { // only those may be lost on their way, and nobody is told so
                throwAt(udp, bytes("<13>1 - h " + round + "datagram"));
                throwAt(netcatUdp, bytes(round + "udp line\n"));
            }
            return GOOD.size() >= sent;
        });
    }

    /** Sends lines from one number to another; returns how many the source has stored, which are the first. */
    private static int storedLines(String text, int from, int to) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), netcat)) {
            socket.setSoTimeout(LIMIT_MILLIS);
            socket.getOutputStream().write(numbered(text, from, to));
            socket.shutdownOutput();
            String answers = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            assertThat(answers.lines()).hasSize(to - from).allMatch(line -> line.equals("OK") || isFull(line));
            return (int) answers.lines().takeWhile("OK"::equals).count();
        } catch (SocketTimeoutException e) {
            throw new AssertionError("no answer to good lines", e);
        }
    }

    private static boolean isFull(String answer) {
        return answer.startsWith("FAILED: ");
    }

    /** False if the request is to be sent again. */
    private static boolean isStored(int status) {
        assertThat(status).isIn(200, 503);
        return status == 200;
    }

    private static byte[] numbered(String text, int from, int to) {
        return bytes(IntStream.range(from, to).mapToObj(i -> text + i + '\n').collect(Collectors.joining()));
    }

    static void assertUnharmed() throws Exception {
        assertThat(GOOD).hasSize(sent);
        assertResidentGrowthIsBounded();
        awaitLiveGrowthIsBounded();
        assertThat(agent.process().log()).doesNotContain("OutOfMemoryError", "OutOfDirectMemoryError", "LEAK");
    }

    static void assertResidentGrowthIsBounded() {
        assertThat(agent.process().residentBytes() - residentBefore).isLessThan(MOST_GROWTH_BYTES);
    }

    /** Who was just disconnected gives back a moment later what was held for him. */
    static void awaitLiveGrowthIsBounded() {
        await().pollDelay(Duration.ZERO)
                .untilAsserted(() -> assertThat(LiveHeap.bytesOf(agent.process().pid()) - liveBefore)
                        .isLessThan(MOST_LIVE_GROWTH_BYTES));
    }

    static int post(String content) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), http)) {
            socket.setSoTimeout(LIMIT_MILLIS);
            socket.getOutputStream()
                    .write(bytes("POST / HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: "
                            + content.length() + "\r\n\r\n" + content));
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            return Integer.parseInt(answer.substring("HTTP/1.1 ".length(), "HTTP/1.1 ".length() + 3));
        }
    }

    static void throwAt(int port, byte[] bytes) throws IOException {
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.send(new DatagramPacket(bytes, bytes.length, InetAddress.getLoopbackAddress(), port));
        }
    }

    static byte[] framed(byte[] call) {
        return ByteBuffer.allocate(Integer.BYTES + call.length)
                .putInt(call.length)
                .put(call)
                .array();
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    static long figure(String component, String name) throws IOException, InterruptedException {
        JsonNode value = JSON.readTree(agent.metrics()).path(component).path(name);
        return value.asLong();
    }
}
