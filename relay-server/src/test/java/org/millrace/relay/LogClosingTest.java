package org.millrace.relay;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class LogClosingTest {
    @Test
    void aLogThatDoesNotCloseIsNotWaitedForBeyondItsTime() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch never = new CountDownLatch(1);
        try {
            RelayMain.closeLogging(
                    () -> {
                        begun.countDown();
                        await(never);
                    },
                    Duration.ofMillis(10));
            begun.await();
        } finally {
            never.countDown();
        }
    }

    @Test
    void aLogThatClosesIsWaitedFor() {
        CountDownLatch closed = new CountDownLatch(1);
        RelayMain.closeLogging(closed::countDown, Duration.ofDays(1));
        assertThat(closed.getCount()).isZero();
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
