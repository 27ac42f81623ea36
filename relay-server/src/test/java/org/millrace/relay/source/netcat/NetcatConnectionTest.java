package org.millrace.relay.source.netcat;

import static org.assertj.core.api.Assertions.assertThat;

import com.codahale.metrics.MetricRegistry;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.millrace.api.ChannelFullException;
import org.millrace.api.SourceMetrics;
import org.millrace.listener.BatchFigures;
import org.millrace.listener.ConnectionFigures;
import org.millrace.listener.PeerLog;
import org.millrace.listener.PendingBytes;
import org.millrace.listener.ReadGate;
import org.millrace.listener.ReadGates;
import org.millrace.listener.SourceBatches;
import org.millrace.listener.TcpServer;
import org.millrace.testkit.FakeClock;
import org.millrace.testkit.RecordedProblems;
import org.millrace.testkit.RecordingInlet;
import org.slf4j.LoggerFactory;

class NetcatConnectionTest {
    private final RecordingInlet inlet = new RecordingInlet();
    private final SourceMetrics metrics = new SourceMetrics("r1", new MetricRegistry());
    private final PendingBytes pending = new PendingBytes(1 << 20);
    private EmbeddedChannel connection = new EmbeddedChannel();

    @AfterEach
    void close() {
        connection.finishAndReleaseAll();
        assertThat(pending.held()).isZero();
    }

    @Test
    void eachLineIsAnEventAndIsAnswered() {
        connect();

        send("one\r\ntwo\n\n");

        assertThat(inlet.bodies()).containsExactly("one\r", "two", "");
        assertThat(inlet.accepted().get(0).headers()).isEmpty();
        assertThat(answers()).isEqualTo("OK\nOK\nOK\n");
    }

    @Test
    void aLineMayComeByteByByteInAnyCharacters() {
        connect();
        for (byte b : "grüße €𝄞\nx\n".getBytes(StandardCharsets.UTF_8)) {
            connection.writeInbound(Unpooled.wrappedBuffer(new byte[] {b}));
        }

        assertThat(inlet.bodies()).containsExactly("grüße €𝄞", "x");
        assertThat(answers()).isEqualTo("OK\nOK\n");
    }

    @Test
    void whatIsNotOfTheEncodingIsReplaced() {
        connect();
        connection.writeInbound(Unpooled.wrappedBuffer(new byte[] {'a', (byte) 0xff, 'b', '\n'}));

        assertThat(inlet.bodies()).containsExactly("a\uFFFDb");
    }

    @Test
    void anotherEncodingBecomesUtf8() {
        connect("encoding", "ISO-8859-1");
        connection.writeInbound(Unpooled.copiedBuffer("grüße\n", StandardCharsets.ISO_8859_1));
        assertThat(inlet.bodies()).containsExactly("grüße");
    }

    @Test
    void oneOfTwoBytesACharacterMayBeCutAnywhere() {
        connect("encoding", "UTF-16LE");
        for (byte b : "a€𝄞\nb\n".getBytes(Charset.forName("UTF-16LE"))) {
            connection.writeInbound(Unpooled.wrappedBuffer(new byte[] {b}));
        }

        assertThat(inlet.bodies()).containsExactly("a€𝄞", "b");
    }

    @Test
    void aLineOfTheGreatestLengthIsTakenAndOneMoreCharacterEndsTheConnection() {
        connect("max-line-length", "20");

        send("1234567890123456789\n12345678901234567890\nnever\n");

        assertThat(inlet.bodies()).containsExactly("1234567890123456789");
        assertThat(answers()).isEqualTo("OK\nFAILED: Event exceeds the maximum length (20 chars, including newline)\n");
        assertThat(connection.isOpen()).isFalse();
        assertThat(metrics.eventReadFails.getCount()).isEqualTo(1);
    }

    @Test
    void whoSendsALineThatIsTooLongMayReadItsAnswersBeforeWeHangUp() {
        HalfClosing socket = new HalfClosing();
        connect(socket, "max-line-length", "20");
        inlet.hold();
        send("one\n" + "x".repeat(30));
        assertThat(connection.config().isAutoRead()).isFalse();

        inlet.release();
        assertThat(answers()).startsWith("OK\nFAILED: Event exceeds the maximum length");
        assertThat(socket.isOutputShutdown()).isTrue();
        assertThat(connection.isOpen()).isTrue();
        assertThat(connection.config().isAutoRead()).isTrue();
        send("x\ny\n");
        connection.advanceTimeBy(2, TimeUnit.SECONDS);
        connection.runScheduledPendingTasks();

        assertThat(connection.isOpen()).isFalse();
        assertThat(inlet.bodies()).containsExactly("one");
    }

    @Test
    void whoHasHungUpItselfIsNotWaitedFor() {
        connect(new HalfClosing(), "max-line-length", "20");
        send("x".repeat(30));
        assertThat(connection.isOpen()).isTrue();

        connection.pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);

        assertThat(connection.isOpen()).isFalse();
        assertThat(answers().split("FAILED", -1)).hasSize(2);
    }

    @Test
    void aClosingSourceDoesNotWaitForWhoIsToHangUp() {
        connect(new HalfClosing(), "max-line-length", "20");
        send("one\n" + "x".repeat(30));
        assertThat(connection.isOpen()).isTrue();

        connection.pipeline().fireUserEventTriggered(TcpServer.DRAIN);

        assertThat(connection.isOpen()).isFalse();
        assertThat(answers()).startsWith("OK\nFAILED: ");
    }

    @Test
    void aLineWithoutEndHoldsNoMoreThanALine() {
        connect("max-line-length", "20");
        for (int i = 0; i < 100 && connection.isOpen(); i++) { // bytes that count for no character by themselves
            connection.writeInbound(Unpooled.wrappedBuffer(new byte[] {(byte) 0x80, (byte) 0x80, (byte) 0x80}));
        }

        assertThat(connection.isOpen()).isFalse();
        assertThat(inlet.bodies()).isEmpty();
    }

    @Test
    void withoutAcksOnlyFailuresAreAnswered() {
        connect("ack-every-event", "false");
        send("one\n");
        assertThat(answers()).isEmpty();

        inlet.refuseWith(new ChannelFullException("channel c is full"));
        send("two\nthree\n");

        assertThat(answers()).isEqualTo("FAILED: channel c is full\nFAILED: channel c is full\n");
        assertThat(connection.isOpen()).isTrue();
    }

    @Test
    void aRefusedEventIsNotPutAgainAndTheNextOneMayBeTaken() {
        connect();
        inlet.refuseWith(new ChannelFullException("full"));
        send("one\n");
        inlet.refuseWith(null);
        send("two\n");

        assertThat(inlet.bodies()).containsExactly("two");
        assertThat(answers()).isEqualTo("FAILED: full\nOK\n");
    }

    @Test
    void whileBatchesWaitNothingMoreIsReadAndAnswersKeepTheirOrder() {
        connect("batchSize", "1");
        inlet.hold();
        send("1\n2\n3\n4\n5\n6\n7\n8\n9\n");

        assertThat(inlet.heldBatches()).isEqualTo(1);
        assertThat(connection.config().isAutoRead()).isFalse();
        assertThat(answers()).isEmpty();
        inlet.release();
        assertThat(inlet.bodies()).hasSize(9);
        assertThat(answers()).isEqualTo("OK\n".repeat(9));
        assertThat(connection.config().isAutoRead()).isTrue();
    }

    @Test
    void aClosingSourceAnswersWhatItHasAndHangsUp() {
        connect();
        inlet.hold();
        send("one\nrest of a line");
        connection.pipeline().fireUserEventTriggered(TcpServer.DRAIN);
        assertThat(connection.isOpen()).isTrue();

        inlet.release();
        connection.runPendingTasks();

        assertThat(answers()).isEqualTo("OK\n");
        assertThat(connection.isOpen()).isFalse();
        assertThat(inlet.bodies()).containsExactly("one");
    }

    private void connect(String... keysAndValues) {
        connect(new EmbeddedChannel(), keysAndValues);
    }

    private void connect(EmbeddedChannel socket, String... keysAndValues) {
        Map<String, String> values = new HashMap<>(Map.of("bind", "localhost", "port", "0"));
        for (int i = 0; i < keysAndValues.length; i += 2) {
            values.put(keysAndValues[i], keysAndValues[i + 1]);
        }
        RecordedProblems problems = new RecordedProblems();
        NetcatSettings settings = NetcatSettings.read(problems.settings(values));
        assertThat(problems.problems()).isEmpty();
        PeerLog log = new PeerLog(LoggerFactory.getLogger(NetcatConnectionTest.class), "r1", new FakeClock());
        SourceBatches batches = new SourceBatches(inlet, pending, new BatchFigures(metrics, pending), log);
        connection = socket;
        ReadGate gate = new ReadGates(inlet, pending, new ConnectionFigures(metrics)).open(connection, 8);
        connection.pipeline().addLast(new NetcatConnection(connection, gate, batches, settings, log));
    }

    private void send(String text) {
        connection.writeInbound(Unpooled.copiedBuffer(text, StandardCharsets.UTF_8));
    }

    private String answers() {
        connection.runPendingTasks();
        StringBuilder all = new StringBuilder();
        for (ByteBuf answer = connection.readOutbound(); answer != null; answer = connection.readOutbound()) {
            all.append(answer.toString(StandardCharsets.UTF_8));
            answer.release();
        }
        return all.toString();
    }

    /** One whose halves are closed one by one, as a socket's; its time stands still. */
    private static final class HalfClosing extends EmbeddedChannel implements DuplexChannel {
        private boolean isOutputShutdown;

        HalfClosing() {
            freezeTime();
        }

        @Override
        public boolean isInputShutdown() {
            return false;
        }

        @Override
        public boolean isOutputShutdown() {
            return isOutputShutdown;
        }

        @Override
        public boolean isShutdown() {
            return false;
        }

        @Override
        public ChannelFuture shutdownInput() {
            throw new UnsupportedOperationException();
        }

        @Override
        public ChannelFuture shutdownInput(ChannelPromise promise) {
            throw new UnsupportedOperationException();
        }

        @Override
        public ChannelFuture shutdownOutput() {
            return shutdownOutput(newPromise());
        }

        @Override
        public ChannelFuture shutdownOutput(ChannelPromise promise) {
            isOutputShutdown = true;
            return promise.setSuccess();
        }

        @Override
        public ChannelFuture shutdown() {
            throw new UnsupportedOperationException();
        }

        @Override
        public ChannelFuture shutdown(ChannelPromise promise) {
            throw new UnsupportedOperationException();
        }
    }
}
