package org.millrace.soak;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** A judge that cannot say no proves nothing. */
class VerdictTest {
    private final SentLedger sent = new SentLedger();
    private final NumberSet arrived = new NumberSet();

    @Test
    void isGoodIfAllThatWasAckedArrived() {
        acked(100);
        unknown(10);
        acked(1);
        arrived.addAll(0, 100);
        arrived.add(110);

        assertThat(verdict(0).isGood()).isTrue();
    }

    @Test
    void isGoodIfABatchNobodyKnowsOfArrivedWhole() {
        unknown(10);
        arrived.addAll(0, 10);

        assertThat(verdict(0).isGood()).isTrue();
    }

    @Test
    void mayForgiveLossesButNothingElse() {
        acked(100);
        assertThat(verdict(0).isGoodButForLosses()).as("nothing arrived").isFalse();
        arrived.addAll(0, 99);
        assertThat(verdict(0).isGoodButForLosses()).isTrue();
        assertThat(verdict(1).isGoodButForLosses()).as("altered").isFalse();
        arrived.add(101);
        assertThat(verdict(0).isGoodButForLosses()).as("invented").isFalse();
    }

    @Test
    void findsASingleLostEvent() {
        acked(100);
        acked(100);
        arrived.addAll(0, 200 - 1);

        Verdict verdict = verdict(0);

        assertThat(verdict.isGood()).isFalse();
        assertThat(verdict.lostEvents()).isEqualTo(1);
        assertThat(verdict).asString().contains("lost: batch 100 to 199, 99 of its events arrived");
    }

    @Test
    void findsALostBatch() {
        acked(5);
        acked(1);
        arrived.addAll(0, 5);

        assertThat(verdict(0).lostEvents()).isEqualTo(1);
        assertThat(verdict(0).tornBatches()).isZero();
        assertThat(verdict(0).isGood()).isFalse();
    }

    @Test
    void findsABatchThatCameInPart() {
        unknown(10);
        arrived.addAll(3, 2);

        Verdict verdict = verdict(0);

        assertThat(verdict.tornBatches()).isEqualTo(1);
        assertThat(verdict.isGood()).isFalse();
    }

    @Test
    void findsAnEventThatNobodySent() {
        acked(10);
        arrived.addAll(0, 11);

        Verdict verdict = verdict(0);

        assertThat(verdict.inventedEvents()).isEqualTo(1);
        assertThat(verdict.isGood()).isFalse();
    }

    @Test
    void findsAnEventThatWasAltered() {
        acked(10);
        arrived.addAll(0, 10);

        assertThat(verdict(1).isGood()).isFalse();
    }

    @Test
    void mindsNeitherDuplicatesNorRefusals() {
        acked(10);
        sent.refused(sent.nextBatch(10), 10);
        arrived.addAll(0, 10);

        Verdict verdict = new Verdict(sent, arrived, new Received(10, 15, 0));

        assertThat(verdict.isGood()).isTrue();
        assertThat(verdict).asString().contains(" 5 (50.000 %)");
    }

    private void acked(int events) {
        sent.acked(sent.nextBatch(events), events);
    }

    private void unknown(int events) {
        sent.nextBatch(events);
    }

    private Verdict verdict(long altered) {
        return new Verdict(sent, arrived, new Received(arrived.size(), arrived.size(), altered));
    }
}
