package org.millrace.relay.channel.spill;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.millrace.relay.channel.heap.ByteLimits;

class SpillableChannelFactoryTest extends SpillFixture {
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
}
