package org.millrace.codec.frame;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReceiveBudgetTest {
    private final ReceiveBudget budget = new ReceiveBudget(100);
    private final List<String> evicted = new ArrayList<>();

    @Test
    void aShareTakesWhatThereIsAndGivesItBack() {
        ReceiveBudget.Share share = share("a");

        assertThat(share.take(60)).isTrue();
        assertThat(share.take(40)).isTrue();
        assertThat(budget.heldBytes()).isEqualTo(100);
        share.giveBack(30);
        assertThat(budget.heldBytes()).isEqualTo(70);
        share.close();
        share.close();
        assertThat(budget.heldBytes()).isZero();
        assertThat(evicted).isEmpty();
    }

    @Test
    void whoHoldsLittleGetsItsBytesAtTheCostOfWhoHoldsTheMost() {
        ReceiveBudget.Share large = share("large");
        ReceiveBudget.Share small = share("small");
        large.take(90);
        small.take(5);

        assertThat(small.take(10)).isTrue();
        assertThat(evicted).containsExactly("large");
        large.close(); // as it has been told
        assertThat(budget.heldBytes()).isEqualTo(15);
    }

    @Test
    void whoHoldsTheMostGetsNoMore() {
        ReceiveBudget.Share large = share("large");
        ReceiveBudget.Share small = share("small");
        large.take(60);
        small.take(40);

        assertThat(large.take(1)).isFalse();
        assertThat(evicted).isEmpty();
        assertThat(budget.heldBytes()).isEqualTo(100);
    }

    @Test
    void whoHasClosedItsShareIsNotEvicted() {
        ReceiveBudget.Share large = share("large");
        ReceiveBudget.Share small = share("small");
        large.take(90);
        large.close();

        assertThat(small.take(100)).isTrue();
        assertThat(small.take(1)).isFalse();
        assertThat(evicted).isEmpty();
    }

    private ReceiveBudget.Share share(String name) {
        return budget.share(() -> evicted.add(name));
    }
}
