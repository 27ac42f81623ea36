package org.millrace.relay.channel.spill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.millrace.api.BatchTooLargeException;
import org.millrace.api.Channel;
import org.millrace.api.ChannelFullException;
import org.millrace.codec.EventBatch;
import org.millrace.testkit.Batches;

/** Which puts go to memory, which spill, and how long they wait for that. */
class SpillingTest extends SpillFixture {
    @Test
    void aPutWaitsForRoomInMemoryBeforeItSpillsAndThoseBehindItDoNot() throws Exception {
        try (Channel channel = started(2, 100, TIMEOUT)) {
            submit(channel, 0, 2);
            CompletableFuture<Void> waiting = channel.submit(Batches.numbered(2, 1));
            assertThat(waiting).isNotDone();
            timer.advance(TIMEOUT);
            assertThat(waiting).isCompleted();
            submit(channel, 3, 1);
            assertThat(disk.bodies()).containsExactly("event 2", "event 3");
            assertThat(take(channel, 10)).containsExactlyElementsOf(range(0, 4));
        }
    }

    @Test
    void aPutThatFindsRoomInTimeStaysInMemory() throws Exception {
        try (Channel channel = started(2, 100, TIMEOUT)) {
            submit(channel, 0, 2);
            CompletableFuture<Void> waiting = channel.submit(Batches.numbered(2, 1));
            assertThat(take(channel, 1)).containsExactly(0);
            assertThat(waiting).isCompleted();
            timer.advance(TIMEOUT);
            assertThat(figure("spilling")).isEqualTo(0);
            assertThat(disk.bodies()).isEmpty();
            assertThat(take(channel, 10)).containsExactly(1, 2);
        }
    }

    @Test
    void aPutOfSeveralBatchesGoesToOneSideAsAWhole() throws Exception {
        try (Channel channel = started(3, 100, Duration.ZERO)) {
            put(channel, Batches.numbered(0, 2));
            put(channel, Batches.numbered(2, 1), Batches.numbered(3, 2));
            assertThat(disk.bodies()).containsExactly("event 2", "event 3", "event 4");
            assertThat(take(channel, 10)).containsExactlyElementsOf(range(0, 5));
        }
    }

    @Test
    void aPutThatNeverFitsIntoMemoryGoesToDiskAtOnce() throws Exception {
        try (Channel channel = started(3, 100, TIMEOUT)) {
            submit(channel, 0, 1);
            submit(channel, 1, 5);
            assertThat(disk.bodies()).hasSize(5);
            assertThat(take(channel, 10)).containsExactlyElementsOf(range(0, 6));
        }
    }

    @Test
    void whatFitsOnNeitherSideIsKnownBeforehandAndRefusedForThatReason() throws Exception {
        disk.setMostBatchEvents(4);
        try (Channel channel = started(3, 100, TIMEOUT)) {
            for (int events : List.of(3, 4)) {
                EventBatch fits = Batches.numbered(0, events);
                assertThat(channel.neverFits(fits)).isNull();
                fits.release();
            }
            EventBatch never = Batches.numbered(0, 5);
            assertThat(channel.neverFits(never))
                    .contains("channel c1: 5 events", "channel disk: 5 events at once (expected: at most 4)");
            assertThatThrownBy(() -> channel.submit(never.retain()).get())
                    .cause()
                    .isInstanceOf(BatchTooLargeException.class)
                    .hasMessage(channel.neverFits(never));
            never.release();
            assertThatThrownBy(() -> put(channel, Batches.numbered(0, 3), Batches.numbered(3, 2)))
                    .isInstanceOf(BatchTooLargeException.class);
            assertThat(take(channel, 10)).isEmpty();
        }
    }

    @Test
    void whatFitsIntoMemoryAloneWaitsForItAlsoWhileOthersSpill() throws Exception {
        disk.setMostBatchEvents(2);
        try (Channel channel = started(4, 100, Duration.ZERO)) {
            submit(channel, 0, 4);
            submit(channel, 4, 2);
            assertThat(figure("spilling")).isEqualTo(1);
            CompletableFuture<Void> large = channel.submit(Batches.numbered(6, 3));
            assertThat(large).isNotDone();
            assertThat(take(channel, 3)).containsExactly(0, 1, 2);
            assertThat(large).isCompleted();
            assertThat(disk.bodies()).hasSize(2);
            assertThat(take(channel, 100)).containsExactlyElementsOf(range(3, 9));
        }
    }

    @Test
    void whatFitsIntoMemoryAloneHasNobodySpill() throws Exception {
        disk.setMostBatchEvents(2);
        try (Channel channel = started(4, 100, TIMEOUT)) {
            submit(channel, 0, 4);
            CompletableFuture<Void> large = channel.submit(Batches.numbered(4, 3));
            timer.advance(TIMEOUT);
            assertThat(figure("spilling")).isEqualTo(0);
            timer.advance(TIMEOUT);
            assertThatThrownBy(large::get).hasCauseInstanceOf(ChannelFullException.class);
            assertThat(take(channel, 100)).hasSize(4);
        }
    }

    @Test
    void thoseBehindAPutThatNeverFitsIntoMemoryGoThereAsBefore() throws Exception {
        try (Channel channel = started(3, 100, TIMEOUT)) {
            submit(channel, 0, 5);
            assertThat(figure("spilling")).isEqualTo(0);
            submit(channel, 5, 2);
            assertThat(figure("memoryEvents")).isEqualTo(2L);
            assertThat(disk.bodies()).hasSize(5);
            assertThat(take(channel, 10)).containsExactlyElementsOf(range(0, 7));
        }
    }

    @Test
    void aPutThatWaitsForRoomOnDiskAloneKeepsNobodyOutOfMemory() throws Exception {
        try (Channel channel = started(3, 5, TIMEOUT)) {
            submit(channel, 0, 5);
            CompletableFuture<Void> waiting = channel.submit(Batches.numbered(5, 5));
            timer.advance(TIMEOUT);
            assertThat(waiting).isNotDone();
            assertThat(figure("spilling")).isEqualTo(0);

            assertThat(take(channel, 10)).containsExactlyElementsOf(range(0, 5));
            assertThat(waiting).isCompleted();
            submit(channel, 10, 1);
            assertThat(figure("memoryEvents")).isEqualTo(1L);
            assertThat(take(channel, 10)).containsExactlyElementsOf(range(5, 11));
        }
    }

    @Test
    void thoseBehindAPutThatWaitsForRoomOnDiskSpillOnlyOnceTheyWaitForMemory() throws Exception {
        try (Channel channel = started(3, 5, TIMEOUT)) {
            submit(channel, 0, 5);
            submit(channel, 5, 3);
            CompletableFuture<Void> large = channel.submit(Batches.numbered(8, 5));
            CompletableFuture<Void> small = channel.submit(Batches.numbered(13, 1));
            timer.advance(TIMEOUT);
            assertThat(take(channel, 5)).containsExactlyElementsOf(range(0, 5));
            assertThat(large).isCompleted();
            assertThat(small).isNotDone();

            assertThat(take(channel, 10)).containsExactlyElementsOf(range(5, 13));
            assertThat(small).isCompleted();
            assertThat(figure("spilling")).isEqualTo(0);
            assertThat(take(channel, 10)).containsExactly(13);
        }
    }

    @Test
    void whatSpillsForWantOfRoomTakesThoseBehindItAlongUntilMemoryIsFreeAgain() throws Exception {
        try (Channel channel = started(3, 100, Duration.ZERO)) {
            submit(channel, 0, 2);
            submit(channel, 2, 2);
            assertThat(figure("spilling")).isEqualTo(1);
            submit(channel, 4, 1);
            assertThat(disk.bodies()).hasSize(3);
            assertThat(take(channel, 2)).containsExactly(0, 1);
            assertThat(figure("spilling")).isEqualTo(0);
            assertThat(take(channel, 10)).containsExactlyElementsOf(range(2, 5));
        }
    }

    @Test
    void aMemoryThatIsEmptyDoesNotSpillForThosePutsThatAreJustLetIn() throws Exception {
        Duration patience = Duration.ofSeconds(1);
        try (Channel channel = started(2, 100, patience)) {
            submit(channel, 0, 2);
            CompletableFuture<List<Integer>> meanwhile =
                    channel.submit(Batches.numbered(2, 2)).thenApply(done -> takeAsItWaits(channel, patience));
            CompletableFuture<Void> second = channel.submit(Batches.numbered(4, 2));
            assertThat(take(channel, 10)).containsExactly(0, 1);
            assertThat(meanwhile).isCompletedWithValue(List.of(2, 3));
            assertThat(second).isCompleted();
            assertThat(figure("spilling")).isEqualTo(0);
            assertThat(disk.bodies()).isEmpty();
            assertThat(take(channel, 10)).containsExactly(4, 5);
        }
    }

    /** Another sink is fast, and the time is over until which a put waits for memory. */
    private List<Integer> takeAsItWaits(Channel channel, Duration patience) {
        try {
            List<Integer> taken = take(channel, 10);
            timer.advance(patience);
            return taken;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void whereBothAreFullAPutIsRefusedAfterAWhileWithTheKeyToRaise() throws Exception {
        try (Channel channel = started(1, 1, Duration.ZERO)) {
            submit(channel, 0, 1);
            submit(channel, 1, 1);
            assertThat(channel.hasRoom()).isFalse();
            CompletableFuture<Void> waiting = channel.submit(Batches.numbered(2, 1));
            assertThat(waiting).isNotDone();
            timer.advance(TIMEOUT);
            assertThat(waiting)
                    .isCompletedExceptionally()
                    .failsWithin(Duration.ZERO)
                    .withThrowableThat()
                    .havingRootCause()
                    .isInstanceOf(ChannelFullException.class)
                    .withMessage(
                            "channel c1 is full: no room for 1 events: of a capacity of 1 in memory 1 are taken up, "
                                    + "and of 1 on disk 1 (drain it faster, or raise a1.channels.c1.overflowCapacity)");
            assertThat(take(channel, 10)).containsExactly(0, 1);
        }
    }

    @Test
    void sourcesGoOnWhileThereIsRoomOnDisk() throws Exception {
        try (Channel channel = started(1, 100, Duration.ZERO)) {
            submit(channel, 0, 1);
            assertThat(channel.hasRoom()).isTrue();
        }
    }
}
