package org.millrace.api.deadletter;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.millrace.api.Settings;

class DeadLetterSettingsTest {
    private static final Path HOME = Path.of("/home/flume");

    private final List<String> problems = new ArrayList<>();

    @Test
    void withoutAnyKeyThereIsStillAPlaceAndNobodyIsSaidToHaveNamedIt() {
        assertThat(read(Map.of()))
                .isEqualTo(new DeadLetterSettings(
                        false,
                        3,
                        new LetterFileSettings(
                                false,
                                Path.of("/home/flume/.flume/dead-letters/agent_1"),
                                64 << 20,
                                Duration.ofMinutes(10),
                                10L << 30),
                        null));
        assertThat(problems).isEmpty();
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
                .isEqualTo(new DeadLetterSettings(
                        true,
                        5,
                        new LetterFileSettings(true, Path.of("/var/dead"), 1 << 20, Duration.ofMinutes(1), 1 << 30),
                        null));
        assertThat(problems).isEmpty();
    }

    @Test
    void aChannelIsReadInsteadOfFiles() {
        DeadLetterSettings settings =
                read(Map.of("deadLetter.type", "channel", "deadLetter.channel", "c2", "deadLetter.maxTries", "7"));
        assertThat(settings.isConfigured()).isTrue();
        assertThat(settings.channel()).isEqualTo("c2");
        assertThat(settings.maxTries()).isEqualTo(7);
        assertThat(problems).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "type = queue | type: queue (expected: one of: file, channel)",
                "type = channel | channel: missing (expected: the name of another channel)",
                "type = channel, channel = c2, directory = /d | directory: has no meaning with deadLetter.type = channel (expected: no such key)",
                "type = channel, channel = c2, rollSize = 1MiB | rollSize: has no meaning with deadLetter.type = channel (expected: no such key)",
                "channel = c2 | channel: has no meaning with deadLetter.type = file (expected: no such key)",
                "maxTries = 0 | maxTries: 0 (expected: a whole number, at least 1)",
            })
    void aKeyThatDoesNotFitIsRefused(String keys, String problem) {
        Map<String, String> values = new HashMap<>();
        for (String line : keys.split(", ")) {
            String[] parts = line.split(" = ");
            values.put("deadLetter." + parts[0], parts[1]);
        }
        read(values);
        assertThat(problems).containsExactly("deadLetter." + problem);
    }

    private DeadLetterSettings read(Map<String, String> values) {
        Settings settings = new Settings(values, new Settings.Problems() {
            @Override
            public void problem(String key, String message) {
                problems.add(key + ": " + message);
            }

            @Override
            public void note(String key, String message) {
                throw new AssertionError(key + ": " + message);
            }
        });
        return DeadLetterSettings.read("agent/1", settings, HOME);
    }
}
