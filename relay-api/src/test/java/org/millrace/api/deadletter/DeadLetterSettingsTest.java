package org.millrace.api.deadletter;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.millrace.api.Settings;

class DeadLetterSettingsTest {
    private static final Path HOME = Path.of("/home/flume");

    @Test
    void withoutAnyKeyThereIsStillAPlaceAndNobodyIsSaidToHaveNamedIt() {
        assertThat(read(Map.of()))
                .isEqualTo(new DeadLetterSettings(
                        false,
                        Path.of("/home/flume/.flume/dead-letters/agent_1"),
                        3,
                        64 << 20,
                        Duration.ofMinutes(10),
                        10L << 30));
    }

    @Test
    void everyKeyIsRead() {
        assertThat(read(Map.of(
                        "deadLetter.type", "FILE",
                        "deadLetter.directory", "/var/dead",
                        "deadLetter.maxTries", "5",
                        "deadLetter.rollSize", "1MiB",
                        "deadLetter.rollInterval", "60",
                        "deadLetter.maxBytes", "1GiB")))
                .isEqualTo(
                        new DeadLetterSettings(true, Path.of("/var/dead"), 5, 1 << 20, Duration.ofMinutes(1), 1 << 30));
    }

    private static DeadLetterSettings read(Map<String, String> values) {
        Settings settings = new Settings(values, new Settings.Problems() {
            @Override
            public void problem(String key, String message) {
                throw new AssertionError(key + ": " + message);
            }

            @Override
            public void note(String key, String message) {
                throw new AssertionError(key + ": " + message);
            }
        });
        return DeadLetterSettings.read("agent/1", settings.under("deadLetter."), HOME);
    }
}
