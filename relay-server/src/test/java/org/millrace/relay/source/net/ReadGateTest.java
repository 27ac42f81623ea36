package org.millrace.relay.source.net;

import static org.assertj.core.api.Assertions.assertThat;

import com.codahale.metrics.MetricRegistry;
import io.netty.channel.embedded.EmbeddedChannel;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.millrace.api.SourceMetrics;
import org.millrace.testkit.RecordingInlet;

class ReadGateTest {
    private final EmbeddedChannel connection = new EmbeddedChannel();
    private final RecordingInlet inlet = new RecordingInlet();
    private final PendingBytes pending = new PendingBytes(100);
    private final ConnectionFigures figures = new ConnectionFigures(new SourceMetrics("r1", new MetricRegistry()));
    private final ReadGate gate = new ReadGate(connection, inlet, 2, pending, figures);

    @AfterEach
    void close() {
        connection.finishAndReleaseAll();
    }

    @Test
    void nobodyIsReadWhileTooMuchIsPendingWhoeverSentIt() {
        pending.add(60);
        gate.update();
        assertThat(isRead()).isTrue();
        pending.add(60);
        gate.update();
        assertThat(isRead()).isFalse();

        pending.remove(60);
        connection.runPendingTasks();

        assertThat(isRead()).isTrue();
    }

    @Test
    void whileTheChannelIsFullOneBatchIsReadAhead() {
        inlet.setRoom(false);
        gate.update();
        assertThat(isRead()).isTrue();
        gate.callBegan();
        assertThat(isRead()).isFalse();

        inlet.setRoom(true);
        connection.runPendingTasks();

        assertThat(isRead()).isTrue();
    }

    @Test
    void aConnectionThatIsHeldIsReadOnceItIsLetGo() {
        gate.hold();
        gate.update();
        assertThat(isRead()).isFalse();

        gate.letGo();

        assertThat(isRead()).isTrue();
    }

    private boolean isRead() {
        return connection.config().isAutoRead();
    }
}
