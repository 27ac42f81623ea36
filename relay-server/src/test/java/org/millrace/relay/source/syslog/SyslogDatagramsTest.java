package org.millrace.relay.source.syslog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.codahale.metrics.MetricRegistry;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.DatagramPacket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.millrace.api.SourceMetrics;
import org.millrace.listener.BatchFigures;
import org.millrace.listener.ConnectionFigures;
import org.millrace.listener.NameLookups;
import org.millrace.listener.PeerLog;
import org.millrace.listener.PendingBytes;
import org.millrace.listener.SourceBatches;
import org.millrace.testkit.FakeClock;
import org.millrace.testkit.RecordedProblems;
import org.millrace.testkit.RecordingInlet;
import org.slf4j.LoggerFactory;

/** With names that are found only when a test says so. */
class SyslogDatagramsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final FakeClock clock = new FakeClock();
    private final RecordingInlet inlet = new RecordingInlet();
    private final MetricRegistry registry = new MetricRegistry();
    private final SourceMetrics metrics = new SourceMetrics("r1", registry);
    private final CountDownLatch answers = new CountDownLatch(1);
    private final NameLookups names = new NameLookups("r1", clock, this::nameOf, PATIENCE);
    private final List<ByteBuf> sent = new ArrayList<>();
    private final EmbeddedChannel port = new EmbeddedChannel() {
        @Override
        protected SocketAddress localAddress0() {
            return new InetSocketAddress(InetAddress.getLoopbackAddress(), 514);
        }
    };

    @AfterEach
    void close() {
        names.close();
        port.finishAndReleaseAll();
        assertThat(sent).allMatch(content -> content.refCnt() == 0);
    }

    @Test
    void whileANameIsLookedUpNothingIsReadAndThenAllHaveTheirNamesInOrder() throws Exception {
        port.pipeline().addLast(datagrams(plain()));
        send(1, "<14>1 - h first");
        send(2, "<14>1 - h second");
        send(1, "<14>1 - h third");
        assertThat(port.config().isAutoRead()).isFalse();

        answers.countDown();
        awaitReading();

        assertThat(inlet.bodies()).containsExactly("first", "second", "third");
        assertThat(inlet.accepted())
                .extracting(event -> event.headers().get("name"))
                .containsExactly("peer-1", "peer-2", "peer-1");
    }

    @Test
    void oneThatBreaksTheParserIsDroppedAloneAndThePortReadsOn() throws Exception {
        MessageParser plain = plain();
        port.pipeline().addLast(datagrams((bytes, length, into) -> {
            if (new String(bytes, 0, length, StandardCharsets.US_ASCII).equals("bad")) {
                throw new IllegalStateException("a parser failed");
            }
            plain.parse(bytes, length, into);
        }));
        send(1, "<14>1 - h first");
        send(2, "bad");
        send(1, "<14>1 - h third");

        answers.countDown();
        awaitReading();
        send(1, "bad");
        send(1, "<14>1 - h last");

        assertThat(inlet.bodies()).containsExactly("first", "third", "last");
        assertThat(registry.counter("source.r1.eventsDropped").getCount()).isEqualTo(2);
        assertThat(metrics.genericFails.getCount()).isEqualTo(2);
    }

    private void awaitReading() {
        await().until(() -> {
            port.runPendingTasks();
            return port.config().isAutoRead();
        });
    }

    private SyslogDatagrams datagrams(MessageParser parser) {
        PendingBytes pending = new PendingBytes(1 << 20);
        PeerLog log = new PeerLog(LoggerFactory.getLogger(SyslogDatagramsTest.class), "r1", clock);
        SourceBatches batches = new SourceBatches(inlet, pending, new BatchFigures(metrics, pending), log);
        SyslogSettings settings =
                SyslogSettings.read(new RecordedProblems().settings(Map.of("clientHostnameHeader", "name")));
        SyslogEvents events = new SyslogEvents(
                Dialect.PLAIN, parser, settings.keep(), MessageText.asItIs(), new SyslogFigures(metrics));
        return new SyslogDatagrams(
                port, batches, new ConnectionFigures(metrics), events, new PeerHeaders(settings, null), names);
    }

    private MessageParser plain() {
        return new SyslogParser(new StampReader(ZoneOffset.UTC, clock, false), null);
    }

    private String nameOf(InetAddress address) {
        try {
            answers.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        return "peer-" + address.getAddress()[3];
    }

    private void send(int sender, String text) throws Exception {
        InetAddress address = InetAddress.getByAddress(new byte[] {10, 0, 0, (byte) sender});
        ByteBuf content = Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII);
        sent.add(content);
        port.writeInbound(new DatagramPacket(
                content,
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 514),
                new InetSocketAddress(address, 40_000)));
    }
}
