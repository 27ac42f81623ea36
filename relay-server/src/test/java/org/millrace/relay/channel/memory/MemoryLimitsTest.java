package org.millrace.relay.channel.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.millrace.api.Settings;
import org.millrace.api.support.EventCapacity;
import org.millrace.relay.channel.heap.ByteLimits;
import org.millrace.testkit.RecordedProblems;

class MemoryLimitsTest {
    private static final long HEAP = 1_000_000;

    private final RecordedProblems recorded = new RecordedProblems();

    @Test
    void defaultsAreFlumes() {
        assertThat(read(Map.of()))
                .isEqualTo(new MemoryLimits(
                        new EventCapacity(100, 100, Duration.ofSeconds(3)), new ByteLimits(640_000, 800_000)));
        assertThat(recorded.problems()).isEmpty();
    }

    @Test
    void everyKeyOfFlumesIsKnown() {
        Settings settings = recorded.settings(Map.of());
        MemoryLimits.read(settings, HEAP);

        assertThat(settings.knownKeys())
                .containsExactlyInAnyOrder(
                        "capacity",
                        "transactionCapacity",
                        "keep-alive",
                        "byteCapacity",
                        "byteCapacityBufferPercentage");
    }

    @Test
    void bytesForBodiesAreTheByteCapacityLessTheShareForHeaders() {
        MemoryLimits limits = read(Map.of("byteCapacity", "2000000", "byteCapacityBufferPercentage", "10"));

        assertThat(limits.bytes().bodyBytes()).isEqualTo(1_800_000);
        assertThat(limits.bytes().heapBytes()).isEqualTo(2_000_000);
    }

    @Test
    void byteCapacityZeroLimitsOnlyWhatTheHeapHolds() {
        MemoryLimits limits = read(Map.of("byteCapacity", "0"));

        assertThat(limits.bytes().bodyBytes()).isEqualTo(Long.MAX_VALUE);
        assertThat(limits.bytes().heapBytes()).isEqualTo(800_000);
        assertThat(recorded.problems()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "capacity, 0",
        "capacity, many",
        "transactionCapacity, 0",
        "keep-alive, -1",
        "byteCapacity, -1",
        "byteCapacity, 100",
        "byteCapacityBufferPercentage, 100"
    })
    void aBadValueIsRefusedAndNamed(String key, String value) {
        read(Map.of(key, value, key.equals("capacity") ? "transactionCapacity" : "capacity", "1000"));

        assertThat(recorded.problems())
                .anySatisfy(problem ->
                        assertThat(problem).startsWith(key + ": " + value).contains("expected: "));
    }

    @Test
    void aTransactionMustFitTheChannel() {
        read(Map.of("capacity", "50", "transactionCapacity", "51"));

        assertThat(recorded.problems())
                .containsExactly("transactionCapacity: 51 (expected: at most capacity, which is 50)");
    }

    @Test
    void aChannelSmallerThanTheDefaultTransactionIsToldToSetThatToo() {
        read(Map.of("capacity", "50"));

        assertThat(recorded.problems())
                .containsExactly("capacity: 50 (expected: at least transactionCapacity, which is 100 unless set:"
                        + " set it to 50 or less)");
    }

    private MemoryLimits read(Map<String, String> values) {
        return MemoryLimits.read(recorded.settings(values), HEAP);
    }
}
