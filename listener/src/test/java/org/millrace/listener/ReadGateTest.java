package org.millrace.listener;

import static org.assertj.core.api.Assertions.assertThat;

import com.codahale.metrics.MetricRegistry;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.millrace.api.SourceMetrics;
import org.millrace.testkit.RecordingInlet;

class ReadGateTest {
    private final EmbeddedChannel connection = new EmbeddedChannel();
    private final RecordingInlet inlet = new RecordingInlet();
    private final PendingBytes pending = new PendingBytes(100);
    private final ConnectionFigures figures = new ConnectionFigures(new SourceMetrics("r1", new MetricRegistry()));
    private final ReadGates gates = new ReadGates(inlet, pending, figures);
    private final ReadGate gate = gates.open(connection, 2);

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

    @Test
    void aConnectionThatComesWhileTooMuchIsPendingIsNotReadAtAll() {
        pending.add(100);
        EmbeddedChannel late = new EmbeddedChannel();
        gates.open(late, 2);
        assertThat(late.config().isAutoRead()).isFalse();

        pending.remove(100);
        late.runPendingTasks();

        assertThat(late.config().isAutoRead()).isTrue();
        late.finishAndReleaseAll();
    }

    @Test
    void whoeverComesAndGoesWhileThereIsNoRoomLeavesNothingBehind() {
        inlet.setRoom(false);
        pending.add(100);
        List<EmbeddedChannel> gone = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            EmbeddedChannel other = new EmbeddedChannel();
            ReadGate itsGate = gates.open(other, 2);
            itsGate.callBegan();
            other.close();
            itsGate.callEnded(); // which comes late
            other.runPendingTasks();
            gone.add(other);
        }
        assertThat(inlet.waitingForRoom()).isEqualTo(1);

        inlet.setRoom(true);
        pending.remove(100);

        assertThat(gone).noneMatch(EmbeddedChannel::hasPendingTasks);
    }

    @Test
    void allThatWaitAreReadOnceThereIsRoomAndMayWaitAgain() {
        EmbeddedChannel other = new EmbeddedChannel();
        ReadGate its = gates.open(other, 2);
        for (int round = 0; round < 2; round++) {
            inlet.setRoom(false);
            gate.callBegan();
            its.callBegan();
            assertThat(isRead()).isFalse();
            assertThat(other.config().isAutoRead()).isFalse();

            inlet.setRoom(true);
            connection.runPendingTasks();
            other.runPendingTasks();

            assertThat(isRead()).isTrue();
            assertThat(other.config().isAutoRead()).isTrue();
            gate.callEnded();
            its.callEnded();
        }
        other.finishAndReleaseAll();
    }

    private boolean isRead() {
        return connection.config().isAutoRead();
    }
}
