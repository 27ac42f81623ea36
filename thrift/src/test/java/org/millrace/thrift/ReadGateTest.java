package org.millrace.thrift;

import static org.assertj.core.api.Assertions.assertThat;

import com.codahale.metrics.MetricRegistry;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.millrace.api.SourceMetrics;
import org.millrace.codec.frame.ReceiveBudget;
import org.millrace.testkit.RecordingInlet;

class ReadGateTest {
    private final RecordingInlet inlet = new RecordingInlet();
    private final InletRoom room = new InletRoom(inlet);
    private final SourceFigures figures =
            new SourceFigures(new SourceMetrics("r1", new MetricRegistry()), new ReceiveBudget(1 << 20));

    @Test
    void whileTheChannelIsFullOneCallIsReadAhead() {
        EmbeddedChannel connection = new EmbeddedChannel();
        ReadGate gate = new ReadGate(connection, room, 2, figures);
        inlet.setRoom(false);
        gate.update();
        assertThat(connection.config().isAutoRead()).isTrue();
        gate.callBegan();
        assertThat(connection.config().isAutoRead()).isFalse();

        inlet.setRoom(true);
        connection.runPendingTasks();

        assertThat(connection.config().isAutoRead()).isTrue();
        connection.finishAndReleaseAll();
    }

    @Test
    void ofConnectionsThatAreGoneNothingIsKeptWhileTheChannelIsFull() {
        List<EmbeddedChannel> gone = new ArrayList<>();
        inlet.setRoom(false);
        for (int i = 0; i < 100; i++) {
            EmbeddedChannel passing = new EmbeddedChannel();
            ReadGate ofPassing = new ReadGate(passing, room, 2, figures);
            ofPassing.callBegan();
            passing.finishAndReleaseAll();
            ofPassing.callEnded(); // settled after its connection has gone
            gone.add(passing);
        }
        assertThat(inlet.waitingForRoom()).isEqualTo(1);

        inlet.setRoom(true);

        assertThat(gone).noneMatch(EmbeddedChannel::hasPendingTasks);
    }
}
