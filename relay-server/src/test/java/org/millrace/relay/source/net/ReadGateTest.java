package org.millrace.relay.source.net;

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
    private final ReadGate gate = new ReadGate(connection, new InletRoom(inlet), 2, pending, figures);

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
    void ofConnectionsThatAreGoneNothingIsKeptWhileTheChannelIsFull() {
        InletRoom shared = new InletRoom(inlet);
        List<EmbeddedChannel> gone = new ArrayList<>();
        inlet.setRoom(false);
        for (int i = 0; i < 100; i++) {
            EmbeddedChannel passing = new EmbeddedChannel();
            ReadGate ofPassing = new ReadGate(passing, shared, 2, pending, figures);
            ofPassing.callBegan();
            passing.finishAndReleaseAll();
            ofPassing.callEnded(); // settled after its connection has gone
            gone.add(passing);
        }
        assertThat(inlet.waitingForRoom()).isEqualTo(1);

        inlet.setRoom(true);

        assertThat(gone).noneMatch(EmbeddedChannel::hasPendingTasks);
    }

    @Test
    void ofConnectionsThatAreGoneNothingIsKeptWhileTooMuchIsPending() {
        EmbeddedChannel passing = new EmbeddedChannel();
        ReadGate ofPassing = new ReadGate(passing, new InletRoom(inlet), 2, pending, figures);
        pending.add(200);
        ofPassing.update();
        assertThat(passing.config().isAutoRead()).isFalse();
        passing.finishAndReleaseAll();

        pending.remove(200);

        assertThat(passing.hasPendingTasks()).isFalse();
    }

    @Test
    void allThatWaitAreReadOnceThereIsRoomAndMayWaitAgain() {
        InletRoom shared = new InletRoom(inlet);
        EmbeddedChannel other = new EmbeddedChannel();
        ReadGate first = new ReadGate(connection, shared, 2, pending, figures);
        ReadGate second = new ReadGate(other, shared, 2, pending, figures);
        for (int round = 0; round < 2; round++) {
            inlet.setRoom(false);
            first.callBegan();
            second.callBegan();
            assertThat(isRead()).isFalse();
            assertThat(other.config().isAutoRead()).isFalse();

            inlet.setRoom(true);
            connection.runPendingTasks();
            other.runPendingTasks();

            assertThat(isRead()).isTrue();
            assertThat(other.config().isAutoRead()).isTrue();
            first.callEnded();
            second.callEnded();
        }
        other.finishAndReleaseAll();
    }

    private boolean isRead() {
        return connection.config().isAutoRead();
    }
}
