package org.millrace.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.millrace.testkit.PatientAwaits;

/** Floods while nobody behind the channel takes anything: they are held back, or dropped and counted, and fill no memory. */
class ListenersBackPressureIT extends ListenersFixture {
    private static final int FLOODS = 10;

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
            assertResidentGrowthIsBounded();

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
            awaitLiveGrowthIsBounded();

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
}
