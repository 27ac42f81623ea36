package org.millrace.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.millrace.api.Component;
import org.millrace.api.StartException;
import org.millrace.relay.cli.ExitCode;

@Timeout(60)
class AgentLifeTest {
    @Test
    void aStopThatGoesWellIsDone() throws Exception {
        AgentLife life = life(() -> {}, () -> {});
        life.start();
        assertThat(life.stop()).isEqualTo(ExitCode.DONE);
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
    void aStopThatHangsHasFailed() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        Component hanging = agent(() -> {}, () -> {
            try {
                never.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        AgentLife life = new AgentLife(hanging, Duration.ofMillis(50));
        life.start();
        assertThat(life.stop()).isEqualTo(ExitCode.FAILED);
        never.countDown();
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

    private static AgentLife life(Runnable start, Runnable close) {
        return new AgentLife(agent(start, close), Duration.ofDays(1));
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
