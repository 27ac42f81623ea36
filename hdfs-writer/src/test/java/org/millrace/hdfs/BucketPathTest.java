package org.millrace.hdfs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.millrace.codec.EventBatch;
import org.millrace.codec.EventBatchBuilder;
import org.millrace.codec.EventReader;
import org.millrace.testkit.Batches;

class BucketPathTest {
    private static final long TIME = 1_700_000_000_123L;
    private static final ZoneId LOS_ANGELES = ZoneId.of("America/Los_Angeles");
    private static final Rounding TEN_MINUTES = new Rounding(ChronoUnit.MINUTES, 10);

    /** Measured on Flume 1.11, with the time above in Los Angeles, rounded to 10 minutes. */
    @ParameterizedTest(name = "{0} is {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "%Y-%m-%d %H:%M:%S | 2023-11-14 14:10:00",
                "%s | 1699999800",
                "%t | 1700000000123",
                "%j | 318",
                "%I | 02",
                "%l | 2",
                "%k | 14",
                "%p | PM",
                "%a | Tue",
                "%A | Tuesday",
                "%b | Nov",
                "%B | November",
                "%e | 14",
                "%n | 11",
                "%y | 23",
                "%z | -0800",
                "%c | Tue Nov 14 14:10:00 2023",
                "%D | 11/14/23",
                "<%x> | <>",
                "%% | %",
            })
    void escapesHaveFlumesValues(String pattern, String value) {
        assertThat(resolve(BucketPath.parse(pattern, LOS_ANGELES, TEN_MINUTES), TIME, Map.of()))
                .isEqualTo(value);
    }

    @ParameterizedTest(name = "7 {0}")
    @CsvSource({"HOURS,14:00:00", "MINUTES,14:07:00", "SECONDS,14:13:14"})
    void roundsAFieldAndClearsTheSmallerOnes(ChronoUnit unit, String value) {
        BucketPath path = BucketPath.parse("%H:%M:%S", LOS_ANGELES, new Rounding(unit, 7));

        assertThat(resolve(path, TIME, Map.of())).isEqualTo(value);
    }

    @Test
    void roundsByTheClockOnTheWall() {
        ZoneId halfPast = ZoneId.of("Asia/Kolkata"); // +05:30
        BucketPath path = BucketPath.parse("%H:%M", halfPast, new Rounding(ChronoUnit.HOURS, 1));

        assertThat(resolve(path, Instant.parse("2023-11-14T10:45:00Z").toEpochMilli(), Map.of()))
                .isEqualTo("16:00");
    }

    @Test
    void headersAndTextStandWhereTheyAre() {
        assertThat(resolve("%{host}/%{none}/x", Map.of("host", "web01"))).isEqualTo("web01//x");
        assertThat(resolve("%{a b}/%", Map.of())).isEqualTo("%{a b}/%");
        assertThat(resolve("%{a.b-c}%{a.b-c}", Map.of("a.b-c", "1"))).isEqualTo("11");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "../x | .._x",
                ".snapshot | _snapshot",
                ".reserved | _reserved",
                ".. | __",
                ". | _",
                "... | ___",
                "/etc/passwd | _etc_passwd",
                "a/../../b | a_.._.._b",
                "hdfs://other | hdfs___other",
                "c:d | c_d",
                "..x | ..x",
                "grün | grün",
            })
    void headerNamesOneLevelAndNeverClimbsOut(String value, String level) {
        assertThat(resolve("/logs/%{tenant}/x", Map.of("tenant", value))).isEqualTo("/logs/" + level + "/x");
    }

    @Test
    void controlCharactersAndHalfCharactersDoNotReachThePath() {
        assertThat(resolve("%{h}", Map.of("h", "a\u0000b\nc"))).isEqualTo("a_b_c");
        assertThat(resolve("%{h}", Map.of("h", "smile \uD83D\uDE00"))).isEqualTo("smile \uD83D\uDE00");
    }

    @Test
    void longHeadersAreCutButStayDifferent() {
        String one = resolve("%{h}", Map.of("h", "ä".repeat(5000) + 1));
        String two = resolve("%{h}", Map.of("h", "ä".repeat(5000) + 2));

        assertThat(one.getBytes(UTF_8)).hasSizeLessThan(200);
        assertThat(one).isNotEqualTo(two).startsWith("äää");
    }

    @Test
    void thatIsSoForThoseThatHaveTheSameHashInJava() {
        String one = resolve("%{h}", Map.of("h", "x".repeat(200) + "Aa"));
        String two = resolve("%{h}", Map.of("h", "x".repeat(200) + "BB"));

        assertThat(one).isNotEqualTo(two).hasSizeLessThan(200);
    }

    @Test
    void aRelativePathWhoseFirstLevelIsEmptyBeginsAtTheRootAsInFlume() {
        assertThat(new BucketId(resolve("%{none}/logs", Map.of()), "p", "").path())
                .hasToString("/logs");
    }

    @Test
    void nothingDiffersNothingIsMadeAnew() {
        BucketPath path = BucketPath.parse("/%{h}/%H-%M", ZoneOffset.UTC, Rounding.NONE);
        String first = resolve(path, TIME, Map.of("h", "a"));

        assertThat(resolve(path, TIME + 2_000, Map.of("h", "a"))).isSameAs(first);
        assertThat(resolve(path, TIME, Map.of("h", "b"))).isEqualTo("/b/22-13");
        assertThat(resolve(path, TIME + 60_000, Map.of("h", "b"))).isEqualTo("/b/22-14");
        assertThat(resolve(path, TIME - 60_000, Map.of())).isEqualTo("//22-12");
        assertThat(resolve(path, TIME, Map.of("h", "a"))).isEqualTo(first);
    }

    @Test
    void rememberedResultsAgreeWithFreshOnes() {
        String pattern = "%s %t %H:%M:%S %{h}";
        BucketPath path =
                BucketPath.parse(pattern, ZoneId.of("Africa/Monrovia"), Rounding.NONE); // -00:44:30 until 1972
        for (long time = -100_000; time < 100_000; time += 333) {
            Map<String, String> headers = Map.of("h", Long.toString(time / 5_000));
            String fresh =
                    resolve(BucketPath.parse(pattern, ZoneId.of("Africa/Monrovia"), Rounding.NONE), time, headers);
            assertThat(resolve(path, time, headers)).isEqualTo(fresh);
        }
    }

    @ParameterizedTest(name = "{0} {1}, rounded to {2} {3}")
    @CsvSource({
        // clocks go from 02:59 back to 02:00, then from 01:59 on to 03:00; Lord Howe by half an hour
        "Europe/Berlin, 2024-10-27T00:30:00Z, 1, HOURS, 2024-10-27 02:00 +0200",
        "Europe/Berlin, 2024-10-27T01:30:00Z, 1, HOURS, 2024-10-27 02:00 +0100",
        "Europe/Berlin, 2024-10-27T01:59:59Z, 30, MINUTES, 2024-10-27 02:30 +0100",
        "Europe/Berlin, 2024-03-31T00:59:59Z, 1, HOURS, 2024-03-31 01:00 +0100",
        "Europe/Berlin, 2024-03-31T01:30:00Z, 1, HOURS, 2024-03-31 03:00 +0200",
        "Europe/Berlin, 2024-03-31T01:30:00Z, 2, HOURS, 2024-03-31 03:00 +0200", // there is no 02:00 on that day
        "Australia/Lord_Howe, 2024-04-06T14:45:00Z, 1, MINUTES, 2024-04-07 01:45 +1100",
        "Australia/Lord_Howe, 2024-04-06T15:00:00Z, 1, MINUTES, 2024-04-07 01:30 +1030",
        "Australia/Lord_Howe, 2024-04-06T15:15:00Z, 1, HOURS, 2024-04-07 01:00 +1100", // 01:00 was there once
        "Asia/Kathmandu, 2023-11-14T22:13:20Z, 15, MINUTES, 2023-11-15 03:45 +0545",
        "America/St_Johns, 2023-11-14T22:13:20Z, 1, HOURS, 2023-11-14 18:00 -0330",
    })
    void theClockOnTheWallMayBeSetAndStandHalfAnHourAside(
            ZoneId zone, Instant time, int value, ChronoUnit unit, String text) {
        BucketPath path = BucketPath.parse("%Y-%m-%d %H:%M %z", zone, new Rounding(unit, value));

        assertThat(resolve(path, time.toEpochMilli(), Map.of())).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({
        "Europe/Berlin, 2024-10-27T01:00:00Z",
        "Europe/Berlin, 2024-03-31T01:00:00Z",
        "Australia/Lord_Howe, 2024-04-06T15:00:00Z",
        "Asia/Kolkata, 2024-01-01T18:30:00Z"
    })
    void whatIsRememberedAgreesWithWhatIsFreshWhereClocksAreSet(ZoneId zone, Instant change) {
        for (Rounding rounding : List.of(Rounding.NONE, new Rounding(ChronoUnit.HOURS, 2))) {
            BucketPath path = BucketPath.parse("%j %H:%M %z", zone, rounding);
            for (long seconds = -7200; seconds < 7200; seconds += 29) {
                long time = change.plusSeconds(seconds).toEpochMilli();
                assertThat(resolve(path, time, Map.of()))
                        .isEqualTo(resolve(BucketPath.parse("%j %H:%M %z", zone, rounding), time, Map.of()));
            }
        }
    }

    @Test
    void minutesOfAZoneWithOddSecondsAreItsOwn() {
        BucketPath path = BucketPath.parse("%H:%M", ZoneId.of("Africa/Monrovia"), Rounding.NONE);

        assertThat(resolve(path, 29_000, Map.of())).isEqualTo("23:15");
        assertThat(resolve(path, 31_000, Map.of())).isEqualTo("23:16");
    }

    @Test
    void hostEscapesAreKnownWhenParsed() throws Exception {
        assertThat(resolve("%[IP]|%[ip]", Map.of()))
                .isEqualTo(InetAddress.getLocalHost().getHostAddress() + "|"
                        + InetAddress.getLocalHost().getHostAddress());
        assertThatThrownBy(() -> BucketPath.parse("%[hots]", ZoneOffset.UTC, Rounding.NONE))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("%[hots]");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/a/%{h}", "/a/%%", "/a/%", "/a"})
    void timeIsNotAskedForWithoutNeed(String pattern) {
        assertThat(BucketPath.parse(pattern, ZoneOffset.UTC, Rounding.NONE).usesTime())
                .isFalse();
    }

    @Test
    void aHeaderThatIsNoUtf8IsTheSameTextEachTime() {
        byte[] headers = {2, 2, 'h', 4, (byte) 0xFF, 'x', 0};
        BucketPath path = BucketPath.parse("%{h}/y", ZoneOffset.UTC, Rounding.NONE);

        String first = resolve(path, headers);

        assertThat(first).isEqualTo("\uFFFDx/y");
        assertThat(resolve(path, headers)).isSameAs(first);
    }

    /** All but those of this machine. */
    @Test
    void theEscapesOfTheDocumentAreAsItSays() throws Exception {
        Pattern row = Pattern.compile("\\| `(%[^`\\[]+)` \\|.*\\| `([^`]*)` \\|");
        long time = 1_720_505_107_089L;
        Map<String, String> documented = new HashMap<>();
        Files.readString(Path.of("../docs/hdfs-sink.md"))
                .lines()
                .map(row::matcher)
                .filter(Matcher::matches)
                .forEach(match -> documented.put(match.group(1), match.group(2)));
        documented.forEach((escape, example) -> assertThat(resolve(
                        BucketPath.parse(escape, ZoneId.of("Europe/Berlin"), Rounding.NONE),
                        time,
                        Map.of("tenant", "acme")))
                .as(escape)
                .isEqualTo(example));
        assertThat(documented).containsKey("%{tenant}").containsKey("%%");
        for (char letter = 'A'; letter <= 'z'; letter++) {
            if (TimeEscape.isKnown(letter)) {
                assertThat(documented).containsKey("%" + letter);
            }
        }
    }

    private static String resolve(BucketPath path, byte[] encodedHeaders) {
        EventBatch batch =
                new EventBatchBuilder().add(encodedHeaders, new byte[0], 0, 0).build();
        try {
            EventReader event = batch.reader();
            assertThat(event.next()).isTrue();
            return path.resolve(event, 0);
        } finally {
            batch.release();
        }
    }

    private static String resolve(String pattern, Map<String, String> headers) {
        return resolve(BucketPath.parse(pattern, ZoneOffset.UTC, Rounding.NONE), TIME, headers);
    }

    private static String resolve(BucketPath path, long millis, Map<String, String> headers) {
        EventBatch batch = Batches.of(headers, "");
        try {
            EventReader event = batch.reader();
            event.next();
            return path.resolve(event, millis);
        } finally {
            batch.release();
        }
    }
}
