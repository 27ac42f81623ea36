package org.millrace.tls;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class HandshakeSlotsTest {
    private final HandshakeSlots slots = new HandshakeSlots(2);
    private final List<String> turns = new ArrayList<>();
    private final Runnable first = new Turn(turns, "first");
    private final Runnable second = new Turn(turns, "second");
    private final Runnable third = new Turn(turns, "third");

    @Test
    void whoWaitsHasHisTurnInOrderAndWhoLeavesHasNone() {
        assertThat(slots.take(() -> turns.add("nobody waits"))).isTrue();
        assertThat(slots.take(() -> turns.add("nobody waits"))).isTrue();
        assertThat(slots.take(first)).isFalse();
        assertThat(slots.take(second)).isFalse();
        assertThat(slots.take(third)).isFalse();
        assertThat(slots.leave(second)).isTrue();

        slots.giveBack();
        slots.giveBack();

        assertThat(turns).containsExactly("first", "third");
        assertThat(slots.leave(first)).as("it had its turn").isFalse();
        assertThat(slots.taken()).as("handed on").isEqualTo(2);
        slots.giveBack();
        slots.giveBack();
        assertThat(slots.taken()).isZero();
        assertThat(slots.take(first)).isTrue();
    }

    private record Turn(List<String> turns, String name) implements Runnable {
        @Override
        public void run() {
            turns.add(name);
        }
    }
}
