package org.millrace.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is said of a bad value. */
class SettingsMessagesTest {
    private final List<String> said = new ArrayList<>();

    private final Settings.Problems problems = new Settings.Problems() {
        @Override
        public void problem(String key, String message) {
            said.add(message);
        }

        @Override
        public void note(String key, String message) {
            throw new AssertionError(message);
        }
    };

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            8                    | 8 (expected: a whole number, 1 to 7)
            99999999999999999999 | 99999999999999999999 (expected: a whole number, 1 to 7)
            -                    | - (expected: a whole number, 1 to 7)
            """)
    void aNumberOutOfANarrowRangeIsToldTheRange(String value, String message) {
        read(value, settings -> settings.integer("key", 1, 7).orElse(1));
        assertThat(said).containsExactly(message);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            2147483648            | 2147483648 (expected: a whole number, at least 1; at most 2147483647)
            99999999999999999999  | 99999999999999999999 (expected: a whole number, at least 1; at most 2147483647)
            0                     | 0 (expected: a whole number, at least 1)
            -99999999999999999999 | -99999999999999999999 (expected: a whole number, at least 1)
            """)
    void aNumberOutOfAWideRangeIsToldTheEndThatItIsBeyond(String value, String message) {
        read(value, settings -> settings.integer("key", 1, Integer.MAX_VALUE).orElse(1));
        assertThat(said).containsExactly(message);
    }

    @Test
    void aSizeThatIsTooLargeIsToldTheMost() {
        read("3GiB", settings -> settings.bytes("key", 0, Integer.MAX_VALUE).orElse(1L));
        assertThat(said).singleElement().asString().endsWith("at least 0; at most 2147483647)");
    }

    @Test
    void aTimeIsToldItsUnit() {
        read(
                "1s",
                settings -> settings.duration("key", ChronoUnit.MILLIS, 0, Integer.MAX_VALUE)
                        .orElse(Duration.ZERO));
        read(
                "1s",
                settings -> settings.duration("key", ChronoUnit.SECONDS, 1, 60).orElse(Duration.ZERO));
        assertThat(said)
                .containsExactly(
                        "1s (expected: a number of milliseconds, at least 0)",
                        "1s (expected: a number of seconds, 1 to 60)");
    }

    @Test
    void whatCannotBeSeenIsShown() {
        read("", settings -> settings.path("key").orNull());
        read("a\u0007b", settings -> settings.bool("key").orElse(false));
        assertThat(said).containsExactly("empty (expected: a path)", "a\\u0007b (expected: true or false)");
    }

    @Test
    void anExpressionIsToldWhereItIsWrong() {
        read("a(b", settings -> settings.pattern("key").orNull());
        assertThat(said)
                .containsExactly("a(b (expected: a regular expression of Java's; Unclosed group at character 4)");
    }

    @Test
    void aCharacterSetIsToldWhetherItIsThereAndCanBeWritten() {
        read("klingon", settings -> settings.charset("key").orNull());
        read("no name", settings -> settings.charset("key").orNull());
        read("x-JISAutoDetect", settings -> settings.charset("key").orNull());
        read("x-JISAutoDetect", settings -> settings.writableCharset("key").orNull());
        assertThat(said)
                .containsExactly(
                        "klingon (expected: a character set, such as UTF-8; there is none of that name)",
                        "no name (expected: a character set, such as UTF-8; there is none of that name)",
                        "x-JISAutoDetect (expected: a character set, such as UTF-8; this one can only be read)");
    }

    @Test
    void aComponentMaySayWhatToGoOnWith() {
        Settings settings = new Settings(Map.of("key", "many"), problems);
        assertThat(settings.integer("key", 1, 9).goingOnWith(7).orElse(1)).isEqualTo(7);
        assertThat(said).hasSize(1);
    }

    private void read(String value, Consumer<Settings> reader) {
        reader.accept(new Settings(Map.of("key", value), problems));
    }
}
