package org.millrace.relay;

import static org.assertj.core.api.Assertions.as;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.Logger;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.Property;
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
        AgentLife life = new AgentLife(hanging, stop, Duration.ofMillis(500), Duration.ofDays(1));
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
    void aStopWhoseLogHangsHasFailedAndComesToItsEnd() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        Component broken = agent(() -> {}, () -> {
            throw new AssertionError("cannot be");
        });
        AgentLife life = new AgentLife(broken, stop, Duration.ofDays(1), Duration.ofMillis(10));
        life.start();
        Logger log = (Logger) LogManager.getLogger(AgentLife.class);
        HangingAppender hanging = new HangingAppender(never);
        log.addAppender(hanging);
        try {
            assertThat(life.stop()).isEqualTo(ExitCode.FAILED);
            hanging.reached.await();
        } finally {
            log.removeAppender(hanging);
            never.countDown();
        }
    }

    /** As one whose disk, or whose reader at the other end of a pipe, does not answer. */
    private static final class HangingAppender extends AbstractAppender {
        private final CountDownLatch reached = new CountDownLatch(1);
        private final CountDownLatch until;

        HangingAppender(CountDownLatch until) {
            super("hanging", null, null, true, Property.EMPTY_ARRAY);
            this.until = until;
            start();
        }

        @Override
        public void append(LogEvent event) {
            reached.countDown();
            try {
                until.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
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
        return new AgentLife(agent(start, close), stop, Duration.ofDays(1), Duration.ofDays(1));
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
