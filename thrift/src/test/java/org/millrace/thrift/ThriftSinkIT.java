package org.millrace.thrift;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.codahale.metrics.MetricRegistry;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.millrace.api.ChannelException;
import org.millrace.api.DeliveryException;
import org.millrace.api.Settings;
import org.millrace.api.Sink;
import org.millrace.api.SinkContext;
import org.millrace.api.SinkMetrics;
import org.millrace.api.StartException;
import org.millrace.api.deadletter.DeadLetters;
import org.millrace.testkit.Batches;
import org.millrace.testkit.FakeChannel;
import org.millrace.testkit.RecordedProblems;
import org.millrace.testkit.process.FreePorts;

/** The sink against our source, and against peers that do not do as they should. */
class ThriftSinkIT {
    private final FakeChannel channel = new FakeChannel("c1");
    private final FakeChannel deadLetters = new FakeChannel("letters");
    private final SinkMetrics metrics = new SinkMetrics("k1", new MetricRegistry());
    private ThriftSink sink;

    @AfterEach
    void nothingIsLeftOpen() {
        if (sink != null) {
            sink.close();
            sink.close();
        }
        assertThat(channel.openTransactions()).isZero();
        channel.close();
        deadLetters.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"compact", "binary"})
    void eventsArriveInOrderAndLeaveTheChannel(String protocol) throws Exception {
        try (SourceUnderTest source = new SourceUnderTest("protocol", protocol)) {
            start(source.port(), "protocol", protocol, "batch-size", "2");
            put("1", "2", "3", "4", "5");

            drainUntilIdle();

            assertThat(source.inlet.bodies()).containsExactly("1", "2", "3", "4", "5");
            assertThat(channel.bodies()).isEmpty();
            assertThat(metrics.drainSuccesses.getCount()).isEqualTo(5);
            assertThat(metrics.drainAttempts.getCount()).isEqualTo(5);
            assertThat(metrics.batchesComplete.getCount()).isEqualTo(2);
            assertThat(metrics.batchesUnderflow.getCount()).isEqualTo(1);
            assertThat(metrics.connectionsCreated.getCount()).isEqualTo(1);
        }
    }

    @Test
    void severalBatchesAreOnTheirWayAtATimeAndNoMore() throws Exception {
        try (SourceUnderTest source = new SourceUnderTest()) {
            start(source.port(), "batch-size", "1", "max-in-flight", "2");
            source.inlet.hold();
            put("1", "2", "3");

            sink.drain();
            sink.drain();
            await().until(() -> source.inlet.heldBatches() == 2);
            source.inlet.release();
            drainUntilIdle();

            assertThat(source.inlet.bodies()).containsExactly("1", "2", "3");
        }
    }

    @Test
    void batchThatThePeerRefusesIsBackInTheChannelAndTheConnectionStays() throws Exception {
        try (SourceUnderTest source = new SourceUnderTest()) {
            start(source.port());
            put("1", "2");
            source.inlet.refuseWith(new ChannelException("full"));
            sink.drain();

            assertThatThrownBy(() -> sink.drain())
                    .isInstanceOf(DeliveryException.class)
                    .hasMessage("the peer answered FAILED");
            assertThat(channel.bodies()).containsExactly("1", "2");
            assertThat(metrics.eventWriteFails.getCount()).isEqualTo(1);

            source.inlet.refuseWith(null);
            drainUntilIdle();
            assertThat(source.inlet.bodies()).containsExactly("1", "2");
            assertThat(metrics.connectionsCreated.getCount()).isEqualTo(1);
        }
    }

    @Test
    void partOfABatchThatIsRefusedBringsAllOfItBack() throws Exception {
        try (SourceUnderTest source = new SourceUnderTest("maxHeaderBytes", "100")) {
            start(source.port(), "max-call-bytes", "1024");
            channel.submit(Batches.of("x".repeat(900)));
            channel.submit(Batches.of(Map.of("k", "v".repeat(200)), "y"));
            sink.drain();

            assertThatThrownBy(() -> sink.drain()).hasMessage("the peer answered ERROR");

            assertThat(channel.bodies()).hasSize(2);
            assertThat(source.inlet.bodies()).hasSize(1);
        }
    }

    @Test
    void anEventThatThePeerRefusesWhileItTakesOthersIsADeadLetterAfterItsTries() throws Exception {
        try (SourceUnderTest source = new SourceUnderTest("maxHeaderBytes", "100")) {
            start(
                    source.port(),
                    "batch-size",
                    "4",
                    "max-in-flight",
                    "1",
                    "deadLetter.type",
                    "channel",
                    "deadLetter.channel",
                    "letters",
                    "deadLetter.maxTries",
                    "2");
            put("1");
            channel.submit(Batches.of(Map.of("k", "v".repeat(200)), "bad"));
            put("2", "3", "4");

            await().until(this::drainsUntilIdle);

            assertThat(source.inlet.bodies()).containsExactly("1", "2", "3", "4");
            assertThat(deadLetters.bodies()).containsExactly("bad");
            assertThat(channel.durableCommits()).isEqualTo(1);
            assertThat(deadLetters.headers())
                    .singleElement()
                    .satisfies(
                            headers -> assertThat(headers)
                                    .containsEntry("deadLetter.sink", "k1")
                                    .containsEntry("deadLetter.tries", "2")
                                    .hasEntrySatisfying(
                                            "deadLetter.reason",
                                            reason -> assertThat(reason)
                                                    .isEqualTo(
                                                            "the peer takes other events and not this one: the peer answered ERROR")));
            assertThat(metrics.drainSuccesses.getCount()).isEqualTo(4);
            assertThat(metrics.counter("deadLetteredEvents").getCount()).isEqualTo(1);
        }
    }

    @Test
    void withoutADeadLetterKeyAnEventThatThePeerRefusesStaysInTheChannel() throws Exception {
        try (SourceUnderTest source = new SourceUnderTest("maxHeaderBytes", "100")) {
            start(source.port(), "batch-size", "1", "max-in-flight", "1");
            channel.submit(Batches.of(Map.of("k", "v".repeat(200)), "bad"));
            put("1");
            for (int turn = 0; turn < 10; turn++) {
                assertThat(drainsUntilIdle()).isFalse();
            }
            assertThat(channel.bodies()).containsExactly("bad", "1");
        }
    }

    @Test
    void peerThatIsNotThereLeavesTheEventsInTheChannelUntilItIs() throws Exception {
        int port = FreePorts.next();
        start(port);
        put("1");

        assertThatThrownBy(() -> sink.drain())
                .isInstanceOf(DeliveryException.class)
                .hasMessage("no connection to 127.0.0.1:" + port);
        assertThat(channel.bodies()).containsExactly("1");
        assertThat(metrics.connectionsFailed.getCount()).isEqualTo(2);

        try (SourceUnderTest source = new SourceUnderTest("port", Integer.toString(port))) {
            drainUntilIdle();
            assertThat(source.inlet.bodies()).containsExactly("1");
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "hangs up, '', 'the peer closed the connection'",
        "says nothing, null, 'request-timeout: no answer within 1000 ms'",
        "answers at length, 7fffffff, 'an answer of 2147483647 bytes'",
        "answers a call that is not there, 000000138241630b617070656e64426174636805000000, 'the answer is to call'",
        "answers nonsense, 00000003ffffff, 'the answer: '",
    })
    void peerThatDoesNotAnswerAsItShouldIsHungUpOnAndNothingIsLost(String name, String answer, String why)
            throws Exception {
        try (OddPeer peer = new OddPeer("null".equals(answer) ? null : answer)) {
            start(peer.port(), "request-timeout", "1000");
            put("1", "2");
            sink.drain();

            assertThatThrownBy(() -> sink.drain())
                    .isInstanceOf(DeliveryException.class)
                    .hasMessageContaining("no answer; 2 events without one are back in the channel")
                    .rootCause()
                    .hasMessageContaining(why);

            assertThat(channel.bodies()).containsExactly("1", "2");
            assertThat(metrics.connectionsClosed.getCount()).isEqualTo(1);
        }
    }

    @Test
    void interruptEndsTheWaitForAnAnswer() throws Exception {
        try (OddPeer peer = new OddPeer(null)) {
            start(peer.port());
            put("1");
            sink.drain();
            Thread.currentThread().interrupt();

            assertThatThrownBy(() -> sink.drain()).isInstanceOf(InterruptedException.class);

            assertThat(channel.bodies()).containsExactly("1");
        }
    }

    @Test
    void settlingLeavesNothingOnItsWay() throws Exception {
        try (SourceUnderTest source = new SourceUnderTest()) {
            start(source.port(), "batch-size", "1");
            put("1", "2");
            sink.drain();
            sink.drain();

            sink.settle();

            assertThat(channel.openTransactions()).isZero();
            assertThat(metrics.drainSuccesses.getCount()).isEqualTo(2);
        }
    }

    @Test
    void oldConnectionIsGivenUpForANewOne() throws Exception {
        try (SourceUnderTest source = new SourceUnderTest()) {
            start(source.port(), "reset-connection-interval", "1");
            await().until(() -> {
                put("x");
                drainUntilIdle();
                return metrics.connectionsCreated.getCount() == 2;
            });
            assertThat(metrics.connectionsClosed.getCount()).isEqualTo(1);
        }
    }

    private void start(int port, String... keysAndValues) throws StartException {
        Map<String, String> values = new HashMap<>(Map.of("hostname", "127.0.0.1", "port", Integer.toString(port)));
        for (int i = 0; i < keysAndValues.length; i += 2) {
            values.put(keysAndValues[i], keysAndValues[i + 1]);
        }
        RecordedProblems problems = new RecordedProblems();
        SinkContext context =
                new SinkContext("a1", "k1", channel, metrics, InstantSource.system(), (key, name) -> deadLetters);
        Settings settings = problems.settings(values);
        sink = new ThriftSink(context, ThriftSinkSettings.read(settings), DeadLetters.read(context, settings));
        assertThat(problems.problems()).isEmpty();
        sink.start();
    }

    private void put(String... bodies) {
        for (String body : bodies) {
            channel.submit(Batches.of(body));
        }
    }

    private void drainUntilIdle() throws Exception {
        while (sink.drain() == Sink.Drain.DELIVERED) {}
    }

    /** False if the peer has refused something. */
    private boolean drainsUntilIdle() throws InterruptedException {
        try {
            while (sink.drain() == Sink.Drain.DELIVERED) {}
            return true;
        } catch (DeliveryException e) {
            return false;
        }
    }

    /** Reads the first bytes of a call, answers what it was told and hangs up, or waits. */
    private static final class OddPeer implements AutoCloseable {
        private final ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());

        /** @param answer in hex; null for none at all */
        OddPeer(String answer) throws IOException {
            Thread thread = new Thread(() -> serve(answer));
            thread.setDaemon(true);
            thread.start();
        }

        int port() {
            return listener.getLocalPort();
        }

        private void serve(String answer) {
            try (Socket client = listener.accept();
                    InputStream in = client.getInputStream()) {
                int length = new DataInputStream(in).readInt();
                in.readNBytes(length);
                if (answer == null) {
                    in.read(); // until the other side is gone
                    return;
                }
                DataOutputStream out = new DataOutputStream(client.getOutputStream());
                out.write(HexFormat.of().parseHex(answer));
                client.shutdownOutput();
                in.read();
            } catch (IOException e) {
                // the test is over
            }
        }

        @Override
        public void close() throws IOException {
            listener.close();
        }
    }
}
