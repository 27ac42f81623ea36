package org.millrace.durable.tool;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The tools beside an agent that puts and takes all the time: segments are begun, used again and deleted while they are read. */
class BusyAgentTest {
    private static final int ROUNDS = 15;
    /** Two fill a segment. To write so many takes a moment in which a tool may look. */
    private static final int EVENTS_OF_A_PUT = 2000;
    /** More segments than slots that stay when they are free. */
    private static final int PUTS_OF_A_BACKLOG = 30;

    private static final int PUTS_TO_FOLLOW = 120;
    /** While the agent waits nothing changes but by what is shown: more than a few looks that show nothing are one too many. */
    private static final int MOST_IDLE_LOOKS = 100;

    @TempDir
    private Path directory;

    @TempDir
    private Path elsewhere;

    private final ExecutorService agent = Executors.newSingleThreadExecutor();
    private ChannelOnDisk channel;

    @BeforeEach
    void begin() throws Exception {
        channel = ChannelOnDisk.busy(directory).put(1);
    }

    @AfterEach
    void end() {
        agent.shutdownNow();
        channel.close();
    }

    @Test
    void whatIsSoundIsSound() throws Exception {
        Semaphore stop = new Semaphore(0);
        Future<?> work = agent.submit(fillAndDrainUntil(stop));
        for (int round = 0; round < ROUNDS; round++) {
            ToolRun verify = ToolRun.of("verify", directory);
            assertThat(verify.out())
                    .contains("lost      0 places", "corrupt   0 places", "unread    0 places")
                    .endsWith("sound\n");
            assertThat(verify.err()).isEmpty();
            assertThat(verify.exit()).isZero();
            assertThat(ToolRun.of("stats", directory).exit()).isZero();
            assertReadButForWhatWasTaken(ToolRun.of("cat", "--count", "10000", directory));
            assertReadButForWhatWasTaken(
                    ToolRun.of("export", "--overwrite", "--to", elsewhere.resolve("events"), directory));
        }
        stop.release();
        work.get();
        assertThat(elsewhere.toFile().list()).containsExactly("events");
    }

    private static void assertReadButForWhatWasTaken(ToolRun run) {
        assertThat(run.err().lines())
                .allMatch(line -> line.endsWith("is gone or was used again while it was read")
                        || line.endsWith("are not there any more"));
        assertThat(run.exit()).isEqualTo(run.err().isEmpty() ? 0 : 1);
    }

    private Callable<Void> fillAndDrainUntil(Semaphore stop) {
        return () -> {
            int taken = 0;
            while (!stop.tryAcquire()) {
                for (int put = 0; put < PUTS_OF_A_BACKLOG; put++) {
                    channel.put(EVENTS_OF_A_PUT);
                }
                while (taken < channel.events()) {
                    int to = Math.min(channel.events(), taken + EVENTS_OF_A_PUT);
                    channel.commit(taken, to);
                    taken = to;
                }
            }
            return null;
        };
    }

    @Test
    void whoFollowsGetsEachEventOnceAndInOrder() throws Exception {
        Semaphore room = new Semaphore(PUTS_OF_A_BACKLOG);
        Future<?> work = agent.submit(() -> {
            for (int put = 0; put < PUTS_TO_FOLLOW; put++) {
                room.acquire();
                channel.put(EVENTS_OF_A_PUT);
            }
            return null;
        });
        ToolRun tail = new ToolRun();
        tail.pausing(new TakingWhatWasShown(tail, room, work)::look).run("tail", "-f", "-n", "1000000", directory);
        work.get();
        assertThat(tail.err()).doesNotContain("events");
        List<Long> shown = tail.lines().stream()
                .map(line -> Long.valueOf(line.substring(0, line.indexOf(' '))))
                .toList();
        assertThat(IntStream.range(0, shown.size())
                        .filter(i -> shown.get(i) != i)
                        .limit(3))
                .as("shown where another one was due")
                .isEmpty();
        assertThat(shown.size()).isEqualTo(1 + PUTS_TO_FOLLOW * EVENTS_OF_A_PUT);
    }

    /** Commits what a tool has shown, so that its slots may be used again, and lets the agent put as much. */
    private final class TakingWhatWasShown {
        private final ToolRun tail;
        private final Semaphore room;
        private final Future<?> work;
        private int idleLooks;
        private long taken;
        private boolean isLast;

        TakingWhatWasShown(ToolRun tail, Semaphore room, Future<?> work) {
            this.tail = tail;
            this.room = room;
            this.work = work;
        }

        void look(Duration unused) throws InterruptedException {
            if (isLast) {
                throw new InterruptedException("Ctrl-C");
            }
            isLast = work.isDone();
            long shown = tail.shownLines();
            idleLooks = shown > taken || !isAgentWaiting() ? 0 : idleLooks + 1;
            assertThat(idleLooks).as("looks that show nothing").isLessThan(MOST_IDLE_LOOKS);
            if (shown > taken) {
                commit(taken, shown);
                room.release((int) (shown / EVENTS_OF_A_PUT - taken / EVENTS_OF_A_PUT));
                taken = shown;
            }
        }

        /** For what it has put to be shown. */
        private boolean isAgentWaiting() {
            return room.hasQueuedThreads() && room.availablePermits() == 0;
        }

        private void commit(long from, long to) {
            try {
                channel.commit(from, to);
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        }
    }
}
