package org.millrace.relay;

import static org.assertj.core.api.Assertions.as;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.millrace.api.Component;
import org.millrace.api.StartException;
import org.millrace.relay.cli.ExitCode;
import org.millrace.testkit.LogLines;

@Timeout(60)
class AgentLifeTest {
    private final StopReport stop = new StopReport("a start");

    @Test
    void aStopThatGoesWellIsDone() throws Exception {
        AgentLife life = life(() -> {}, () -> {});
        life.start();
        assertThat(life.stop()).isEqualTo(ExitCode.DONE);
    }

    @Test
    void aStopThatLeavesSomethingOpenOrLosesSomethingHasFailed() throws Exception {
        AgentLife life = life(() -> {}, () -> stop.add("channel c1 loses the 3 events in its memory"));
        life.start();
        assertThat(life.stop()).isEqualTo(ExitCode.FAILED);
    }

    @Test
    void aStopThatBreaksHasFailed() throws Exception {
        AgentLife life = life(() -> {}, () -> {
            throw new AssertionError("cannot be");
        });
        life.start();
        assertThat(life.stop()).isEqualTo(ExitCode.FAILED);
    }

    @Test
    void aStopThatHangsHasFailedAndSaysWhereItHangsAndWhatItLost() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        Component hanging = agent(() -> {}, () -> {
            stop.add("channel c1 loses the 3 events in its memory");
            stop.isAt("the close of channel c2");
            try {
                never.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        AgentLife life = new AgentLife(hanging, stop, Duration.ofMillis(500));
        life.start();
        try (LogLines log = LogLines.of(AgentLife.class)) {
            assertThat(life.stop()).isEqualTo(ExitCode.FAILED);
            assertThat(log.errors())
                    .singleElement(as(STRING))
                    .contains("the close of channel c2", "channel c1 loses the 3 events in its memory");
        } finally {
            never.countDown();
        }
    }

    @Test
    void anAgentWhoseStartBrokeHasFailedHoweverWellItIsClosed() {
        AgentLife life = life(
                () -> {
                    throw new AssertionError("cannot be");
                },
                () -> {});
        assertThatThrownBy(life::start).isInstanceOf(AssertionError.class);
        assertThat(life.stop()).isEqualTo(ExitCode.FAILED);
    }

    private AgentLife life(Runnable start, Runnable close) {
        return new AgentLife(agent(start, close), stop, Duration.ofDays(1));
    }

    private static Component agent(Runnable start, Runnable close) {
        return new Component() {
            @Override
            public void start() throws StartException {
                start.run();
            }

            @Override
            public void close() {
                close.run();
            }
        };
    }
}
