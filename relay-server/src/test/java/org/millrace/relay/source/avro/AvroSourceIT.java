package org.millrace.relay.source.avro;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.Inflater;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.millrace.api.ChannelException;
import org.millrace.api.ChannelFullException;
import org.millrace.listener.Transport;

class AvroSourceIT {
    @ParameterizedTest(name = "{0}")
    @EnumSource(Transport.class)
    void recordedClientGetsTheRecordedAnswers(Transport transport) throws Exception {
        try (SourceUnderTest source = new SourceUnderTest(transport);
                RawClient client = source.client()) {
            client.send(RawClient.capture("04-batch-250-size-100.c2s"));

            byte[] expected = RawClient.capture("04-batch-250-size-100.s2c");
            assertThat(client.receive(expected.length)).isEqualTo(expected);
            assertThat(source.inlet.bodies())
                    .isEqualTo(
                            IntStream.range(0, 250).mapToObj(i -> "event-" + i).toList());
        }
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"10-deflate", "11-deflate-level-9", "v19-deflate"})
    void recordedDeflatedClientIsAnsweredAsFlumeAnswersIt(String capture) throws Exception {
        byte[] expected = inflated(RawClient.capture(capture + ".s2c"));
        try (SourceUnderTest source = new SourceUnderTest("compression-type", "deflate");
                RawClient client = source.client()) {
            client.send(RawClient.capture(capture + ".c2s"));

            assertThat(client.receiveInflated(expected.length)).isEqualTo(expected);
            assertThat(source.inlet.bodies()).isNotEmpty();
        }
    }

    @Test
    void plainClientOfADeflateSourceIsDisconnectedAndCounted() throws Exception {
        try (SourceUnderTest source = new SourceUnderTest("compression-type", "deflate");
                RawClient client = source.client()) {
            client.send(RawClient.capture("15-plain-client-to-deflate.c2s"));

            assertThat(client.isClosedByServer()).isTrue();
            assertThat(source.count("framesRefused.malformed")).isEqualTo(1);
            assertThat(source.inlet.accepted()).isEmpty();
        }
    }

    @Test
    void deflateBombIsRefusedAndOthersGoOn() throws Exception {
        ByteArrayOutputStream bomb = new ByteArrayOutputStream();
        try (DeflaterOutputStream out = new DeflaterOutputStream(bomb)) {
            out.write(new byte[] {0, 0, 0, 1, 0, 0, 0, 1, 7, 0, 0, 0}); // a frame of one buffer, 112 MiB
            out.write(new byte[100 << 20]);
        }
        try (SourceUnderTest source = new SourceUnderTest("compression-type", "deflate");
                RawClient attacker = source.client();
                RawClient good = source.client()) {
            CompletableFuture<Void> sending = CompletableFuture.runAsync(() -> sendIgnoringReset(attacker, bomb));

            assertThat(attacker.isClosedByServer()).isTrue();
            sending.join();
            assertThat(source.count("framesRefused.maxInflateRatio")).isEqualTo(1);
            good.send(RawClient.capture("10-deflate.c2s"));
            await().until(() -> source.inlet.bodies().size(), size -> size == 3);
        }
    }

    @Test
    void pipelinedCallsAreAnsweredInTheOrderTheySettle() throws Exception {
        try (SourceUnderTest source = new SourceUnderTest();
                RawClient client = source.client()) {
            source.inlet.hold();
            client.send(Calls.appendBatch(1, true, "a"));
            client.send(Calls.appendBatch(2, false, "b"));
            client.send(Calls.appendBatch(3, false, "c"));
            await().until(source.inlet::heldBatches, held -> held == 3);

            source.inlet.acceptHeld(2);
            assertThat(client.receiveAnswer()).isEqualTo(new RawClient.Answer(3, false, RawClient.Answer.OK));
            source.inlet.refuseHeld(1, new ChannelFullException("full"));
            assertThat(client.receiveAnswer()).isEqualTo(new RawClient.Answer(2, false, RawClient.Answer.FAILED));
            source.inlet.acceptHeld(0);
            assertThat(client.receiveAnswer()).isEqualTo(new RawClient.Answer(1, false, RawClient.Answer.OK));
        }
    }

    @Test
    void failureKeepsTheConnectionAndIsCountedAsFlumeDoes() throws Exception {
        try (SourceUnderTest source = new SourceUnderTest();
                RawClient client = source.client()) {
            source.inlet.refuseWith(new ChannelException("full"));
            client.send(Calls.append(1, true, "x"));
            assertThat(client.receiveAnswer().status()).isEqualTo(RawClient.Answer.FAILED);
            source.inlet.refuseWith(new IllegalStateException("broken interceptor"));
            client.send(Calls.append(2, false, "x"));
            assertThat(client.receiveAnswer().isError()).isTrue();
            client.send(Calls.appendBatch(3, false, "x", "y"));
            assertThat(client.receiveAnswer().status()).isEqualTo(RawClient.Answer.FAILED);
            source.inlet.refuseWith(null);
            client.send(Calls.appendBatch(4, false, "x", "y"));
            assertThat(client.receiveAnswer().status()).isEqualTo(RawClient.Answer.OK);

            assertThat(source.metrics.appendsReceived.getCount()).isEqualTo(2);
            assertThat(source.metrics.appendsAccepted.getCount()).isZero();
            assertThat(source.metrics.appendBatchesReceived.getCount()).isEqualTo(2);
            assertThat(source.metrics.appendBatchesAccepted.getCount()).isEqualTo(1);
            assertThat(source.metrics.eventsReceived.getCount()).isEqualTo(6);
            assertThat(source.metrics.eventsAccepted.getCount()).isEqualTo(2);
            assertThat(source.metrics.channelWriteFails.getCount()).isEqualTo(2);
            assertThat(source.metrics.genericFails.getCount()).isEqualTo(1);
        }
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(
            strings = {
                "474554202f20485454502f312e310d0a486f73743a20780d0a0d0a", // GET / HTTP/1.1
                "00000001000000017fffffff",
                "00000001ffffffff",
                "0000000100000000",
                "000000010000000180000000"
            })
    void garbageIsRefusedWithoutAnAnswerAndOthersGoOn(String hex) throws Exception {
        try (SourceUnderTest source = new SourceUnderTest();
                RawClient attacker = source.client();
                RawClient good = source.client()) {
            attacker.send(ByteBufUtil.decodeHexDump(hex));

            assertThat(attacker.isClosedByServer()).isTrue();
            good.send(Calls.appendBatch(1, true, "x"));
            assertThat(good.receiveAnswer().status()).isEqualTo(RawClient.Answer.OK);
        }
    }

    @Test
    void batchOverTheLimitIsAnsweredWithAnErrorAndTheConnectionClosed() throws Exception {
        try (SourceUnderTest source = new SourceUnderTest("maxBatchEvents", "2");
                RawClient client = source.client()) {
            client.send(Calls.appendBatch(1, true, "a", "b", "c"));

            assertThat(client.receiveAnswer().isError()).isTrue();
            assertThat(client.isClosedByServer()).isTrue();
            assertThat(source.count("framesRefused.maxBatchEvents")).isEqualTo(1);
        }
    }

    @Test
    void undecodableCallIsAnErrorAndTheConnectionGoesOn() throws Exception {
        try (SourceUnderTest source = new SourceUnderTest();
                RawClient client = source.client()) {
            client.send(Calls.frame(1, true, "appendBatch", Unpooled.wrappedBuffer(new byte[] {2, 0, 100})));
            assertThat(client.receiveAnswer().isError()).isTrue();

            client.send(Calls.appendBatch(2, false, "x"));
            assertThat(client.receiveAnswer().status()).isEqualTo(RawClient.Answer.OK);
        }
    }

    @Test
    void fullChannelStopsTheReadingUntilThereIsRoom() throws Exception {
        try (SourceUnderTest source = new SourceUnderTest();
                RawClient client = source.client()) {
            client.send(Calls.appendBatch(1, true, "a"));
            client.receiveAnswer();
            source.inlet.setRoom(false);
            source.inlet.hold();
            client.send(Calls.appendBatch(2, false, "b"));
            await().until(() -> source.inlet.heldBatches() == 1); // one call waits in the channel for its keep-alive
            client.send(Calls.appendBatch(3, false, "c"));
            await().until(() -> source.count("readPauses"), pauses -> pauses > 0);
            assertThat(source.inlet.heldBatches()).isEqualTo(1);

            source.inlet.setRoom(true);
            await().until(() -> source.inlet.heldBatches() == 2);
            source.inlet.release();

            assertThat(client.receiveAnswer().serial()).isEqualTo(2);
            assertThat(client.receiveAnswer().serial()).isEqualTo(3);
            assertThat(source.inlet.bodies()).containsExactly("a", "b", "c");
        }
    }

    @Test
    void senderOfAFullChannelIsToldSoAndNotLeftWithoutAnAnswer() throws Exception {
        try (SourceUnderTest source = new SourceUnderTest();
                RawClient client = source.client()) {
            client.send(Calls.appendBatch(1, true, "a"));
            client.receiveAnswer();
            source.inlet.setRoom(false);
            source.inlet.refuseWith(new ChannelFullException("full"));
            for (int serial = 2; serial <= 4; serial++) {
                client.send(Calls.appendBatch(serial, false, "b"));
                assertThat(client.receiveAnswer().status()).isEqualTo(RawClient.Answer.FAILED);
            }
        }
    }

    @Test
    void moreCallsThanMayBeInFlightWaitUnread() throws Exception {
        try (SourceUnderTest source = new SourceUnderTest("maxPipelined", "3");
                RawClient client = source.client()) {
            source.inlet.hold();
            ByteArrayOutputStream calls = new ByteArrayOutputStream();
            for (int serial = 1; serial <= 10; serial++) {
                calls.write(Calls.appendBatch(serial, serial == 1, "x"));
            }
            client.send(calls.toByteArray());
            await().until(() -> source.count("readPauses"), pauses -> pauses > 0);
            assertThat(source.inlet.heldBatches()).isEqualTo(3);

            source.inlet.release();

            for (int serial = 1; serial <= 10; serial++) {
                assertThat(client.receiveAnswer().status()).isEqualTo(RawClient.Answer.OK);
            }
        }
    }

    @Test
    void clientThatNeverReadsItsAnswersIsNoLongerReadAndOthersGoOn() throws Exception {
        try (SourceUnderTest source = new SourceUnderTest("maxUnsentReplyBytes", "1024");
                RawClient deaf = source.client();
                RawClient good = source.client()) {
            byte[] first = Calls.append(1, true, "");
            byte[] more = Calls.append(2, false, "");
            CompletableFuture<Void> sending = CompletableFuture.runAsync(() -> sendWithoutEnd(deaf, first, more));
            await().until(() -> source.count("readPauses"), pauses -> pauses > 0);

            good.send(Calls.appendBatch(1, true, "x"));
            assertThat(good.receiveAnswer().status()).isEqualTo(RawClient.Answer.OK);
            deaf.close();
            sending.join();
        }
    }

    @Test
    void disconnectInTheMiddleOfAFrameLeavesNothingBehind() throws Exception {
        try (SourceUnderTest source = new SourceUnderTest()) {
            byte[] call = Calls.appendBatch(1, true, "x".repeat(50_000));
            for (int cut = 0; cut < call.length; cut += 997) {
                try (RawClient client = source.client()) {
                    client.send(Arrays.copyOf(call, cut));
                }
            }

            await().until(source.metrics.openConnections::getCount, open -> open == 0);
            assertThat(source.registry
                            .getGauges()
                            .get("source.r1.receiveBytesHeld")
                            .getValue())
                    .isEqualTo(0L);
            assertThat(source.inlet.accepted()).isEmpty();
        }
    }

    @Test
    void thousandIdleConnectionsDisturbNobody() throws Exception {
        List<RawClient> idle = new ArrayList<>();
        try (SourceUnderTest source = new SourceUnderTest()) {
            for (int i = 0; i < 1000; i++) {
                idle.add(source.client());
            }
            await().until(source.metrics.openConnections::getCount, open -> open == 1000);
            try (RawClient good = source.client()) {
                good.send(Calls.appendBatch(1, true, "x"));
                assertThat(good.receiveAnswer().status()).isEqualTo(RawClient.Answer.OK);
            }
        } finally {
            for (RawClient client : idle) {
                client.close();
            }
        }
    }

    @Test
    void oneConnectionTooManyIsClosedAtOnce() throws Exception {
        try (SourceUnderTest source = new SourceUnderTest("maxConnections", "1");
                RawClient first = source.client()) {
            first.send(Calls.appendBatch(1, true, "x"));
            first.receiveAnswer();
            try (RawClient second = source.client()) {
                assertThat(second.isClosedByServer()).isTrue();
            }
            assertThat(source.count("connectionsRefused.maxConnections")).isEqualTo(1);
            first.send(Calls.appendBatch(2, false, "x"));
            assertThat(first.receiveAnswer().status()).isEqualTo(RawClient.Answer.OK);
        }
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"deny:ip:127.0.0.*", "deny:name:localhost", "allow:ip:10.*,deny:ip:*", "deny:name:*"})
    void deniedPeerIsClosedWithoutAWord(String rules) throws Exception {
        try (SourceUnderTest source = new SourceUnderTest("ipFilter", "true", "ipFilterRules", rules);
                RawClient client = source.client()) {
            assertThat(client.receiveAll()).isEmpty();
            assertThat(source.count("connectionsRefused.ipFilter")).isEqualTo(1);
        }
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"allow:ip:127.*,deny:ip:*", "deny:name:no.such.host,allow:name:*", "deny:ip:10.0.0.1"})
    void allowedPeerIsServed(String rules) throws Exception {
        try (SourceUnderTest source = new SourceUnderTest("ipFilter", "true", "ipFilterRules", rules);
                RawClient client = source.client()) {
            client.send(Calls.appendBatch(1, true, "x"));
            assertThat(client.receiveAnswer().status()).isEqualTo(RawClient.Answer.OK);
        }
    }

    @Test
    void peerThatStallsInTheMiddleOfAFrameIsDisconnected() throws Exception {
        try (SourceUnderTest source = new SourceUnderTest("stallTimeout", "1");
                RawClient client = source.client()) {
            client.send(new byte[] {0, 0, 0, 1, 0});

            assertThat(client.isClosedByServer()).isTrue();
            assertThat(source.count("connectionsTimedOut")).isEqualTo(1);
        }
    }

    @Test
    void closeAnswersWhatIsInFlightFirst() throws Exception {
        SourceUnderTest source = new SourceUnderTest();
        try (RawClient client = source.client()) {
            source.inlet.hold();
            client.send(Calls.appendBatch(1, true, "x"));
            await().until(source.inlet::heldBatches, held -> held == 1);
            CompletableFuture<Void> closing = CompletableFuture.runAsync(source::close);
            await().until(() -> source.count("readPauses"), pauses -> pauses > 0);

            source.inlet.acceptHeld(0);

            assertThat(client.receiveAnswer().status()).isEqualTo(RawClient.Answer.OK);
            assertThat(client.isClosedByServer()).isTrue();
            closing.join();
        }
    }

    private static void sendIgnoringReset(RawClient client, ByteArrayOutputStream bytes) {
        try {
            client.send(bytes.toByteArray());
        } catch (IOException e) {
            assertThat(e).isNotNull(); // the server hung up in the middle, as it should
        }
    }

    private static void sendWithoutEnd(RawClient client, byte[] first, byte[] more) {
        try {
            client.send(first);
            ByteArrayOutputStream block = new ByteArrayOutputStream();
            for (int i = 0; i < 1000; i++) {
                block.write(more);
            }
            while (true) {
                client.send(block.toByteArray());
            }
        } catch (IOException e) {
            assertThat(e).isNotNull(); // closed by the test once it has seen enough
        }
    }

    private static byte[] inflated(byte[] stream) throws Exception {
        Inflater inflater = new Inflater();
        inflater.setInput(stream);
        byte[] plain = new byte[10_000];
        int bytes = inflater.inflate(plain);
        inflater.end();
        return Arrays.copyOf(plain, bytes);
    }
}
