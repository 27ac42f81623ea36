package org.millrace.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Slow, huge, malformed and silent peers against netcat, syslog, HTTP and Thrift sources: they harm nobody, and are counted. */
class ListenersBadInputIT extends ListenersFixture {
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

    private static byte[] head(String headers) {
        return bytes("POST / HTTP/1.1\r\nHost: h\r\n" + headers + "\r\n");
    }
}
