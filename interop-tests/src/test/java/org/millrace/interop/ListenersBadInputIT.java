package org.millrace.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.testkit.PatientAwaits;
import org.millrace.testkit.process.AgentProcess;
import org.millrace.testkit.process.AgentProcess.Kind;
import org.millrace.testkit.process.EventServer;
import org.millrace.testkit.process.FreePorts;
import org.millrace.testkit.process.LiveHeap;

/**
 * Slow, huge, malformed and flooding peers against netcat, syslog, HTTP and Thrift sources of an agent with a small heap that is resident from
 * the start, so that memory which grows is seen: what stays alive in the heap after a collection, and what the process holds beside it. Good peers go on beside them, and what they send arrives.
 */
class ListenersBadInputIT {
    private static final int LIMIT_MILLIS = 60_000;
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
    private static final int FLOODS = 10;
    private static final byte[] MEGABYTE = "x".repeat(1 << 20).getBytes(StandardCharsets.US_ASCII);

    /** What has arrived of good peers; each event says which one it is. */
    private static final Set<String> GOOD = ConcurrentHashMap.newKeySet();

    private static final AtomicInteger FLOOD = new AtomicInteger();
    /** While it is there the next hop takes nothing. */
    private static final AtomicReference<CountDownLatch> DAM = new AtomicReference<>(new CountDownLatch(0));

    private static EventServer next;
    private static AgentProcess agent;
    private static int netcat;
    private static int syslog;
    private static int multiport;
    private static int udp;
    private static int http;
    private static int netcatUdp;
    private static int thrift;
    private static int sent;
    private static long residentBefore;
    private static long liveBefore;

    @BeforeAll
    static void start(@TempDir Path dir) throws Exception {
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

    @Test
    void linesAndMessagesWithoutEndFillNoMemory() throws Exception {
        for (int port : new int[] {netcat, syslog, multiport}) {
            try (Peers peers = new Peers(20, port)) {
                for (int i = 0; i < 4; i++) {
                    peers.all(peer -> peer.send(MEGABYTE));
                }
                goodPeersGoOn();
            }
        }
        assertUnharmed();
        assertThat(figure("SOURCE.n", "EventReadFail")).isGreaterThanOrEqualTo(20);
        assertThat(figure("MILLRACE.source.s", "messagesInvalid")).isPositive();
    }

    @Test
    void garbageHarmsNobody() throws Exception {
        Random random = new Random(20261129);
        for (int i = 0; i < 20; i++) {
            byte[] garbage = new byte[1 + random.nextInt(1 << 14)];
            random.nextBytes(garbage);
            for (int port : new int[] {netcat, syslog, multiport, http, thrift}) {
                try (RawPeer peer = new RawPeer(port)) {
                    peer.send(garbage);
                }
            }
            throwAt(udp, garbage);
            throwAt(netcatUdp, garbage);
        }
        try (Peers peers = new Peers(10, syslog)) { // lengths that promise much, and messages that promise nothing
            peers.all(peer -> peer.send("9999999 <1>x".getBytes(StandardCharsets.US_ASCII)));
            peers.all(peer -> peer.send("<".repeat(100_000).getBytes(StandardCharsets.US_ASCII)));
        }
        goodPeersGoOn();
        assertUnharmed();
    }

    @Test
    void requestsThatAreHugeOrSlowOrNoneAreRefusedAndCounted() throws Exception {
        try (Peers huge = new Peers(20, http)) {
            huge.all(peer -> peer.send(head("Content-Length: 10000000000\r\n")));
            huge.all(peer -> assertThat(peer.isHungUpWithin(LIMIT_MILLIS)).isTrue());
        }
        try (Peers endless = new Peers(10, http)) {
            endless.all(
                    peer -> peer.send(head("Transfer-Encoding: chunked\r\n")).send(bytes("1000000\r\n")));
            for (int i = 0; i < 9; i++) {
                endless.all(peer -> peer.send(MEGABYTE));
            }
            endless.all(peer -> assertThat(peer.isHungUpWithin(LIMIT_MILLIS)).isTrue());
        }
        try (Peers headers = new Peers(10, http)) {
            headers.all(peer -> peer.send(bytes("GET / HTTP/1.1\r\nA: ")).send(MEGABYTE));
            headers.all(peer -> assertThat(peer.isHungUpWithin(LIMIT_MILLIS)).isTrue());
        }
        try (Peers slow = new Peers(100, http)) {
            slow.all(peer -> peer.send(head("Content-Length: 100\r\n")).send(bytes("[")));
            goodPeersGoOn();
            slow.all(peer -> assertThat(peer.isHungUpWithin(LIMIT_MILLIS)).isTrue());
        }
        assertThat(figure("MILLRACE.source.h", "requestsRefused.413")).isGreaterThanOrEqualTo(20);
        assertThat(figure("MILLRACE.source.h", "requestsRefused.431")).isGreaterThanOrEqualTo(10);
        assertThat(figure("MILLRACE.source.h", "requestsRefused.408")).isGreaterThanOrEqualTo(100);
        assertUnharmed();
    }

    @Test
    void manySilentConnectionsCostLittle() throws Exception {
        try (Peers silent = new Peers(400, syslog);
                Peers others = new Peers(200, netcat)) {
            silent.all(peer -> peer.send(bytes("<13>")));
            others.all(peer -> peer.send(bytes("x")));
            goodPeersGoOn();
            assertUnharmed();
        }
        await().until(() -> figure("SOURCE.s", "OpenConnectionCount") == 0);
    }

    /** Frames that promise much and stop: of each a part is held, and of all together no more than maxReceiveBytes. */
    @Test
    void unfinishedThriftFramesHoldNoMoreThanTheirBudgetAndTheLargestGoes() throws Exception {
        byte[] begun = ByteBuffer.allocate(4).putInt(8 << 20).array();
        for (int round = 0; round < 4; round++) { // what one left behind would be too much by then
            floodWithFramesThatStop(begun);
        }
        await().until(() -> figure("SOURCE.t", "OpenConnectionCount") == 0);
        assertUnharmed();
    }

    private static void floodWithFramesThatStop(byte[] begun) throws Exception {
        long evictedBefore = figure("MILLRACE.source.t", "framesRefused.maxReceiveBytes");
        try (Peers peers = new Peers(20, thrift)) {
            peers.all(peer -> peer.send(begun));
            for (int i = 0; i < 4; i++) {
                peers.all(peer -> peer.send(MEGABYTE));
            }
            await().until(() -> figure("MILLRACE.source.t", "framesRefused.maxReceiveBytes") > evictedBefore + 10);
            assertThat(figure("MILLRACE.source.t", "receiveBytesHeld")).isLessThanOrEqualTo(12 << 20);
            awaitLiveGrowthBelow(MOST_LIVE_GROWTH_BYTES); // with what is held just now
            goodPeersGoOn();
        }
    }

    @Test
    void thriftCallsThatClaimTooMuchAreRefusedAndCounted() throws Exception {
        long tooLongBefore = figure("MILLRACE.source.t", "framesRefused.maxFrameBytes");
        long tooManyBefore = figure("MILLRACE.source.t", "framesRefused.maxBatchEvents");
        long malformedBefore = figure("MILLRACE.source.t", "framesRefused.malformed");
        ThriftCalls.Part[] events = new ThriftCalls.Part[1001];
        Arrays.fill(events, ThriftCalls.event(Map.of(), new byte[0]));
        byte[] tooMany = ThriftCalls.appendBatch(events);
        byte[] bogusCount = ThriftCalls.appendBatchOf(Integer.MAX_VALUE);
        byte[] bogusLength = ThriftCalls.appendBatch(ThriftCalls.event(Map.of(), new byte[0]));
        ByteBuffer.wrap(bogusLength).putInt(bogusLength.length - 6, Integer.MAX_VALUE); // that of the body
        try (Peers peers = new Peers(50, thrift)) {
            peers.all(peer ->
                    peer.send(ByteBuffer.allocate(4).putInt(Integer.MAX_VALUE).array()));
            peers.all(peer -> assertThat(peer.isHungUpWithin(LIMIT_MILLIS)).isTrue());
        }
        try (Peers peers = new Peers(50, thrift)) {
            peers.all(
                    peer -> peer.send(framed(tooMany)).send(framed(bogusCount)).send(framed(bogusLength)));
            goodPeersGoOn();
        }
        await().until(() -> figure("MILLRACE.source.t", "framesRefused.maxFrameBytes") == tooLongBefore + 50);
        await().until(() -> figure("MILLRACE.source.t", "framesRefused.maxBatchEvents") == tooManyBefore + 50);
        await().until(() -> figure("MILLRACE.source.t", "framesRefused.malformed") == malformedBefore + 100);
        assertUnharmed();
    }

    @Test
    void whileTheChannelIsFullFloodsOfDatagramsAreDroppedAndFloodsOfThriftCallsAreHeldBack() throws Exception {
        DAM.set(new CountDownLatch(1));
        long overflownBefore = figure("MILLRACE.source.p", "datagramsOverflown");
        long pausesBefore = figure("MILLRACE.source.t", "readPauses");
        byte[] datagram = bytes("flooding line " + "u".repeat(1_000) + '\n');
        byte[] call = framed(floodingCall());
        List<Integer> answered = new ArrayList<>();
        try (Socket sender = new Socket(InetAddress.getLoopbackAddress(), thrift)) {
            Thread flood = new Thread(() -> write(sender, call, 500), "calls");
            flood.start();
            await().until(() -> {
                for (int i = 0; i < 500; i++) {
                    throwAt(netcatUdp, datagram);
                }
                return figure("MILLRACE.source.p", "datagramsOverflown") > overflownBefore + 1_000;
            });
            await().until(() -> figure("MILLRACE.source.t", "readPauses") > pausesBefore);
            assertThat(figure("MILLRACE.source.p", "pendingBytes")).isLessThanOrEqualTo(1 << 20);
            awaitLiveGrowthBelow(MOST_LIVE_GROWTH_BYTES);

            DAM.get().countDown();
            answered.add(answers(sender, 500));
            flood.join(PatientAwaits.LIMIT.toMillis());
        } finally {
            DAM.get().countDown();
        }
        assertThat(answered).containsExactly(500); // each has its answer, whether it was taken or not
        goodPeersGoOn();
        assertUnharmed();
    }

    private static byte[] floodingCall() throws IOException {
        ThriftCalls.Part[] events = new ThriftCalls.Part[20];
        Arrays.fill(events, ThriftCalls.event(Map.of("h", "x"), bytes("flooding call " + "c".repeat(1_000))));
        return ThriftCalls.appendBatch(events);
    }

    private static void write(Socket to, byte[] call, int times) {
        try {
            for (int i = 0; i < times; i++) {
                to.getOutputStream().write(call);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Reads so many answers; how many there were. */
    private static int answers(Socket from, int most) throws IOException {
        from.setSoTimeout(LIMIT_MILLIS);
        DataInputStream in = new DataInputStream(from.getInputStream());
        int answers = 0;
        for (; answers < most; answers++) {
            in.readNBytes(in.readInt());
        }
        return answers;
    }

    private static byte[] framed(byte[] call) {
        return ByteBuffer.allocate(Integer.BYTES + call.length)
                .putInt(call.length)
                .put(call)
                .array();
    }

    /** Nobody behind takes anything: TCP senders feel it, datagrams are dropped and counted, and whoever can be told is told. */
    @Test
    void whileTheChannelIsFullSendersAreHeldBackAndNothingThatWasTakenIsLost() throws Exception {
        FLOOD.set(0);
        DAM.set(new CountDownLatch(1));
        long overflownBefore = figure("MILLRACE.source.u", "datagramsOverflown");
        long pausesBefore = figure("MILLRACE.source.s", "readPauses");
        byte[] lines = bytes("<13>1 - h flood of messages\n".repeat(2_000));
        List<Integer> written = new ArrayList<>();
        try (Socket sender = new Socket(InetAddress.getLoopbackAddress(), syslog)) {
            Thread flood = new Thread(() -> written.add(flood(sender, lines)), "flood");
            flood.start();
            byte[] datagram = bytes("<13>1 - h " + "u".repeat(1_000));
            await().until(() -> {
                for (int i = 0; i < 100; i++) {
                    throwAt(udp, datagram);
                }
                return figure("MILLRACE.source.u", "datagramsOverflown") > overflownBefore;
            });
            try (RawPeer told = new RawPeer(netcat)) {
                told.send(bytes("told\n"));
                assertThat(told.hasAnswerOrEndWithin(LIMIT_MILLIS)).isTrue();
            }
            await().until(() -> post("[{\"body\":\"told\"}]") == 503);
            await().until(() -> figure("MILLRACE.source.s", "readPauses") > pausesBefore);
            assertThat(agent.process().residentBytes() - residentBefore).isLessThan(MOST_GROWTH_BYTES);

            DAM.get().countDown();
            flood.join(PatientAwaits.LIMIT.toMillis());
            assertThat(written).containsExactly(FLOODS);
        } finally {
            DAM.get().countDown();
        }
        await().until(() -> FLOOD.get() >= FLOODS * 2_000); // also those of a batch that was sent twice
        goodPeersGoOn();
        assertUnharmed();
    }

    /** Writes so much that it cannot all be taken; returns how often it wrote all lines. */
    private static int flood(Socket sender, byte[] lines) {
        int times = 0;
        try {
            OutputStream out = sender.getOutputStream();
            for (; times < FLOODS; times++) {
                out.write(lines);
            }
        } catch (IOException e) {
            return -1;
        }
        return times;
    }

    /** As who must not lose anything has to: what is refused, since the channel has not got over a flood yet, is sent again. */
    private static void goodPeersGoOn() throws Exception {
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

    private static void assertUnharmed() throws Exception {
        assertThat(GOOD).hasSize(sent);
        assertThat(agent.process().residentBytes() - residentBefore).isLessThan(MOST_GROWTH_BYTES);
        awaitLiveGrowthBelow(MOST_LIVE_GROWTH_BYTES);
        assertThat(agent.process().log()).doesNotContain("OutOfMemoryError", "OutOfDirectMemoryError", "LEAK");
    }

    /** Who was just disconnected gives back a moment later what was held for him. */
    private static void awaitLiveGrowthBelow(long bytes) {
        await().pollDelay(Duration.ZERO)
                .untilAsserted(() -> assertThat(LiveHeap.bytesOf(agent.process().pid()) - liveBefore)
                        .isLessThan(bytes));
    }

    private static int post(String content) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), http)) {
            socket.setSoTimeout(LIMIT_MILLIS);
            socket.getOutputStream()
                    .write(bytes("POST / HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: "
                            + content.length() + "\r\n\r\n" + content));
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            return Integer.parseInt(answer.substring("HTTP/1.1 ".length(), "HTTP/1.1 ".length() + 3));
        }
    }

    private static void throwAt(int port, byte[] bytes) throws IOException {
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.send(new DatagramPacket(bytes, bytes.length, InetAddress.getLoopbackAddress(), port));
        }
    }

    private static byte[] head(String headers) {
        return bytes("POST / HTTP/1.1\r\nHost: h\r\n" + headers + "\r\n");
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static long figure(String component, String name) throws IOException, InterruptedException {
        JsonNode value = JSON.readTree(agent.metrics()).path(component).path(name);
        return value.asLong();
    }

    /** Many connections at once. */
    private static final class Peers implements AutoCloseable {
        private final List<RawPeer> peers = new ArrayList<>();

        Peers(int connections, int port) throws IOException {
            for (int i = 0; i < connections; i++) {
                peers.add(new RawPeer(port));
            }
        }

        void all(Action action) throws IOException {
            for (RawPeer peer : peers) {
                action.on(peer);
            }
        }

        @Override
        public void close() throws IOException {
            for (RawPeer peer : peers) {
                peer.close();
            }
        }

        private interface Action {
            void on(RawPeer peer) throws IOException;
        }
    }
}
