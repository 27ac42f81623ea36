package org.millrace.thrift;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.Unpooled;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.millrace.api.ChannelException;
import org.millrace.api.ChannelFullException;
import org.millrace.api.StartException;

/** The source behind real sockets, and what clients may do to it. */
class ThriftSourceIT {
    private final CallWriter writer = new CallWriter(WireProtocol.COMPACT, 1 << 20);

    @Test
    void callIsAnsweredOnceItsEventsAreStored() throws Exception {
        try (SourceUnderTest source = new SourceUnderTest();
                PeerConnection client = source.connect()) {
            SourceUnderTest.send(client, writer, "one", "two");

            assertThat(SourceUnderTest.receive(client)).isEqualTo(new Reply(1, null));
            assertThat(source.inlet.bodies()).containsExactly("one", "two");
            assertThat(source.metrics.eventsReceived.getCount()).isEqualTo(2);
            assertThat(source.metrics.eventsAccepted.getCount()).isEqualTo(2);
            assertThat(source.metrics.appendBatchesReceived.getCount()).isEqualTo(1);
            assertThat(source.metrics.appendBatchesAccepted.getCount()).isEqualTo(1);
            assertThat(source.metrics.openConnections.getCount()).isEqualTo(1);
            assertThat(source.count("bytesReceived")).isPositive();
        }
    }

    @Test
    void callsAreAnsweredInTheirOrderWhateverOrderTheyAreStoredIn() throws Exception {
        try (SourceUnderTest source = new SourceUnderTest();
                PeerConnection client = source.connect()) {
            source.inlet.hold();
            SourceUnderTest.send(client, writer, "one");
            SourceUnderTest.send(client, writer, "two");
            SourceUnderTest.send(client, writer, "three");
            await().until(() -> source.inlet.heldBatches() == 3);
            source.inlet.acceptHeld(2);
            source.inlet.refuseHeld(1, new ChannelFullException("full"));
            source.inlet.acceptHeld(0);

            assertThat(SourceUnderTest.receive(client)).isEqualTo(new Reply(1, null));
            assertThat(SourceUnderTest.receive(client)).isEqualTo(new Reply(2, "the peer answered FAILED"));
            assertThat(SourceUnderTest.receive(client)).isEqualTo(new Reply(3, null));
        }
    }

    @Test
    void failureOfAChannelIsAnsweredByFailedAndAnyOtherByAnException() throws Exception {
        try (SourceUnderTest source = new SourceUnderTest();
                PeerConnection client = source.connect()) {
            source.inlet.refuseWith(new ChannelException("no room"));
            SourceUnderTest.send(client, writer, "one");
            assertThat(SourceUnderTest.receive(client)).isEqualTo(new Reply(1, "the peer answered FAILED"));

            source.inlet.refuseWith(new IllegalStateException("broken"));
            SourceUnderTest.send(client, writer, "two");
            assertThat(SourceUnderTest.receive(client))
                    .isEqualTo(new Reply(2, "the peer says: Internal error processing appendBatch"));

            source.inlet.refuseWith(null);
            SourceUnderTest.send(client, writer, "three");
            assertThat(SourceUnderTest.receive(client).isOk()).isTrue();
            assertThat(source.metrics.channelWriteFails.getCount()).isEqualTo(1);
            assertThat(source.metrics.genericFails.getCount()).isEqualTo(1);
        }
    }

    @Test
    void callOverALimitIsAnsweredByErrorAndTheConnectionGoesOn() throws Exception {
        try (SourceUnderTest source = new SourceUnderTest("maxBatchEvents", "2");
                PeerConnection client = source.connect()) {
            SourceUnderTest.send(client, writer, "1", "2", "3");
            SourceUnderTest.send(client, writer, "4");

            assertThat(SourceUnderTest.receive(client)).isEqualTo(new Reply(1, "the peer answered ERROR"));
            assertThat(SourceUnderTest.receive(client)).isEqualTo(new Reply(2, null));
            assertThat(source.inlet.bodies()).containsExactly("4");
            assertThat(source.count("framesRefused.maxBatchEvents")).isEqualTo(1);
        }
    }

    @Test
    void whatIsNoThriftIsDisconnectedAndOthersDoNotNotice() throws Exception {
        try (SourceUnderTest source = new SourceUnderTest("maxFrameBytes", "100000");
                PeerConnection good = source.connect()) {
            for (String garbage : List.of("GET / HTTP/1.1\r\n\r\n", "\0\0\0\5hello", "\0\0\0\0", "\377\377\377\377")) {
                try (PeerConnection client = source.connect()) {
                    client.send(Unpooled.wrappedBuffer(latin1(garbage)), SourceUnderTest.LIMIT);
                    assertThatThrownBy(() -> SourceUnderTest.receive(client)).isInstanceOf(IOException.class);
                }
            }
            SourceUnderTest.send(good, writer, "fine");
            assertThat(SourceUnderTest.receive(good).isOk()).isTrue();
            assertThat(source.count("framesRefused.maxFrameBytes")).isEqualTo(1);
            assertThat(source.count("framesRefused.malformed")).isEqualTo(3);
        }
    }

    @Test
    void manyUnfinishedFramesCannotHoldMoreThanTheirBudgetAndASmallOneIsTaken() throws Exception {
        List<PeerConnection> flood = new ArrayList<>();
        try (SourceUnderTest source = new SourceUnderTest("maxReceiveBytes", "1000000")) {
            byte[] most = new byte[400_000];
            most[1] = 8; // a frame of 512 KiB, of which so much comes
            for (int i = 0; i < 8; i++) {
                PeerConnection client = source.connect();
                flood.add(client);
                client.send(Unpooled.wrappedBuffer(most), SourceUnderTest.LIMIT);
            }
            await().until(() -> source.count("framesRefused.maxReceiveBytes") >= 5);
            try (PeerConnection good = source.connect()) {
                SourceUnderTest.send(good, writer, "fine");
                assertThat(SourceUnderTest.receive(good).isOk()).isTrue();
            }
            assertThat((Long) source.registry
                            .getGauges()
                            .get("source.r1.receiveBytesHeld")
                            .getValue())
                    .isLessThanOrEqualTo(1_000_000L);
        } finally {
            for (PeerConnection client : flood) {
                client.close();
            }
        }
    }

    @Test
    void howeverManySendersComeWhileTheChannelIsFullItIsAskedOnceForRoom() throws Exception {
        try (SourceUnderTest source = new SourceUnderTest()) {
            source.inlet.setRoom(false);
            source.inlet.hold();
            for (int i = 1; i <= 20; i++) {
                int calls = i;
                try (PeerConnection sender = source.connect()) {
                    SourceUnderTest.send(sender, writer, "call " + i);
                    await().until(() -> source.inlet.heldBatches() == calls);
                }
            }
            assertThat(source.inlet.waitingForRoom()).isEqualTo(1);

            source.inlet.release();
            source.inlet.setRoom(true);
            assertThat(source.inlet.accepted()).hasSize(20);
        }
    }

    @Test
    void senderThatStopsInTheMiddleOfAFrameIsDisconnected() throws Exception {
        try (SourceUnderTest source = new SourceUnderTest("stallTimeout", "1");
                PeerConnection idle = source.connect();
                PeerConnection slow = source.connect()) {
            slow.send(Unpooled.wrappedBuffer(new byte[] {0, 0, 1}), SourceUnderTest.LIMIT);

            assertThatThrownBy(() -> SourceUnderTest.receive(slow)).isInstanceOf(EOFException.class);
            assertThat(source.count("connectionsTimedOut")).isEqualTo(1);
            SourceUnderTest.send(idle, writer, "still here");
            assertThat(SourceUnderTest.receive(idle).isOk()).isTrue();
        }
    }

    @Test
    void silentClientIsDisconnectedWhereThatIsAskedFor() throws Exception {
        try (SourceUnderTest source = new SourceUnderTest("idleTimeout", "1");
                PeerConnection silent = source.connect()) {
            assertThatThrownBy(() -> SourceUnderTest.receive(silent)).isInstanceOf(EOFException.class);
            assertThat(source.count("connectionsTimedOut")).isEqualTo(1);
        }
    }

    @Test
    void oneConnectionTooManyIsClosed() throws Exception {
        try (SourceUnderTest source = new SourceUnderTest("maxConnections", "1");
                PeerConnection first = source.connect()) {
            SourceUnderTest.send(first, writer, "one");
            assertThat(SourceUnderTest.receive(first).isOk()).isTrue();
            try (PeerConnection second = source.connect()) {
                assertThatThrownBy(() -> SourceUnderTest.receive(second)).isInstanceOf(IOException.class);
            }
            assertThat(source.count("connectionsRefused.maxConnections")).isEqualTo(1);
        }
    }

    @Test
    void floodOfCallsWaitsUnreadWhileTheChannelHasNoRoom() throws Exception {
        try (SourceUnderTest source = new SourceUnderTest("maxPipelined", "3");
                PeerConnection client = source.connect()) {
            source.inlet.hold();
            for (int call = 0; call < 20; call++) {
                SourceUnderTest.send(client, writer, "call " + call);
            }
            await().until(() -> source.inlet.heldBatches() == 3 && source.count("readPauses") > 0);
            assertThat(source.metrics.appendBatchesReceived.getCount()).isEqualTo(3);

            source.inlet.setRoom(false);
            source.inlet.acceptHeld(0);
            source.inlet.acceptHeld(0);
            source.inlet.acceptHeld(0); // one more is read, and waits for the channel's keep-alive
            await().until(() -> source.inlet.heldBatches() == 1);
            source.inlet.setRoom(true);
            source.inlet.release();

            for (int call = 1; call <= 20; call++) {
                assertThat(SourceUnderTest.receive(client)).isEqualTo(new Reply(call, null));
            }
            assertThat(source.inlet.bodies()).hasSize(20);
        }
    }

    @Test
    void closingAnswersWhatIsInFlight() throws Exception {
        SourceUnderTest source = new SourceUnderTest();
        try (PeerConnection client = source.connect()) {
            source.inlet.hold();
            SourceUnderTest.send(client, writer, "one");
            await().until(() -> source.inlet.heldBatches() == 1);
            Thread closing = new Thread(source::close);
            closing.start();
            await().until(() -> source.count("readPauses") > 0);
            source.inlet.release();

            assertThat(SourceUnderTest.receive(client).isOk()).isTrue();
            assertThatThrownBy(() -> SourceUnderTest.receive(client)).isInstanceOf(EOFException.class);
            closing.join();
        }
    }

    @Test
    void portInUseFailsTheStartWithItsAddress() throws Exception {
        try (SourceUnderTest source = new SourceUnderTest()) {
            String port = Integer.toString(source.port());
            assertThatThrownBy(() -> new SourceUnderTest("port", port))
                    .isInstanceOf(StartException.class)
                    .hasMessageContaining("source r1: cannot listen on 127.0.0.1:" + port);
        }
    }

    private static byte[] latin1(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
