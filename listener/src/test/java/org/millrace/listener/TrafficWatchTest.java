package org.millrace.listener;

import static org.assertj.core.api.Assertions.assertThat;

import com.codahale.metrics.MetricRegistry;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.millrace.api.SourceMetrics;
import org.millrace.listener.TrafficWatch.Timeouts;
import org.millrace.testkit.FakeClock;
import org.millrace.testkit.RecordingInlet;
import org.slf4j.LoggerFactory;

class TrafficWatchTest {
    private final FakeClock clock = new FakeClock();
    private final EmbeddedChannel connection = new EmbeddedChannel();
    private final MetricRegistry registry = new MetricRegistry();
    private final ConnectionFigures figures = new ConnectionFigures(new SourceMetrics("r1", registry));
    private final ReadGate gate =
            new ReadGates(new RecordingInlet(), PendingBytes.UNLIMITED, figures).open(connection, 10);
    private boolean isMidFrame;

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

        isMidFrame = true;
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
        isMidFrame = true;
        connection.config().setAutoRead(false);
        pass(Duration.ofSeconds(1000));

        assertThat(connection.isOpen()).isTrue();
    }

    @Test
    void peerThatNeverReadsItsAnswersIsDisconnected() {
        watch(Duration.ZERO, Duration.ofSeconds(10));
        answerMoreThanFits();
        gate.update();
        assertThat(connection.config().isAutoRead()).isFalse();
        pass(Duration.ofSeconds(6));
        assertThat(connection.isOpen()).isTrue();

        pass(Duration.ofSeconds(8));

        assertThat(connection.isOpen()).isFalse();
        assertThat(registry.counter("source.r1.connectionsTimedOut").getCount()).isEqualTo(1);
    }

    @Test
    void peerThatLeavesItsAnswersUnreadHasTheIdleTimeWhereThereIsNoOther() {
        watch(Duration.ofSeconds(10), Duration.ZERO);
        answerMoreThanFits();
        gate.callBegan(); // it waits for one more
        pass(Duration.ofSeconds(14));

        assertThat(connection.isOpen()).isFalse();
    }

    @Test
    void peerThatTakesPartsOfALongAnswerIsAlive() {
        watch(Duration.ZERO, Duration.ofSeconds(10));
        connection.write(Unpooled.buffer().writeZero(100 << 10));
        connection.unsafe().outboundBuffer().addFlush();
        gate.update();
        for (int i = 0; i < 10; i++) {
            pass(Duration.ofSeconds(8));
            connection.unsafe().outboundBuffer().progress(1000);
        }

        assertThat(connection.isWritable()).isFalse();
        assertThat(connection.isOpen()).isTrue();
    }

    @Test
    void peerThatReadsItsAnswersSlowlyIsNot() {
        watch(Duration.ZERO, Duration.ofSeconds(10));
        answerMoreThanFits();
        gate.update();
        for (int i = 0; i < 10; i++) {
            pass(Duration.ofSeconds(8));
            connection.unsafe().outboundBuffer().addFlush();
            connection.unsafe().outboundBuffer().remove();
        }

        assertThat(connection.isWritable()).isFalse();
        assertThat(connection.isOpen()).isTrue();
    }

    @Test
    void peerThatLeavesItsLastAnswersUnreadIsDisconnectedToo() {
        watch(Duration.ZERO, Duration.ofSeconds(10));
        connection.write(Unpooled.buffer().writeInt(1));
        gate.callBegan();
        gate.shut();
        pass(Duration.ofSeconds(1000));
        assertThat(connection.isOpen()).isTrue();

        gate.callEnded();
        pass(Duration.ofSeconds(14));

        assertThat(connection.isOpen()).isFalse();
    }

    @Test
    void peerThatLeavesInTheMiddleOfAFrameIsCounted() {
        watch(Duration.ZERO, Duration.ZERO);
        isMidFrame = true;

        connection.pipeline().fireChannelInactive();

        assertThat(cutOff()).isEqualTo(1);
    }

    @Test
    void peerThatResetsInTheMiddleOfAFrameIsCountedOnce() {
        watch(Duration.ZERO, Duration.ZERO);
        isMidFrame = true;
        connection.pipeline().addLast(new ClosesOnAnyException());

        connection.pipeline().fireExceptionCaught(new IOException("Connection reset by peer"));
        connection.runPendingTasks();

        assertThat(connection.isOpen()).isFalse();
        assertThat(cutOff()).isEqualTo(1);
    }

    @Test
    void peerThatLeavesBetweenFramesIsNot() {
        watch(Duration.ZERO, Duration.ZERO);

        connection.pipeline().fireChannelInactive();

        assertThat(cutOff()).isZero();
    }

    @Test
    void peerThatWeLeaveIsNotEither() {
        watch(Duration.ZERO, Duration.ofSeconds(10));
        isMidFrame = true;

        pass(Duration.ofSeconds(13));

        assertThat(connection.isOpen()).isFalse();
        assertThat(cutOff()).isZero();
    }

    private long cutOff() {
        return registry.counter("source.r1.connectionsCutOff").getCount();
    }

    private static final class ClosesOnAnyException extends ChannelInboundHandlerAdapter {
        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            ctx.close();
        }
    }

    private void answerMoreThanFits() {
        connection.config().setWriteBufferWaterMark(new WriteBufferWaterMark(16, 64));
        for (int i = 0; i < 100; i++) {
            connection.write(Unpooled.buffer().writeInt(1)); // which is what it is like when nothing can be sent
        }
    }

    private void watch(Duration idle, Duration stall) {
        connection.freezeTime();
        PeerLog log = new PeerLog(LoggerFactory.getLogger(TrafficWatchTest.class), "r1", clock);
        connection
                .pipeline()
                .addLast(new TrafficWatch(() -> isMidFrame, gate, new Timeouts(idle, stall), figures, log));
    }

    private void pass(Duration time) {
        for (long second = 0; second < time.toSeconds(); second++) {
            connection.advanceTimeBy(1, TimeUnit.SECONDS);
            connection.runScheduledPendingTasks();
        }
    }
}
