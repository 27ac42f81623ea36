package org.millrace.thrift;

import static org.assertj.core.api.Assertions.assertThat;

import com.codahale.metrics.MetricRegistry;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.millrace.api.SourceMetrics;
import org.millrace.codec.frame.LengthFrameDecoder;
import org.millrace.codec.frame.ReceiveBudget;
import org.millrace.testkit.FakeClock;
import org.millrace.testkit.RecordedProblems;
import org.millrace.testkit.RecordingInlet;

class SilenceWatchTest {
    private final FakeClock clock = new FakeClock();
    private final EmbeddedChannel connection = new EmbeddedChannel();
    private final ReceiveBudget budget = new ReceiveBudget(1 << 20);
    private final SourceFigures figures = new SourceFigures(new SourceMetrics("r1", new MetricRegistry()), budget);
    private final ReadGate gate = new ReadGate(connection, new InletRoom(new RecordingInlet()), 10, figures);

    @AfterEach
    void close() {
        connection.finishAndReleaseAll();
    }

    @Test
    void timeInWhichWeDidNotReadIsNotThePeers() {
        watch();
        connection.config().setAutoRead(false);
        pass(Duration.ofSeconds(1000));

        assertThat(connection.isOpen()).isTrue();
    }

    @Test
    void peerThatLeavesItsAnswersUnreadIsDisconnectedThoughWeDoNotReadEither() {
        watch();
        gate.callBegan();
        connection.write(Unpooled.buffer().writeZero(100 << 10)); // not taken by the peer
        gate.update();
        assertThat(connection.config().isAutoRead()).isFalse();

        pass(Duration.ofSeconds(18));

        assertThat(connection.isOpen()).isFalse();
    }

    private void watch() {
        connection.freezeTime();
        Map<String, String> values =
                new HashMap<>(Map.of("bind", "localhost", "port", "0", "idleTimeout", "60", "stallTimeout", "10"));
        ThriftSourceSettings settings = ThriftSourceSettings.read(new RecordedProblems().settings(values));
        connection
                .pipeline()
                .addLast(new SilenceWatch(
                        new LengthFrameDecoder(settings.codec(), budget),
                        gate,
                        settings,
                        figures,
                        new PeerLog("r1", clock),
                        clock));
    }

    private void pass(Duration time) {
        for (long second = 0; second < time.toSeconds(); second++) {
            clock.advance(Duration.ofSeconds(1));
            connection.advanceTimeBy(1, TimeUnit.SECONDS);
            connection.runScheduledPendingTasks();
        }
    }
}
