package org.millrace.relay.channel.spill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.codahale.metrics.MetricRegistry;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.millrace.api.BatchTooLargeException;
import org.millrace.api.Channel;
import org.millrace.api.ChannelContext;
import org.millrace.api.ChannelException;
import org.millrace.api.ChannelFullException;
import org.millrace.api.ChannelMetrics;
import org.millrace.api.Transaction;
import org.millrace.codec.EventBatch;
import org.millrace.relay.channel.heap.ByteLimits;
import org.millrace.relay.channel.memory.PseudoTxnMemoryChannelFactory;
import org.millrace.testkit.Batches;
import org.millrace.testkit.FakeChannel;
import org.millrace.testkit.FakeTimer;
import org.millrace.testkit.RecordedProblems;
import org.millrace.testkit.ReleaseCheck;

class SpillableChannelTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(3);

    @TempDir
    private Path directory;

    private final ReleaseCheck releases = new ReleaseCheck();
    private final FakeChannel disk = new FakeChannel("disk");
    private final FakeTimer timer = new FakeTimer();
    private final MetricRegistry registry = new MetricRegistry();
    private final ChannelMetrics metrics = new ChannelMetrics("c1", registry);
    private final ChannelContext context = new ChannelContext("a1", "c1", metrics, InstantSource.system());
    private final RecordedProblems recorded = new RecordedProblems();

    @AfterEach
    void everythingIsGivenBack() {
        disk.close();
        releases.assertAllReleased();
    }

    @Test
    void eventsComeOutInTheirOrderAcrossMemoryAndDisk() throws Exception {
        try (Channel channel = started(4, 100, Duration.ZERO)) {
            submit(channel, 0, 3);
            submit(channel, 3, 1);
            submit(channel, 4, 2);
            submit(channel, 6, 3);
            assertThat(disk.bodies()).hasSize(5);
            assertThat(figure("memoryEvents")).isEqualTo(4L);
            assertThat(figure("overflowEvents")).isEqualTo(5L);
            assertThat(figure("spilling")).isEqualTo(1);
            assertThat(metrics.flumeAttributes().get("ChannelSize").getValue()).isEqualTo(9L);
            assertThat(metrics.flumeAttributes().get("ChannelCapacity").getValue())
                    .isEqualTo(104L);
            assertThat(take(channel, 4)).containsExactlyElementsOf(range(0, 4));
            assertThat(figure("spilling")).isEqualTo(0);
            submit(channel, 9, 2);
            assertThat(disk.bodies()).hasSize(5);

            assertThat(take(channel, 100)).containsExactlyElementsOf(range(4, 11));
            assertThat(figure("memoryEvents")).isEqualTo(0L);
            assertThat(figure("overflowEvents")).isEqualTo(0L);
        }
    }

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
    void rolledBackEventsOfBothSidesStandWhereTheyStood() throws Exception {
        try (Channel channel = started(4, 100, Duration.ZERO)) {
            submit(channel, 0, 4);
            submit(channel, 4, 4);
            Transaction first = channel.begin();
            Transaction second = channel.begin();
            assertThat(takeFrom(first, 3)).containsExactlyElementsOf(range(0, 3));
            assertThat(takeFrom(second, 3)).containsExactlyElementsOf(range(3, 6));
            assertThat(takeFrom(first, 1)).containsExactly(6);
            first.close();
            second.close();
            assertThat(take(channel, 10)).containsExactlyElementsOf(range(0, 8));
        }
    }

    @Test
    void partsOfWhatWasTakenFromDiskAreCommittedAndTheRestGoesBack() throws Exception {
        try (Channel channel = started(2, 100, Duration.ZERO)) {
            submit(channel, 0, 2);
            submit(channel, 2, 6);
            try (Transaction all = channel.begin();
                    Transaction done = channel.begin()) {
                takeFrom(all, 8);
                all.handOver(1, 3, done); // 1, 2 and 3
                all.handOver(6, 1, done);
                done.commit();
            }
            assertThat(figure("overflowEvents")).isEqualTo(3L);
            assertThat(take(channel, 10)).containsExactly(0, 4, 5, 7);
            assertThat(disk.bodies()).isEmpty();
            assertThat(disk.openTransactions()).isZero();
        }
    }

    @Test
    void aCommitThatTheDiskFailsDeliversNothingAndLosesNothing() throws Exception {
        try (Channel channel = started(2, 100, Duration.ZERO)) {
            submit(channel, 0, 2);
            submit(channel, 2, 4);
            disk.failCommitsWith(new ChannelException("disk broken"));
            try (Transaction transaction = channel.begin()) {
                takeFrom(transaction, 4);
                takeFrom(transaction, 2);
                assertThatThrownBy(transaction::commit).hasMessage("disk broken");
            }
            disk.failCommitsWith(null);
            assertThat(figure("memoryEvents")).isEqualTo(2L);
            assertThat(figure("overflowEvents")).isEqualTo(4L);
            assertThat(take(channel, 10)).containsExactlyElementsOf(range(0, 6));
            assertThat(figure("overflowEvents")).isEqualTo(0L);
            assertThat(disk.openTransactions()).isZero();
        }
    }

    @Test
    void whatATransactionTookFromTheDiskInSeveralTakesIsOneCommit() throws Exception {
        try (Channel channel = started(1, 100, Duration.ZERO)) {
            submit(channel, 0, 1);
            submit(channel, 1, 4);
            try (Transaction transaction = channel.begin()) {
                takeFrom(transaction, 3);
                takeFrom(transaction, 2);
                transaction.commit();
            }
            assertThat(disk.commits()).isEqualTo(1);
            assertThat(disk.bodies()).isEmpty();
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
    void whatTheDiskRefusesIsRefusedAndTakesUpNoRoom() throws Exception {
        try (Channel channel = started(1, 2, Duration.ZERO)) {
            submit(channel, 0, 1);
            disk.refuseWith(new ChannelException("disk full"));
            assertThatThrownBy(() -> submit(channel, 1, 2))
                    .isInstanceOf(ExecutionException.class)
                    .hasRootCauseMessage("disk full");
            disk.refuseWith(null);
            submit(channel, 1, 2);
            assertThat(take(channel, 10)).containsExactlyElementsOf(range(0, 3));
        }
    }

    @Test
    void whatTheDiskHasLostHoldsUpNothingBehindIt() throws Exception {
        try (Channel channel = started(1, 100, Duration.ZERO)) {
            submit(channel, 0, 1);
            submit(channel, 1, 3);
            assertThat(take(channel, 1)).containsExactly(0);
            submit(channel, 4, 1);
            assertThat(take(disk, 10)).hasSize(3); // as if they were damaged
            assertThat(take(channel, 10)).containsExactly(4);
            assertThat(figure("overflowEvents")).isEqualTo(0L);
        }
    }

    @Test
    void whatStillWaitsForTheDiskIsNotOvertaken() throws Exception {
        SlowDisk slow = new SlowDisk();
        SpillSettings settings = settings(1, 100, Duration.ZERO);
        try (Channel channel = new SpillableChannel(context, settings, overflow(slow.channel()), timer)) {
            channel.start();
            submit(channel, 0, 1);
            CompletableFuture<Void> onItsWay = channel.submit(Batches.numbered(1, 2));
            assertThat(take(channel, 10)).containsExactly(0);
            submit(channel, 3, 1);
            assertThat(take(channel, 10)).isEmpty();
            assertThat(channel.awaitEvents(Duration.ZERO)).isFalse();
            slow.finish();
            assertThat(onItsWay).isCompleted();
            assertThat(channel.awaitEvents(Duration.ZERO)).isTrue();
            assertThat(take(channel, 10)).containsExactlyElementsOf(range(1, 4));
        }
        slow.channel().close();
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

    @Test
    void afterARestartWhatWasOnDiskIsServedBeforeWhatIsNew() throws Exception {
        Path data = directory.resolve("data");
        SpillSettings settings = settings(2, 100, Duration.ZERO);
        try (Channel channel = new SpillableChannel(context, settings, Disks.onDisk(data, 100), new FakeTimer())) {
            channel.start();
            submit(channel, 0, 2);
            submit(channel, 2, 3);
        }
        MetricRegistry fresh = new MetricRegistry();
        ChannelContext again = new ChannelContext("a1", "c1", new ChannelMetrics("c1", fresh), InstantSource.system());
        try (Channel channel = new SpillableChannel(again, settings, Disks.onDisk(data, 100), new FakeTimer())) {
            channel.start();
            assertThat(fresh.getGauges().get("channel.c1.overflowEvents").getValue())
                    .isEqualTo(3L);
            assertThat(fresh.getGauges()).containsKey("channel.c1.overflow.segmentsInUse");
            submit(channel, 5, 1);
            assertThat(take(channel, 10)).containsExactlyElementsOf(range(2, 6));
        }
    }

    @Test
    void theFactoryReadsBothChannelsKeysWithFlumesDefaults() {
        SpillSettings settings = SpillSettings.read(recorded.settings(Map.of()), 1_000_000_000);
        assertThat(settings)
                .isEqualTo(new SpillSettings(
                        10_000,
                        new ByteLimits(640_000_000, 800_000_000),
                        100_000_000,
                        10_000,
                        Duration.ofSeconds(3),
                        Duration.ofSeconds(6),
                        5));
        var keys = recorded.settings(Map.of(
                "dataDirs", directory.toString(),
                "capacity", "7",
                "keep-alive", "1",
                "avgEventSize", "100",
                "checkpointDir", directory.resolve("cp").toString()));
        new SpillableChannelFactory().create(context, keys);
        assertThat(recorded.problems()).isEmpty();
        assertThat(recorded.notes())
                .anyMatch(note -> note.startsWith("capacity: has no effect: memoryCapacity"))
                .anyMatch(note -> note.startsWith("keep-alive: has no effect: overflowTimeout"))
                .anyMatch(note -> note.startsWith("avgEventSize: has no effect"))
                .anyMatch(note -> note.startsWith("checkpointDir: has no effect"))
                .anyMatch(note -> note.contains("type = file loses nothing"));
        assertThat(recorded.claims()).containsExactly("dataDirs: " + directory);
        assertThat(keys.knownKeys()).contains("segmentSize", "overflowDeactivationThreshold");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "memoryCapacity | -1 | -1 (expected: a whole number, at least 0)",
                "overflowCapacity | x | x (expected: a whole number, at least 0)",
                "overflowTimeout | 1s | 1s (expected: a number of seconds, at least 0)",
                "overflowDeactivationThreshold | 101 | 101 (expected: a whole number, 0 to 100)",
                "byteCapacity | 10 | 10 (expected: 0 for no limit of its own, or enough to leave 100 bytes once 20 % are kept for headers)",
                "byteCapacityBufferPercentage | 100 | 100 (expected: a whole number, 0 to 99)",
                "transactionCapacity | 200000000 | 200000000 (expected: at most memoryCapacity or overflowCapacity, 100000000)",
                "readers | a b | no such key here (expected: type = file for a channel with several readers)",
                "segmentSize | 1 | 1 (expected: a number of bytes, such as 1048576 or 1MiB, 1048576 to 1073741824)",
            })
    void aBadValueIsRefusedWithWhatIsExpected(String key, String value, String message) {
        new SpillableChannelFactory()
                .create(context, recorded.settings(Map.of(key, value, "dataDirs", directory.toString())));
        assertThat(recorded.problems()).containsExactly(key + ": " + message);
    }

    @Test
    void aChannelWithoutRoomAnywhereIsRefused() {
        SpillSettings.read(recorded.settings(Map.of("memoryCapacity", "0", "overflowCapacity", "0")), 1 << 30);
        assertThat(recorded.problems())
                .containsExactly("memoryCapacity: 0 (expected: at least 1, as overflowCapacity is 0 too)");
    }

    @Test
    void thePseudoTransactionalChannelHasRoomForTheUsualBatchAndRealTransactions() throws Exception {
        try (Channel channel =
                new PseudoTxnMemoryChannelFactory().create(context, recorded.settings(Map.of("keep-alive", "0")))) {
            channel.start();
            submit(channel, 0, 100);
            assertThatThrownBy(() -> submit(channel, 100, 1)).hasCauseInstanceOf(ChannelFullException.class);
            try (Transaction transaction = channel.begin()) {
                takeFrom(transaction, 100);
            }
            assertThat(take(channel, 100)).hasSize(100);
        }
        assertThat(new PseudoTxnMemoryChannelFactory()
                        .create(context, recorded.settings(Map.of("capacity", "20")))
                        .transactionCapacity())
                .isEqualTo(20);
        assertThat(recorded.problems()).isEmpty();
        new PseudoTxnMemoryChannelFactory()
                .create(context, recorded.settings(Map.of("capacity", "0", "keep-alive", "-1")));
        assertThat(recorded.problems())
                .containsExactly(
                        "capacity: 0 (expected: a whole number, at least 1)",
                        "keep-alive: -1 (expected: a number of seconds, at least 0)");
    }

    /** Such as for want of memory. */
    @Test
    void aPutThatTheDiskThrowsAtKeepsNothingBehindIt() throws Exception {
        AtomicBoolean hasMemory = new AtomicBoolean();
        Channel failing = (Channel) Proxy.newProxyInstance(
                SpillableChannelTest.class.getClassLoader(), new Class<?>[] {Channel.class}, (proxy, method, args) -> {
                    if (method.getName().startsWith("submit") && !hasMemory.getAndSet(true)) {
                        ((EventBatch) args[0]).release();
                        throw new OutOfMemoryError("none left for a put");
                    }
                    return method.invoke(disk, args);
                });
        try (Channel channel =
                new SpillableChannel(context, settings(2, 10, Duration.ZERO), overflow(failing), timer)) {
            channel.start();
            submit(channel, 0, 2);
            CompletableFuture<Void> thrownAt = channel.submit(releases.watch(Batches.numbered(2, 10)));
            assertThat(thrownAt)
                    .failsWithin(Duration.ZERO)
                    .withThrowableThat()
                    .havingCause()
                    .isInstanceOf(ChannelException.class)
                    .withMessageContaining("channel c1: the overflow did not take a put")
                    .withMessageContaining("none left for a put");
            assertThat(figure("overflowEvents")).as("its room is given back").isEqualTo(0L);
            submit(channel, 12, 10);

            assertThat(take(channel, 2)).containsExactlyElementsOf(range(0, 2));
            assertThat(take(channel, 100)).containsExactlyElementsOf(range(12, 22));
        }
    }

    /** A disk that is done with a put when the test says so. */
    private static final class SlowDisk {
        private final FakeChannel channel = new FakeChannel("slow");
        private final List<Runnable> finishing = new ArrayList<>();

        Channel channel() {
            return (Channel) Proxy.newProxyInstance(
                    SpillableChannelTest.class.getClassLoader(),
                    new Class<?>[] {Channel.class},
                    (proxy, method, args) -> {
                        if (!method.getName().startsWith("submit")) {
                            return method.invoke(channel, args);
                        }
                        CompletableFuture<Void> settled = new CompletableFuture<>();
                        finishing.add(() -> {
                            channel.submit((EventBatch) args[0]);
                            settled.complete(null);
                        });
                        return settled;
                    });
        }

        void finish() {
            finishing.forEach(Runnable::run);
        }
    }

    private static SpillSettings settings(int memory, int overflow, Duration timeout) {
        return new SpillSettings(
                memory, new ByteLimits(1 << 20, 1 << 20), overflow, 1000, timeout, timeout.plus(TIMEOUT), 5);
    }

    private Overflow overflow(Channel channel) {
        return new Overflow(channel, new ChannelMetrics("c1", new MetricRegistry()), new MetricRegistry());
    }

    private Channel started(int memory, int overflow, Duration timeout) throws Exception {
        Channel channel = new SpillableChannel(context, settings(memory, overflow, timeout), overflow(disk), timer);
        channel.start();
        return channel;
    }

    private Object figure(String name) {
        return registry.getGauges().get("channel.c1." + name).getValue();
    }

    private static void submit(Channel channel, int first, int events) throws Exception {
        channel.submit(Batches.numbered(first, events)).get();
    }

    private static void put(Channel channel, EventBatch... batches) throws InterruptedException {
        try (Transaction transaction = channel.begin()) {
            for (EventBatch batch : batches) {
                transaction.put(batch);
            }
            transaction.commit();
        }
    }

    private static List<Integer> take(Channel channel, int most) throws InterruptedException {
        try (Transaction transaction = channel.begin()) {
            List<Integer> taken = takeFrom(transaction, most);
            transaction.commit();
            return taken;
        }
    }

    private static List<Integer> takeFrom(Transaction transaction, int most) {
        List<Integer> taken = new ArrayList<>();
        for (EventBatch batch; taken.size() < most && (batch = transaction.take(most - taken.size())) != null; ) {
            taken.addAll(Batches.numbers(batch));
        }
        return taken;
    }

    private static List<Integer> range(int from, int to) {
        return IntStream.range(from, to).boxed().toList();
    }
}
