package org.millrace.durable.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.millrace.api.BatchTooLargeException;
import org.millrace.durable.storage.SimulatedDisks;

/** Puts of nearly a segment, where what is attached to the positions takes much of each. */
class LongPutTest {
    private static final int ATTACHED_BYTES = 30 << 10;
    private static final int LONGER_THAN_IS_LEFT = 40 << 10;

    private final TestLog test = new TestLog();
    private DrivenLog log;
    private int next;

    @BeforeEach
    void aSegmentThatBeginsWithMuchThatIsAttached() throws Exception {
        log = DrivenDurableLog.open(
                test.settings(),
                List.of(new SimulatedDisks(4).add("one", Long.MAX_VALUE)),
                List.of(TestLog.READER),
                test.clock);
        put();
        work();
        log.commitDurably(Positions.attaching(10, new byte[ATTACHED_BYTES]));
        work();
        rollOnce();
    }

    private void rollOnce() {
        int before = log.log().figures().segmentsInUse();
        while (log.log().figures().segmentsInUse() == before) {
            TestPut put = put();
            work();
            assertThat(put).isCompleted();
        }
    }

    @AfterEach
    void close() {
        log.close();
    }

    @Test
    void oneThatDoesNotFitBesideItFailsAlone() {
        TestPut before = put();
        TestPut tooLong = put(LONGER_THAN_IS_LEFT);
        TestPut behind = put();
        work();

        assertThat(before).isCompleted();
        assertThat(behind).isCompleted();
        assertThat(tooLong)
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .withMessageContaining("does not fit in a segment of " + TestLog.SEGMENT_BYTES)
                .withMessageContaining("raise segmentSize");
    }

    /** What is attached was less when it was let in. */
    @Test
    void oneThatIsFoundTooLongOnlyByTheDiskFailsAloneAndThoseBehindTakeItsNumbers() {
        log.commitDurably(Positions.attaching(20, new byte[0]));
        rollOnce();
        log.commitDurably(Positions.attaching(30, new byte[ATTACHED_BYTES]));
        work();
        TestPut tooLong = put(LONGER_THAN_IS_LEFT);
        TestPut behind = put();
        TestPut last = put();
        work();

        assertThat(tooLong)
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .withMessageContaining("does not fit in a segment of " + TestLog.SEGMENT_BYTES);
        assertThat(last.join()).isEqualTo(behind.join() + 10);
        TestPut next = put();
        work();
        assertThat(next.join()).isEqualTo(last.join() + 10);
    }

    @Test
    void oneThatFitsOnceLessIsAttachedIsTakenWhenItComesAgain() {
        log.commitDurably(Positions.attaching(20, new byte[0]));
        work();
        put(LONGER_THAN_IS_LEFT);
        work();
        TestPut again = put(LONGER_THAN_IS_LEFT);
        work();

        assertThat(again).isCompleted();
    }

    /** Whoever puts it is to part it, or to give it up where it is a single event that will never fit. */
    @Test
    void oneThatCanBePartedOrNeverFitsIsToldApartFromOneThatMayFitLater() {
        assertThat(failureOf(put(LONGER_THAN_IS_LEFT))).isNotInstanceOf(BatchTooLargeException.class);
        assertThat(failureOf(put(TestLog.SEGMENT_BYTES - 100))).isInstanceOf(BatchTooLargeException.class);

        TestPut ofTwo = TestPut.sized(2, LONGER_THAN_IS_LEFT / 2);
        log.log().append(ofTwo);
        assertThat(failureOf(ofTwo)).isInstanceOf(BatchTooLargeException.class);
    }

    private static Throwable failureOf(TestPut put) {
        assertThat(put).isCompletedExceptionally();
        return put.handle((done, failure) -> failure).join();
    }

    /** It is not given up though it would fit behind the head of a segment with nothing attached. */
    @Test
    void aSingleOneThatFitsBesideNothingElseIsNotRefusedForGood() {
        int nearly = TestLog.SEGMENT_BYTES - 9000; // of which all but 8376 may be a put's
        assertThat(failureOf(put(nearly))).isNotInstanceOf(BatchTooLargeException.class);

        log.commitDurably(Positions.attaching(20, new byte[0]));
        work();
        put(nearly);
        work();
        TestPut again = put(nearly);
        work();
        assertThat(again).isCompleted();
    }

    @Test
    void whatIsRefusedAsTooLargeIsToldBeforehand() {
        for (int bytes = LONGER_THAN_IS_LEFT - (16 << 10); bytes < TestLog.SEGMENT_BYTES; bytes += 500) {
            for (int events = 1; events <= 2; events++) {
                TestPut put = TestPut.sized(events, bytes / events);
                boolean never = log.log().neverTakes(events, put.encodedBytes());
                log.log().append(put);
                work();
                assertThat(put.isCompletedExceptionally() && failureOf(put) instanceof BatchTooLargeException)
                        .as("%d bytes in %d events", bytes, events)
                        .isEqualTo(never);
            }
        }
    }

    /** Nobody puts what never fits, so that asking must do what a put that is refused does. */
    @Test
    void whoAsksHasTheHeadMeasuredAnew() {
        TestPut two = TestPut.sized(2, LONGER_THAN_IS_LEFT / 2);
        log.commitDurably(Positions.attaching(20, new byte[0]));
        work();
        assertThat(log.log().neverTakes(2, two.encodedBytes())).isTrue();
        work();
        assertThat(log.log().neverTakes(2, two.encodedBytes())).isFalse();
        log.log().append(two);
        work();
        assertThat(two).isCompleted();
    }

    @Test
    void theLongestThatIsTakenInIsWritten() {
        int bytes = LONGER_THAN_IS_LEFT;
        TestPut put = put(bytes);
        while (put.isCompletedExceptionally()) {
            bytes--;
            put = put(bytes);
        }
        work();

        assertThat(put).isCompleted();
        assertThat(bytes).isBetween(TestLog.SEGMENT_BYTES - ATTACHED_BYTES - (12 << 10), LONGER_THAN_IS_LEFT - 1);
    }

    private TestPut put() {
        TestPut put = TestPut.numbered(next, 10);
        next += 10;
        log.log().append(put);
        return put;
    }

    private TestPut put(int bodyBytes) {
        TestPut put = TestPut.sized(bodyBytes);
        log.log().append(put);
        return put;
    }

    private void work() {
        while (log.work()) {
            // until there is nothing left to do
        }
    }
}
