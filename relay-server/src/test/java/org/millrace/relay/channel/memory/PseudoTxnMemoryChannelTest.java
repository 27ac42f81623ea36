package org.millrace.relay.channel.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.codahale.metrics.MetricRegistry;
import java.time.InstantSource;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.millrace.api.Channel;
import org.millrace.api.ChannelContext;
import org.millrace.api.ChannelFullException;
import org.millrace.api.ChannelMetrics;
import org.millrace.api.Transaction;
import org.millrace.testkit.Batches;
import org.millrace.testkit.RecordedProblems;

class PseudoTxnMemoryChannelTest {
    private final RecordedProblems recorded = new RecordedProblems();

    @Test
    void itHasRoomForTheUsualBatchAndRealTransactions() throws Exception {
        try (Channel channel = channel(Map.of("keep-alive", "0"))) {
            channel.start();
            channel.submit(Batches.numbered(0, 100)).get();
            assertThatThrownBy(() -> channel.submit(Batches.numbered(100, 1)).get())
                    .hasCauseInstanceOf(ChannelFullException.class);
            try (Transaction rolledBack = channel.begin()) {
                assertThat(Batches.numbers(rolledBack.take(100))).hasSize(100);
            }
            try (Transaction committed = channel.begin()) {
                assertThat(Batches.numbers(committed.take(100))).hasSize(100);
                committed.commit();
            }
        }
        assertThat(recorded.problems()).isEmpty();
    }

    @Test
    void itsCapacityIsThatOfATransactionAndBadValuesAreRefused() throws Exception {
        try (Channel channel = channel(Map.of("capacity", "20"))) {
            assertThat(channel.transactionCapacity()).isEqualTo(20);
        }
        assertThat(recorded.problems()).isEmpty();
        channel(Map.of("capacity", "0", "keep-alive", "-1")).close();
        assertThat(recorded.problems())
                .containsExactly(
                        "capacity: 0 (expected: a whole number, at least 1)",
                        "keep-alive: -1 (expected: a number of seconds, at least 0)");
    }

    private Channel channel(Map<String, String> values) {
        ChannelContext context =
                new ChannelContext("a1", "c1", new ChannelMetrics("c1", new MetricRegistry()), InstantSource.system());
        return new PseudoTxnMemoryChannelFactory().create(context, recorded.settings(values));
    }
}
