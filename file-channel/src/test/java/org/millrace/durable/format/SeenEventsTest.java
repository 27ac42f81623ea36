package org.millrace.durable.format;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.millrace.codec.Origin;

class SeenEventsTest {
    private static final UUID A = new UUID(1, 1);
    private static final UUID B = new UUID(1, 2);
    private static final long NOW = 1_700_000_000_000L;

    private final SeenEvents seen = new SeenEvents();

    @Test
    void whatWasNeverAddedIsNotKnown() {
        assertThat(seen.knownUntil(A, 5)).isEqualTo(5);
        assertThat(seen.nextKnown(A, 5)).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void eachSenderHasNumbersOfItsOwn() {
        add(A, 10, 20);
        assertThat(seen.knownUntil(A, 10)).isEqualTo(20);
        assertThat(seen.knownUntil(A, 19)).isEqualTo(20);
        assertThat(seen.knownUntil(A, 20)).isEqualTo(20);
        assertThat(seen.knownUntil(A, 9))
                .as("nothing below is taken for granted")
                .isEqualTo(9);
        assertThat(seen.nextKnown(A, 9)).isEqualTo(10);
        assertThat(seen.knownUntil(B, 10)).isEqualTo(10);
    }

    @Test
    void rangesThatTouchOrOverlapBecomeOne() {
        add(A, 10, 20);
        add(A, 30, 40);
        add(A, 50, 60);
        assertThat(seen.nextKnown(A, 20)).isEqualTo(30);
        add(A, 20, 30);
        assertThat(seen.knownUntil(A, 10)).isEqualTo(40);
        add(A, 5, 55);
        assertThat(seen.knownUntil(A, 5)).isEqualTo(60);
        add(A, 12, 14);
        assertThat(seen.knownUntil(A, 5)).isEqualTo(60);
    }

    @Test
    void theLowestRangesAreForgottenAndNotFilled() {
        for (int i = 0; i <= SeenEvents.MOST_RANGES; i++) {
            add(A, 100L * i, 100L * i + 10);
        }
        assertThat(seen.knownUntil(A, 0)).isZero();
        assertThat(seen.knownUntil(A, 100)).isEqualTo(110);
        assertThat(seen.nextKnown(A, 0)).isEqualTo(100);
    }

    @Test
    void theSenderThatWasNotHeardOfForLongestIsForgotten() {
        for (int i = 0; i < SeenEvents.MOST_SENDERS; i++) {
            seen.add(new Origin(new UUID(2, i + 1), 0), 1, NOW);
        }
        seen.add(new Origin(new UUID(2, 1), 1), 1, NOW); // the first one speaks again
        add(A, 0, 1);
        assertThat(seen.senders()).isEqualTo(SeenEvents.MOST_SENDERS);
        assertThat(seen.knownUntil(new UUID(2, 1), 0)).isEqualTo(2);
        assertThat(seen.knownUntil(new UUID(2, 2), 0)).isZero();
    }

    @Test
    void aSenderThatIsSilentForLongIsForgotten() {
        add(A, 0, 10);
        seen.add(new Origin(B, 0), 1, NOW + SeenEvents.MOST_AGE.toMillis());
        assertThat(seen.knownUntil(A, 0)).isEqualTo(10);
        seen.add(new Origin(B, 1), 1, NOW + SeenEvents.MOST_AGE.toMillis() + 1);
        assertThat(seen.knownUntil(A, 0)).isZero();
    }

    @Test
    void aSnapshotCarriesIt() {
        LogState state = new LogState();
        state.seen().add(new Origin(A, 7), 3, NOW);
        state.seen().add(new Origin(A, 20), 1, NOW);
        state.seen().add(new Origin(B, 1), 1, NOW);
        SeenEvents read = LogState.decode(state.encode()).seen();
        assertThat(read.senders()).isEqualTo(2);
        assertThat(read.knownUntil(A, 7)).isEqualTo(10);
        assertThat(read.knownUntil(A, 20)).isEqualTo(21);
        assertThat(read.knownUntil(B, 1)).isEqualTo(2);
    }

    @Test
    void aCopyOfTheStateKnowsTheSameAndGoesItsOwnWay() {
        LogState state = new LogState();
        state.seen().add(new Origin(A, 7), 3, NOW);
        LogState copy = state.copy();
        copy.seen().add(new Origin(A, 10), 1, NOW);
        assertThat(copy.seen().knownUntil(A, 7)).isEqualTo(11);
        assertThat(state.seen().knownUntil(A, 7)).isEqualTo(10);
    }

    @Test
    void aSnapshotWithoutSendersIsAsItWasBeforeThereWereAny() {
        byte[] body = new LogState().encode();
        assertThat(body).hasSize(Integer.BYTES + 2 * Long.BYTES);
        assertThat(LogState.decode(body).seen().senders()).isZero();
    }

    private void add(UUID sender, long from, long to) {
        seen.add(new Origin(sender, from), (int) (to - from), NOW);
    }
}
