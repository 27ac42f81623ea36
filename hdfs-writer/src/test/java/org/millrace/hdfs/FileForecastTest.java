package org.millrace.hdfs;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FileForecastTest {
    @ParameterizedTest(name = "{0}, {1} s, {2} bytes, {3} events, idle {4} s")
    @CsvSource(delimiter = '|', textBlock = """
                    /x            | 30  | 0         | 0    | 0   | 120 files an hour of 15 MiB each (finished after 30 s, hdfs.rollInterval)
                    /x            | 600 | 134217728 | 0    | 0   | 18 files an hour of 98 MiB each
                    /x            | 0   | 134217728 | 0    | 0   | 14 files an hour of 128 MiB each
                    /x            | 0   | 0         | 1000 | 0   | 3600 files an hour of 500 KiB each (finished after 1000 events, hdfs.rollCount)
                    /x            | 0   | 0         | 0    | 0   | one file, which is finished when the agent stops
                    /x            | 7200| 0         | 0    | 0   | a file every 2 hours of 3.4 GiB each
                    /%H           | 0   | 0         | 0    | 60  | a file an hour of 1.7 GiB each (finished after 60 s without events, hdfs.idleTimeout; a new one every 1h, hdfs.path)
                    /%Y-%m-%d     | 0   | 0         | 0    | 60  | a file every 24 hours of 41 GiB each
                    /%Y-%m-%d     | 30  | 0         | 0    | 0   | 120 files an hour
                    /%H/%M        | 0   | 0         | 0    | 60  | 60 files an hour of 29 MiB each
                    /%H/%M        | 45  | 0         | 0    | 0   | 120 files an hour of 15 MiB each
                    /%S           | 0   | 0         | 0    | 60  | 3600 files an hour of 500 KiB each
                    /%t           | 0   | 0         | 0    | 60  | 3600000 files an hour of 512 bytes each
                    /%{host}/%H   | 0   | 0         | 0    | 60  | a file an hour of 1.7 GiB each, for each value of %{host} (
                    /%{a}/%{b}    | 30  | 0         | 0    | 0   | 120 files an hour of 15 MiB each, for each value of %{a} and %{b} (
                    /%H           | 0   | 0         | 0    | 0   | (finished when 5000 others are open, hdfs.maxOpenFiles)
                    """)
    void saysHowManyFilesAndHowLargeTheyWillBe(
            String path, String interval, String bytes, String events, String idle, String text) {
        SinkUnderTest sut = configured(path, interval, bytes, events, idle);
        assertThat(sut.problems).isEmpty();
        assertThat(sut.sink.outlook())
                .startsWith("at 1000 events of 512 bytes a second, ")
                .contains(text);
    }

    @Test
    void roundedTimesMakeFewerFiles() {
        String everyMinute = configured("/%H%M", "0", "0", "0", "60").sink.outlook();
        String everyTenth = configured(
                        "/%H%M",
                        "0", "0", "0", "60", "hdfs.round", "true", "hdfs.roundValue", "10", "hdfs.roundUnit", "minute")
                .sink
                .outlook();
        assertThat(everyMinute).contains(" 60 files an hour");
        assertThat(everyTenth).contains(" 6 files an hour").contains("a new one every 10m");
    }

    @ParameterizedTest
    @CsvSource({
        "/%S, 600, 0, 0, hdfs.path",
        "/x, 1, 0, 0, hdfs.rollInterval",
        "/%H, 600, 0, 500, hdfs.rollCount",
        "/%H, 600, 1048575, 0, hdfs.rollSize",
        "/%t, 0, 1024, 10, hdfs.path"
    })
    void theKeyThatMakesFilesSmallIsNamed(String path, String interval, String bytes, String events, String key) {
        assertThat(configured(path, interval, bytes, events, "60").notes)
                .singleElement()
                .asString()
                .startsWith(key + ": makes very small files: at 1000 events");
    }

    @ParameterizedTest
    @CsvSource({"/x, 30, 0", "/%Y-%m-%d/%H, 30, 0", "/%H, 600, 134217728", "/%{host}, 30, 0"})
    void goodSettingsAreNotWarnedOf(String path, String interval, String bytes) {
        assertThat(configured(path, interval, bytes, "0", "0").notes).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"/%H, 134217728", "/%{host}, 134217728", "/x, 0"})
    void filesThatNothingFinishesAreWarnedOf(String path, String bytes) {
        assertThat(configured(path, "0", bytes, "0", "0").notes)
                .singleElement()
                .asString()
                .startsWith(
                        "hdfs.idleTimeout: the last file of a bucket that gets no more events is finished only when");
    }

    private static SinkUnderTest configured(
            String path, String interval, String bytes, String events, String idle, String... more) {
        List<String> all = new ArrayList<>(List.of(
                "hdfs.path", "hdfs://nn" + path,
                "hdfs.rollInterval", interval,
                "hdfs.rollSize", bytes,
                "hdfs.rollCount", events,
                "hdfs.idleTimeout", idle));
        all.addAll(List.of(more));
        return SinkUnderTest.configured(all.toArray(String[]::new));
    }
}
