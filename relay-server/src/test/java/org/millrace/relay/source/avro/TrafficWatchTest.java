package org.millrace.relay.source.avro;

import static org.assertj.core.api.Assertions.assertThat;

import com.codahale.metrics.MetricRegistry;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.millrace.api.SourceMetrics;
import org.millrace.codec.CodecLimits;
import org.millrace.codec.frame.AvroFrameDecoder;
import org.millrace.codec.frame.ReceiveBudget;
import org.millrace.relay.source.avro.AvroSourceSettings.ConnectionLimits;
import org.millrace.testkit.FakeClock;
import org.millrace.testkit.RecordingInlet;

class TrafficWatchTest {
    private final FakeClock clock = new FakeClock();
    private final EmbeddedChannel connection = new EmbeddedChannel();
    private final ReceiveBudget budget = new ReceiveBudget(1 << 20);
    private final MetricRegistry registry = new MetricRegistry();
    private final AvroSourceFigures figures = new AvroSourceFigures(new SourceMetrics("r1", registry), budget);
    private final ReadGate gate = new ReadGate(connection, new RecordingInlet(), 10, figures);

    @AfterEach
    void close() {
        connection.finishAndReleaseAll();
    }

    @Test
    void silentPeerIsDisconnectedAfterTheIdleTimeout() {
        watch(Duration.ofSeconds(60), Duration.ZERO);

        pass(Duration.ofSeconds(59));
        assertThat(connection.isOpen()).isTrue();
        pass(Duration.ofSeconds(20));

        assertThat(connection.isOpen()).isFalse();
        assertThat(registry.counter("source.r1.connectionsTimedOut").getCount()).isEqualTo(1);
    }

    @Test
    void whateverArrivesStartsTheTimeAnew() {
        watch(Duration.ofSeconds(60), Duration.ZERO);
        for (int i = 0; i < 10; i++) {
            pass(Duration.ofSeconds(50));
            connection.writeInbound(Unpooled.buffer().writeInt(1).writeInt(1).writeInt(0));
        }

        assertThat(connection.isOpen()).isTrue();
        assertThat(registry.counter("source.r1.bytesReceived").getCount()).isEqualTo(120);
    }

    @Test
    void peerThatStopsInTheMiddleOfAFrameHasLessTime() {
        watch(Duration.ZERO, Duration.ofSeconds(10));
        pass(Duration.ofSeconds(1000));
        assertThat(connection.isOpen()).isTrue();

        connection.writeInbound(Unpooled.buffer().writeInt(1));
        pass(Duration.ofSeconds(13));

        assertThat(connection.isOpen()).isFalse();
    }

    @Test
    void peerThatWaitsForAnAnswerIsNotIdle() {
        watch(Duration.ofSeconds(60), Duration.ZERO);
        gate.callBegan();
        pass(Duration.ofSeconds(1000));

        assertThat(connection.isOpen()).isTrue();
    }

    @Test
    void timeInWhichWeDidNotReadIsNotThePeers() {
        watch(Duration.ofSeconds(60), Duration.ofSeconds(10));
        connection.writeInbound(Unpooled.buffer().writeInt(1));
        connection.config().setAutoRead(false);
        pass(Duration.ofSeconds(1000));

        assertThat(connection.isOpen()).isTrue();
    }

    private void watch(Duration idle, Duration stall) {
        AvroFrameDecoder frames = new AvroFrameDecoder(CodecLimits.DEFAULT, budget);
        ConnectionLimits limits = new ConnectionLimits(10, 10, 1000, idle, stall);
        connection.freezeTime();
        connection
                .pipeline()
                .addLast(new TrafficWatch(frames, gate, limits, figures, new PeerLog("r1", clock), clock))
                .addLast(frames);
    }

    private void pass(Duration time) {
        for (long second = 0; second < time.toSeconds(); second++) {
            clock.advance(Duration.ofSeconds(1));
            connection.advanceTimeBy(1, TimeUnit.SECONDS);
            connection.runScheduledPendingTasks();
        }
    }
}
