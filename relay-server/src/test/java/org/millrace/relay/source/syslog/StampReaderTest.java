package org.millrace.relay.source.syslog;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StampReaderTest {
    private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");

    @ParameterizedTest
    @CsvSource({
        "2023-10-11T22:14:15.003Z, 2023-10-11T22:14:15.003Z",
        "2003-08-24T05:14:15.000003-07:00, 2003-08-24T12:14:15Z",
        "2003-08-24T05:14:15-07:00, 2003-08-24T12:14:15Z",
        "2003-08-24T05:14:15.5+05:30, 2003-08-23T23:44:15.500Z",
        "2003-08-24T05:14:15.123456789Z, 2003-08-24T05:14:15.123Z",
        "2003-08-24T05:14:15, 2003-08-24T03:14:15Z",
        "2016-12-31T23:59:60Z, 2017-01-01T00:00:00Z",
        "1969-12-31T23:59:59Z, 1969-12-31T23:59:59Z"
    })
    void stampsOfRfc5424AreTimes(String stamp, Instant time) {
        StampReader reader = reader(BERLIN, "2026-11-29T12:00:00Z", true);

        for (int i = 0; i < 2; i++) { // the second time from memory
            assertThat(reader.readIso(bytes(stamp), 0, stamp.length())).isEqualTo(stamp.length());
            assertThat(Instant.ofEpochMilli(reader.millis())).isEqualTo(time);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "2023-10-11",
                "2023-10-11 22:14:15Z",
                "2023-10-11T22:14:15.Z",
                "2023-10-11T22:14:15.1234567890Z",
                "2023-10-11T22:14:15+0700",
                "2023-10-11T22:14:1",
                "20231011T221415Z, no",
                "Oct 11 22:14:15 2023"
            })
    void whatIsNoneIsNone(String stamp) {
        assertThat(reader(BERLIN, "2026-11-29T12:00:00Z", true).readIso(bytes(stamp), 0, stamp.length()))
                .isEqualTo(-1);
    }

    @ParameterizedTest(name = "{0} seen at {1}")
    @CsvSource({
        "Nov 20 10:11:12, 2026-11-29T12:00:00Z, 2026-11-20T10:11:12Z",
        "Nov  5 10:11:12, 2026-11-29T12:00:00Z, 2026-11-05T10:11:12Z",
        "Nov 5 10:11:12, 2026-11-29T12:00:00Z, 2026-11-05T10:11:12Z",
        "Dec 28 10:11:12, 2026-11-29T12:00:00Z, 2026-12-28T10:11:12Z",
        "Dec 31 23:59:59, 2027-01-01T00:00:01Z, 2026-12-31T23:59:59Z",
        "Jan  1 00:00:01, 2026-12-31T23:59:59Z, 2027-01-01T00:00:01Z",
        "Feb  3 10:11:12, 2026-11-29T12:00:00Z, 2026-02-03T10:11:12Z",
        "Nov 31 10:11:12, 2026-11-29T12:00:00Z, 2026-12-01T10:11:12Z"
    })
    void withoutAYearTheLastElevenMonthsOrTheNextOneAreMeant(String stamp, String now, Instant time) {
        StampReader reader = reader(ZoneOffset.UTC, now, false);

        for (int i = 0; i < 2; i++) {
            assertThat(reader.readTraditional(bytes(stamp), 0, stamp.length())).isEqualTo(stamp.length());
            assertThat(Instant.ofEpochMilli(reader.millis())).isEqualTo(time);
        }
    }

    @Test
    void withoutAZoneTheAgentsIsMeant() {
        StampReader reader = reader(BERLIN, "2026-11-29T12:00:00Z", false);

        reader.readTraditional(bytes("Jul  1 12:00:00"), 0, 15);
        assertThat(Instant.ofEpochMilli(reader.millis())).isEqualTo(Instant.parse("2026-07-01T10:00:00Z"));
        reader.readTraditional(bytes("Nov  1 12:00:00"), 0, 15);
        assertThat(Instant.ofEpochMilli(reader.millis())).isEqualTo(Instant.parse("2026-11-01T11:00:00Z"));
    }

    @Test
    void aDayThatDoesNotExistIsNoTimeToAStrictReader() {
        StampReader reader = reader(ZoneOffset.UTC, "2026-11-29T12:00:00Z", true);

        assertThat(reader.readIso(bytes("2023-02-30T00:00:00Z"), 0, 20)).isEqualTo(20);
        assertThat(reader.millis()).isEqualTo(StampReader.NO_TIME);
        assertThat(reader.readTraditional(bytes("Abc  1 12:00:00"), 0, 15)).isEqualTo(15);
        assertThat(reader.millis()).isEqualTo(StampReader.NO_TIME);
    }

    private static StampReader reader(ZoneId zone, String now, boolean isStrict) {
        return new StampReader(zone, InstantSource.fixed(Instant.parse(now)), isStrict);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
