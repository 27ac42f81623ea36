package org.millrace.durable.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.millrace.api.ChannelException;
import org.millrace.codec.EventBatch;
import org.millrace.codec.Origin;
import org.millrace.durable.format.GroupHeader;
import org.millrace.durable.format.RecordHeader;
import org.millrace.durable.format.SegmentHeader;
import org.millrace.durable.storage.SimulatedDisks;
import org.millrace.durable.storage.SimulatedDisks.Operation;
import org.millrace.durable.storage.SimulatedStorage;
import org.millrace.durable.storage.Stall;

/** What is thrown that nobody has reckoned with; here by the keys, when a segment is to begin. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class MistakeTest {
    /** For any buffer. */
    private static final int TOO_MANY = Integer.MAX_VALUE - 5 - GroupHeader.BYTES - RecordHeader.BYTES;

    private final SimulatedDisks disks = new SimulatedDisks(9);
    private final SimulatedStorage disk = disks.add("one", Long.MAX_VALUE);
    private final TestLog test = new TestLog();
    private final BrokenKeys keys = new BrokenKeys();

    MistakeTest() {
        test.cipher = keys;
    }

    private static final class BrokenKeys implements SegmentCiphers {
        private final SegmentCiphers sound = new XorCiphers();
        private volatile boolean isBroken;

        @Override
        public Fresh fresh() {
            if (isBroken) {
                throw new IllegalStateException("a mistake");
            }
            return sound.fresh();
        }

        @Override
        public SegmentCipher of(SegmentHeader header) throws UnknownKeyException {
            return sound.of(header);
        }
    }

    @Test
    void whoeverWaitsForAPositionIsTold() throws Exception {
        try (DurableLog log = test.open(disk)) {
            put(log);
            breakNextRoll();
            assertThatThrownBy(() -> log.commitAndWait(Positions.upTo(4)))
                    .isInstanceOf(ChannelException.class)
                    .hasMessageContaining("a mistake");
            keys.isBroken = false;
            await().until(() -> log.trouble() == null);
            log.commitAndWait(Positions.upTo(5));
        }
    }

    @Test
    void aPutThatCannotBeCopiedFailsAndTheNextOneGoesIn() throws Exception {
        keys.isBroken = false;
        try (DurableLog log = test.open(disk)) {
            CompletableFuture<ChannelException> refusal = new CompletableFuture<>();
            log.append(new UncopiedPut(refusal));
            assertThat(refusal.get(60, TimeUnit.SECONDS)).hasMessageContaining("could not be copied");
            await().until(() -> log.trouble() == null);
            assertThat(put(log)).isZero();
            await().until(() -> log.figures().inFlightBytes() == 0);
        }
    }

    @Test
    void aPutThatThereIsNoMemoryForIsNotCountedAsOnItsWay() {
        Intake intake = new Intake(4096, 16384, 0);
        TestPut put = TestPut.numbered(0, 1);
        Oversized oversized = new Oversized(put, TOO_MANY, why -> {
            throw new AssertionError("whoever appends is told by what is thrown", why);
        });

        assertThatThrownBy(() -> intake.append(oversized))
                .isInstanceOf(IllegalArgumentException.class); // no buffer can be so long

        assertThat(intake.inFlightBytes()).isZero();
        assertThat(intake.hasGroup()).isFalse();
        put.batches().forEach(EventBatch::release);
    }

    @Test
    void aPutThatWaitedAndThereIsNoMemoryForFailsByItself() {
        Intake intake = new Intake(4096, 16384, 0);
        List<TestPut> first = fill(intake);
        CompletableFuture<ChannelException> refusal = new CompletableFuture<>();
        intake.append(new Oversized(TestPut.numbered(0, 1), TOO_MANY, refusal::complete));
        TestPut last = TestPut.numbered(0, 1);
        intake.append(last);

        GroupBuffer group = intake.next();
        group.appends().forEach(put -> put.durable(0));
        intake.giveBack(group);

        assertThat(refusal).isCompletedWithValueMatching(why -> why.getMessage().contains("did not take a put"));
        assertThat(intake.failAll(null, 1, new ChannelException("the end"))).isEqualTo(3);
        assertThat(first.subList(1, 3)).allSatisfy(put -> assertThat(put).isCompletedExceptionally());
        assertThat(last).isCompletedExceptionally();
        assertThat(intake.inFlightBytes()).isZero();
    }

    @Test
    void allAreAnsweredThoughThereIsNoMemoryForOneThatComesMeanwhile() {
        Intake intake = new Intake(4096, 16384, 0);
        CompletableFuture<ChannelException> refusal = new CompletableFuture<>();
        List<TestPut> puts = fill(intake);
        puts.get(0).exceptionally(failed -> {
            intake.append(new Oversized(TestPut.numbered(0, 1), TOO_MANY, refusal::complete));
            return 0L;
        });

        intake.failAll(intake.next(), 0, new ChannelException("the end"));

        assertThat(puts).allSatisfy(put -> assertThat(put).isCompletedExceptionally());
        assertThat(refusal).isCompleted();
        assertThat(intake.inFlightBytes()).isZero();
    }

    /** All buffers, with a put each. */
    private static List<TestPut> fill(Intake intake) {
        List<TestPut> puts = List.of(TestPut.sized(10_000), TestPut.sized(10_000), TestPut.sized(10_000));
        puts.forEach(intake::append);
        return puts;
    }

    @Test
    void nobodyIsAnsweredTwiceIfWhatIsWrittenCannotBeNoted() throws Exception {
        keys.isBroken = false;
        try (DurableLog log = test.open(disk)) {
            Stall stall = disks.stall(Operation.WRITE);
            TestPut before = TestPut.numbered(0, 1);
            log.append(before);
            stall.awaitArrival();
            TestPut first = TestPut.numbered(1, 1); // in one group with the other
            CompletableFuture<ChannelException> refusal = new CompletableFuture<>();
            log.append(first);
            log.append(new UnnotedPut(refusal));
            stall.open();
            assertThat(before.get()).isZero();
            assertThat(refusal.get(60, TimeUnit.SECONDS)).hasMessageContaining("as if");
            assertThat(first.handle((sequence, failure) -> failure).get(60, TimeUnit.SECONDS))
                    .as("it is written: to put it again is safe")
                    .isInstanceOf(ChannelException.class);
            await().until(() -> log.trouble() == null);
            assertThat(put(log)).isEqualTo(3);
        }
    }

    /** Tells its origin once, when it is copied; then there is no memory left. */
    private static final class UnnotedPut implements Append {
        private final TestPut put = TestPut.numbered(2, 1);
        private final CompletableFuture<ChannelException> refusal;
        private final AtomicInteger asked = new AtomicInteger();

        UnnotedPut(CompletableFuture<ChannelException> refusal) {
            this.refusal = refusal;
        }

        @Override
        public List<EventBatch> batches() {
            return put.batches();
        }

        @Override
        public @Nullable Origin origin() {
            if (asked.getAndIncrement() > 0) {
                throw new OutOfMemoryError("as if");
            }
            return null;
        }

        @Override
        public int events() {
            return put.events();
        }

        @Override
        public int encodedBytes() {
            return put.encodedBytes();
        }

        @Override
        public int bodyBytes() {
            return put.bodyBytes();
        }

        @Override
        public void durable(long firstSequence) {
            refusal.completeExceptionally(new AssertionError("acked, though it was not noted"));
        }

        @Override
        public void failed(ChannelException why) {
            put.failed(why);
            refusal.complete(why);
        }
    }

    /** Can be read once, for its checksum; then there is no memory left. */
    private static final class UncopiedPut implements Append {
        private final CompletableFuture<ChannelException> refusal;
        private final AtomicInteger reads = new AtomicInteger();

        UncopiedPut(CompletableFuture<ChannelException> refusal) {
            this.refusal = refusal;
        }

        @Override
        public List<EventBatch> batches() {
            if (reads.getAndIncrement() > 0) {
                throw new OutOfMemoryError("as if");
            }
            return List.of();
        }

        @Override
        public int events() {
            return 1;
        }

        @Override
        public int encodedBytes() {
            return 10;
        }

        @Override
        public int bodyBytes() {
            return 1;
        }

        @Override
        public void durable(long firstSequence) {
            refusal.completeExceptionally(new AssertionError("acked, though it was never written"));
        }

        @Override
        public void failed(ChannelException why) {
            refusal.complete(why);
        }
    }

    /** Says that it is longer than it is. */
    private record Oversized(TestPut put, int encodedBytes, Consumer<ChannelException> onFailure) implements Append {
        @Override
        public List<EventBatch> batches() {
            return put.batches();
        }

        @Override
        public int events() {
            return put.events();
        }

        @Override
        public int bodyBytes() {
            return put.bodyBytes();
        }

        @Override
        public void durable(long firstSequence) {
            throw new AssertionError("never written");
        }

        @Override
        public void failed(ChannelException why) {
            onFailure.accept(why);
            put.failed(why);
        }
    }

    @Test
    void closeEndsThoughNothingCanBeWritten() throws Exception {
        DurableLog log = test.open(disk);
        put(log);
        breakNextRoll();
        log.commit(Positions.upTo(4));
        log.close();
        disk.lock().close();
    }

    @Test
    void aStartThatFailsGivesTheDirectoryBack() throws Exception {
        keys.isBroken = true;
        assertThatThrownBy(() -> test.open(disk)).hasMessageContaining("a mistake");
        keys.isBroken = false;
        try (DurableLog log = test.open(disk)) {
            assertThat(put(log)).isZero();
        }
    }

    private void breakNextRoll() {
        keys.isBroken = true;
        disks.failNth(Operation.WRITE, 1, false);
    }

    private static long put(DurableLog log) throws Exception {
        TestPut put = TestPut.numbered(0, 10);
        log.append(put);
        return put.get();
    }
}
