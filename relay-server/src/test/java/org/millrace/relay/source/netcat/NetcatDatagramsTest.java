package org.millrace.relay.source.netcat;

import static org.assertj.core.api.Assertions.assertThat;

import com.codahale.metrics.MetricRegistry;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.DatagramPacket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.millrace.api.ChannelFullException;
import org.millrace.api.SourceMetrics;
import org.millrace.listener.BatchFigures;
import org.millrace.listener.ConnectionFigures;
import org.millrace.listener.PeerLog;
import org.millrace.listener.PendingBytes;
import org.millrace.listener.SourceBatches;
import org.millrace.testkit.FakeClock;
import org.millrace.testkit.RecordingInlet;
import org.slf4j.LoggerFactory;

class NetcatDatagramsTest {
    /** What a batch of one datagram counts for: twelve bytes, two lengths and what a batch holds besides. */
    private static final long ONE_BYTES = 14 + 256;

    private final RecordingInlet inlet = new RecordingInlet();
    private final MetricRegistry registry = new MetricRegistry();
    private final SourceMetrics metrics = new SourceMetrics("r1", registry);
    private final PendingBytes pending = new PendingBytes(8 * ONE_BYTES);
    private final PeerLog log = new PeerLog(LoggerFactory.getLogger(NetcatDatagramsTest.class), "r1", new FakeClock());
    private final SourceBatches batches = new SourceBatches(inlet, pending, new BatchFigures(metrics, pending), log);

    @Test
    void theFirstLineOfADatagramIsAnEventWithItsSender() throws Exception {
        EmbeddedChannel port = port("ra");

        send(port, "line1\nline2\n");
        send(port, "");

        assertThat(inlet.bodies()).containsExactly("line1", "");
        assertThat(inlet.accepted().get(0).headers()).isEqualTo(Map.of("ra", "/127.0.0.1:40788"));
        port.finishAndReleaseAll();
    }

    @Test
    void withoutAHeaderNameThereIsNoHeader() throws Exception {
        EmbeddedChannel port = port(null);

        send(port, "x");

        assertThat(inlet.accepted().get(0).headers()).isEmpty();
        port.finishAndReleaseAll();
    }

    @Test
    void whileTheChannelIsFullAsMuchIsKeptAsMayBeAndTheRestIsCounted() throws Exception {
        EmbeddedChannel port = port(null);
        inlet.refuseWith(new ChannelFullException("full"));
        for (int i = 0; i < 20; i++) {
            send(port, "twelve bytes");
        }
        assertThat(pending.held()).isEqualTo(8 * ONE_BYTES);
        assertThat(registry.counter("source.r1.datagramsOverflown").getCount()).isEqualTo(12);

        inlet.refuseWith(null);
        port.advanceTimeBy(10, TimeUnit.SECONDS);
        port.runScheduledPendingTasks();

        assertThat(inlet.bodies()).hasSize(8);
        assertThat(pending.held()).isZero();
        port.finishAndReleaseAll();
    }

    private EmbeddedChannel port(@Nullable String header) {
        EmbeddedChannel port = new EmbeddedChannel();
        port.pipeline().addLast(new NetcatDatagrams(port, batches, new ConnectionFigures(metrics), header));
        return port;
    }

    private static void send(EmbeddedChannel port, String text) throws Exception {
        InetAddress loopback = InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
        port.writeInbound(new DatagramPacket(
                Unpooled.copiedBuffer(text, StandardCharsets.UTF_8),
                new InetSocketAddress(loopback, 514),
                new InetSocketAddress(loopback, 40788)));
    }
}
