package org.millrace.durable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.millrace.durable.ChannelUnderTest.KEEP_ALIVE;
import static org.millrace.durable.ChannelUnderTest.MANY;
import static org.millrace.durable.ChannelUnderTest.limits;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.millrace.api.Channel;
import org.millrace.api.ChannelException;
import org.millrace.api.ChannelFullException;
import org.millrace.api.StartException;
import org.millrace.api.Transaction;
import org.millrace.codec.EventBatch;
import org.millrace.testkit.Batches;

/** The way in, room, figures, the end. */
class DurableChannelTest {
    private ChannelUnderTest test;

    @BeforeEach
    void start() throws StartException {
        test = new ChannelUnderTest();
    }

    @AfterEach
    void everythingIsGivenBack() {
        test.close();
        assertThat(test.log.openReaders()).as("open readers of the log").isZero();
    }

    @Test
    void aPutIsAckedAndSeenOnceTheLogSaysThatItIsSafe() throws Exception {
        test.log.hold();
        CompletableFuture<Void> submitted = submit(0, 3);
        assertThat(submitted).isNotDone();
        assertThat(test.drain()).isEmpty();

        test.log.letGo();
        assertThat(submitted).isCompleted();
        assertThat(test.drain()).containsExactly(0, 1, 2);
    }

    @Test
    void aPutThatTheLogRefusesFailsAndLeavesItsRoom() throws Exception {
        test.log.hold();
        CompletableFuture<Void> submitted = submit(0, 100);
        test.log.failAll(new ChannelException("write failed"));

        assertThat(submitted).failsWithin(Duration.ZERO).withThrowableThat().withMessageContaining("write failed");
        assertThat(test.attribute("EventPutErrorCount")).isEqualTo(1L);
        assertThat(test.gauge("inFlightBytes")).isEqualTo(0L);
        assertThat(submit(0, 100)).isCompleted();
        assertThat(test.drain()).hasSize(100);
    }

    @Test
    void aPutThatTheLogHasNoMemoryForFailsAndLeavesItsRoom() throws Exception {
        failNextAppend();
        assertThat(submit(0, 100))
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .havingCause()
                .isInstanceOf(ChannelException.class)
                .withMessageContaining("channel c1")
                .withMessageContaining("direct buffer memory");

        assertThat(test.attribute("EventPutErrorCount")).isEqualTo(1L);
        assertThat(test.gauge("inFlightBytes")).isEqualTo(0L);
        assertThat(submit(0, 100)).isCompleted();
        assertThat(test.drain()).hasSize(100);
    }

    @Test
    void aPutThatWaitedAndThatTheLogHasNoMemoryForKeepsNoneOut() throws Exception {
        submit(0, 100);
        CompletableFuture<Void> first = submit(100, 10);
        CompletableFuture<Void> second = submit(110, 10);
        failNextAppend();

        assertThat(test.take(test.channel(), 100)).hasSize(100);
        assertThat(first).failsWithin(Duration.ZERO).withThrowableThat().withMessageContaining("direct buffer memory");
        assertThat(second).isCompleted();
        assertThat(submit(120, 10)).isCompleted();
        assertThat(test.drain()).containsExactlyElementsOf(numbers(110, 130));
    }

    @Test
    void aListenerThatFailsKeepsNeitherOthersNorPutsOut() throws Exception {
        List<String> told = new ArrayList<>();
        submit(0, 100);
        CompletableFuture<Void> waiting = submit(100, 10);
        test.channel().onRoom(() -> {
            throw new AssertionError("a source that fails");
        });
        test.channel().onRoom(() -> told.add("room"));

        assertThat(test.take(test.channel(), 100)).hasSize(100);
        assertThat(told).containsExactly("room");
        assertThat(waiting).isCompleted();
        assertThat(submit(110, 10)).isCompleted();
        assertThat(test.drain()).hasSize(20);
    }

    @Test
    void aFailedCommitOfPutsTellsWhy() {
        test.log.refuse(new ChannelException("the disk is gone"));
        try (Transaction transaction = test.channel().begin()) {
            transaction.put(test.numbered(0, 2));
            assertThatThrownBy(transaction::commit)
                    .isInstanceOf(ChannelException.class)
                    .hasMessageContaining("the disk is gone");
        }
        assertThat(test.attribute("Unhealthy")).isEqualTo(1);

        test.log.refuse(null);
        assertThat(submit(0, 2)).isCompleted();
        assertThat(test.attribute("Unhealthy")).isEqualTo(0);
    }

    @Test
    void aPutWaitsWhileTheDiskIsFullAndIsThenRefusedWithTheKeyOfTheReserve() {
        test.log.fill(true);
        assertThat(test.channel().hasRoom()).isFalse();
        CompletableFuture<Void> submitted = submit(0, 1);
        assertThat(submitted).isNotDone();

        test.timer.advance(KEEP_ALIVE);
        assertThat(submitted)
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .havingCause()
                .isInstanceOf(ChannelFullException.class)
                .withMessage("channel c1 is full: no room on the disk, of which 500000000 bytes are left alone"
                        + " (drain it faster, free some of the disk, or lower a1.channels.c1.minimumRequiredSpace)");
        assertThat(test.counter("refusedBatches")).isEqualTo(1);
        assertThat(test.attribute("EventPutErrorCount"))
                .as("as Flume counts it")
                .isEqualTo(1L);
    }

    @Test
    void aPutThatWaitsForTheDiskGoesInWhenThereIsRoomAgainAndSourcesAreTold() {
        List<String> told = new ArrayList<>();
        test.log.fill(true);
        test.channel().onRoom(() -> told.add("room"));
        CompletableFuture<Void> submitted = submit(0, 1);
        assertThat(told).isEmpty();

        test.log.fill(false);
        assertThat(submitted).isCompleted();
        assertThat(told).containsExactly("room");
        assertThat(test.channel().hasRoom()).isTrue();
    }

    @Test
    void takesWorkOnAFullDisk() throws Exception {
        submit(0, 5);
        test.log.fill(true);

        assertThat(test.drain()).hasSize(5);
        assertThat(test.log.state().watermark(DurableChannel.ONLY_READER)).isEqualTo(5);
    }

    @Test
    void bytesAreARoomOfTheirOwnAndTheMessageNamesTheirKey() throws Exception {
        test.limits(limits(100, 150, MANY, MANY));
        long each = encodedBytes(0, 5);
        submit(0, 5);
        assertThat(test.gauge("encodedBytes")).isEqualTo(each);
        CompletableFuture<Void> waiting = submit(5, 5);
        assertThat(waiting).isNotDone();
        test.timer.advance(KEEP_ALIVE);

        assertThat(waiting)
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .withMessageContaining("no room for " + each + " bytes of events, " + each + " of 150 are there")
                .withMessageContaining("a1.channels.c1.byteCapacity");
        assertThat(submit(0, 50))
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .withMessageContaining("bytes at once (expected: at most 150; raise a1.channels.c1.byteCapacity)");
        assertThat(test.drain()).hasSize(5);
        assertThat(test.gauge("encodedBytes")).isEqualTo(0L);
    }

    @Test
    void aPutThatFillsASegmentIsRefusedWithTheKeyOfItsSize() throws Exception {
        test.limits(limits(100, Long.MAX_VALUE, MANY, MANY));
        assertThat(test.channel().submit(test.releases.watch(Batches.sized(1, (int) MANY))))
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .withMessageContaining("expected: less than a segment of 1048576")
                .withMessageContaining("a1.channels.c1.segmentSize");
    }

    @Test
    void aChannelHasItsShareOfTheCachesWhileItIsOpen() throws Exception {
        CacheShare share = new CacheShare(1000);
        share.join(); // another one
        ChannelLimits own = limits(100, MANY, MANY, MANY);
        test.limits(new ChannelLimits(own.room(), MANY, MANY, 0, MANY, MANY, MANY, share));
        assertThat(share.mostBytes()).isEqualTo(500);
        test.channel().close();
        test.channel().close();
        assertThat(share.mostBytes()).isEqualTo(1000);
    }

    @Test
    void whatIsOnItsWayToTheDiskIsBounded() throws Exception {
        EventBatch sample = test.numbered(0, 5);
        long each = sample.encodedBytes();
        test.limits(limits(100, MANY, sample.memoryBytes(), MANY));
        sample.release();
        test.log.hold();
        CompletableFuture<Void> first = submit(0, 5);
        CompletableFuture<Void> second = submit(5, 5);
        assertThat(test.gauge("inFlightBytes")).isEqualTo(each);
        assertThat(test.gauge("waitingPuts")).isEqualTo(1L);
        assertThat(test.channel().hasRoom()).isFalse();

        test.log.letGo();
        assertThat(first).isCompleted();
        assertThat(second).isCompleted();
        assertThat(test.channel().hasRoom()).isTrue();
        assertThat(test.drain()).hasSize(10);
    }

    @Test
    void aPutThatComesWhileAnotherIsLetInDoesNotOvertakeIt() throws Exception {
        submit(0, 100);
        CompletableFuture<Void> first = submit(100, 10);
        CompletableFuture<Void> second = submit(110, 10);
        List<CompletableFuture<Void>> late = new ArrayList<>();
        test.log.duringNextAppend(() -> late.add(submit(120, 10)));

        assertThat(test.take(test.channel(), 100)).hasSize(100);
        assertThat(first).isCompleted();
        assertThat(second).isCompleted();
        assertThat(late.get(0)).isCompleted();
        assertThat(test.drain()).containsExactlyElementsOf(numbers(100, 130));
    }

    @Test
    void aBatchOfNothingNeverReachesTheLog() throws Exception {
        test.log.hold();
        assertThat(submit(0, 0)).isCompleted();
        try (Transaction transaction = test.channel().begin()) {
            transaction.put(test.numbered(0, 0));
            transaction.commit();
        }
    }

    @Test
    void figuresCountEventsUntilTheyAreCommitted() throws Exception {
        submit(0, 4);
        submit(4, 2);
        try (Transaction transaction = test.channel().begin()) {
            transaction.take(3);
            assertThat(test.attribute("ChannelSize"))
                    .as("taken ones too, as Flume has it")
                    .isEqualTo(6L);
            transaction.commit();
        }
        assertThat(test.attribute("ChannelSize")).isEqualTo(3L);
        assertThat(test.gauge("bodyBytes")).isEqualTo(3L * "event 0".length());
        assertThat(test.gauge("reader.default.backlogEvents")).isEqualTo(3L);
        assertThat(test.attribute("ChannelCapacity")).isEqualTo(100L);
        assertThat(test.attribute("ChannelFillPercentage")).isEqualTo(3.0);
        assertThat(test.attribute("EventPutAttemptCount")).isEqualTo(6L);
        assertThat(test.attribute("EventPutSuccessCount")).isEqualTo(6L);
        assertThat(test.attribute("EventTakeAttemptCount")).isEqualTo(3L);
        assertThat(test.attribute("EventTakeSuccessCount")).isEqualTo(3L);
        assertThat(test.attribute("Open")).isEqualTo(true);
        assertThat(test.attribute("Closed")).isEqualTo(0);
        assertThat(test.attribute("CheckpointWriteErrorCount")).isEqualTo(0L);
        assertThat(test.gauge("segmentsFree")).isEqualTo(2L);
    }

    @Test
    void theAgeOfTheOldestEventIsThatOfItsArrivalAlsoAfterARestart() throws Exception {
        assertThat(test.gauge("oldestEventMillis")).isEqualTo(0L);
        submit(0, 2);
        test.clock.advance(Duration.ofSeconds(5));
        submit(2, 2);
        test.clock.advance(Duration.ofSeconds(1));
        assertThat(test.gauge("oldestEventMillis")).isEqualTo(6000L);

        test.restart();
        assertThat(test.gauge("oldestEventMillis")).isEqualTo(6000L);
        test.take(test.channel(), 2);
        test.take(test.channel(), 1);
        assertThat(test.gauge("oldestEventMillis")).isEqualTo(1000L);
        test.drain();
        assertThat(test.gauge("oldestEventMillis")).isEqualTo(0L);
    }

    @Test
    void whatIsFoundAtTheStartTakesUpRoomAndCounts() throws Exception {
        submit(0, 90);
        long bytes = encodedBytes(0, 90);
        test.restart();

        assertThat(test.attribute("ChannelSize")).isEqualTo(90L);
        assertThat((long) test.gauge("encodedBytes")).as("estimated").isCloseTo(bytes, Offset.offset(90L));
        assertThat(test.channel().hasRoom()).isFalse();
        CompletableFuture<Void> waiting = submit(90, 20);
        assertThat(waiting).isNotDone();
        assertThat(test.take(test.channel(), 1000)).hasSize(90);
        assertThat(waiting).isCompleted();
        assertThat(test.gauge("encodedBytes")).isEqualTo(encodedBytes(90, 20));
    }

    @Test
    void aCloseSettlesWhatIsOnItsWayAndRefusesWhatWaitsAndWhatComes() throws Exception {
        test.log.hold();
        CompletableFuture<Void> onItsWay = submit(0, 60);
        CompletableFuture<Void> waiting = submit(60, 60);
        test.channel().close();

        assertThat(onItsWay).isCompleted();
        assertThat(waiting)
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .withMessageContaining("channel c1 is closed");
        assertThat(submit(0, 1)).isCompletedExceptionally();
        assertThatThrownBy(() -> test.channel().awaitEvents(KEEP_ALIVE)).isInstanceOf(ChannelException.class);
        assertThat(test.attribute("Open")).isEqualTo(false);
        test.restart();
        assertThat(test.drain()).containsExactlyElementsOf(numbers(0, 60));
    }

    @Test
    void aTransactionThatIsOpenAtTheCloseIsRolledBackIntoTheNextStart() throws Exception {
        submit(0, 5);
        Transaction open = test.channel().begin();
        open.take(3);
        test.channel().close();

        assertThatThrownBy(open::commit).isInstanceOf(ChannelException.class);
        open.close();
        test.restart();
        assertThat(test.drain()).containsExactlyElementsOf(numbers(0, 5));
    }

    @Test
    void aStartThatFailsInAnyWayGivesTheLogBack() throws Exception {
        FakeLog alone = new FakeLog(test.clock);
        Channel one = DurableChannels.onFakeLog(alone, 100, 100, KEEP_ALIVE, MANY);
        one.start();
        one.submit(test.numbered(0, 5)).join();
        one.close();
        alone.failNextLookAtBytes(new InternalError("no direct buffer memory"));
        Channel other = DurableChannels.onFakeLog(alone, 100, 100, KEEP_ALIVE, MANY);

        assertThatThrownBy(other::start).isInstanceOf(InternalError.class);
        other.start();
        other.close();
    }

    private void failNextAppend() {
        test.log.duringNextAppend(() -> {
            throw new InternalError("no direct buffer memory");
        });
    }

    private CompletableFuture<Void> submit(int first, int events) {
        return test.channel().submit(test.numbered(first, events));
    }

    private long encodedBytes(int first, int events) {
        EventBatch batch = test.numbered(first, events);
        long bytes = batch.encodedBytes();
        batch.release();
        return bytes;
    }

    private static List<Integer> numbers(int from, int to) {
        return IntStream.range(from, to).boxed().toList();
    }
}
