package org.millrace.hdfs;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.millrace.api.Sink;
import org.millrace.codec.EventBatchBuilder;
import org.millrace.testkit.Batches;
import org.millrace.testkit.LogLines;

/** Events that come late or early, and clocks that are set. */
class HdfsTimeTest {
    @TempDir
    private Path directory;

    private Tree tree;
    private String byHour;

    @BeforeEach
    void root() {
        tree = new Tree(directory);
        byHour = directory.toUri() + "/%Y-%m-%d/%H";
    }

    @Test
    void eventsYearsApartInOneBatchEachGoToTheirHour() throws Exception {
        try (SinkUnderTest sut = SinkUnderTest.started(byHour, "hdfs.timeZone", "UTC")) {
            try (EventBatchBuilder builder = new EventBatchBuilder()) {
                for (String time : List.of("1999-12-31T23:59:59Z", "2023-11-14T22:00:00Z", "2038-01-19T03:14:08Z")) {
                    add(builder, Instant.parse(time), time);
                }
                sut.put(builder.build()).drainAll();
            }
            assertThat(sut.metrics.connectionsCreated.getCount()).isEqualTo(3);
        }
        assertThat(tree.text("1999-12-31/23/FlumeData.1700000000001")).isEqualTo("1999-12-31T23:59:59Z\n");
        assertThat(tree.text("2023-11-14/22/FlumeData.1700000000001")).isEqualTo("2023-11-14T22:00:00Z\n");
        assertThat(tree.text("2038-01-19/03/FlumeData.1700000000001")).isEqualTo("2038-01-19T03:14:08Z\n");
    }

    @Test
    void aClockThatIsSetBackKeepsNoWarningBack() throws Exception {
        try (LogLines log = LogLines.of(EventTime.class);
                SinkUnderTest sut = SinkUnderTest.started(byHour)) {
            sut.put(Batches.of("one")).drainAll();
            sut.clock.advance(Duration.ofDays(-1));
            sut.put(Batches.of("two")).drainAll();
            assertThat(log.lines()).hasSize(1);

            sut.clock.advance(Duration.ofMinutes(1));
            sut.put(Batches.of("three")).drainAll();
            assertThat(log.lines()).hasSize(2);
        }
    }

    @Test
    void aLateEventGetsAFileOfItsOwnInTheHourThatIsDone() throws Exception {
        try (SinkUnderTest sut = SinkUnderTest.started(byHour, "hdfs.timeZone", "UTC", "hdfs.idleTimeout", "60")) {
            Map<String, String> then = at(sut.clock.instant());
            sut.put(Batches.of(then, "in time")).drainAll();
            sut.clock.advance(Duration.ofHours(3));
            sut.put(Batches.of(at(sut.clock.instant()), "now")).drainAll();
            sut.put(Batches.of(then, "late")).drainAll();
        }
        assertThat(tree.text("2023-11-14/22/FlumeData.1700000000001")).isEqualTo("in time\n");
        assertThat(tree.text("2023-11-14/22/FlumeData.1700010800001")).isEqualTo("late\n");
        assertThat(tree.text("2023-11-15/01/FlumeData.1700010800001")).isEqualTo("now\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"hdfs.rollInterval", "hdfs.idleTimeout"})
    void aClockThatIsSetBackDoesNotKeepFilesOpen(String limit) throws Exception {
        try (SinkUnderTest sut = SinkUnderTest.started(directory.toUri().toString(), limit, "30")) {
            sut.put(Batches.of("x")).drainAll();
            sut.clock.advance(Duration.ofSeconds(20));
            sut.sink.drain();
            sut.clock.advance(Duration.ofDays(-365));
            assertThat(sut.sink.drain()).isEqualTo(Sink.Drain.IDLE);
            assertThat(tree.inUse()).hasSize(1);
            assertThat(sut.sink.idleLimit()).isEqualTo(Duration.ofSeconds(10));

            sut.clock.advance(Duration.ofSeconds(10));
            sut.sink.drain();
            assertThat(tree.inUse()).isEmpty();
            assertThat(tree.complete()).hasSize(1);
        }
    }

    @Test
    void aClockThatIsSetForwardFinishesFilesAndLosesNothing() throws Exception {
        try (SinkUnderTest sut = SinkUnderTest.started(directory.toUri().toString(), "hdfs.rollInterval", "30")) {
            sut.put(Batches.of("before")).drainAll();
            sut.clock.advance(Duration.ofDays(365));
            sut.put(Batches.of("after")).drainAll();
            assertThat(tree.complete()).hasSize(1);
            assertThat(tree.inUse()).hasSize(1);
        }
        assertThat(tree.lines()).containsExactly("before", "after");
    }

    @Test
    void bucketsByLocalTimeFollowTheClockAlsoBack() throws Exception {
        try (SinkUnderTest sut = SinkUnderTest.started(
                byHour, "hdfs.timeZone", "UTC", "hdfs.useLocalTimeStamp", "true", "hdfs.rollInterval", "60")) {
            sut.put(Batches.of("22 o'clock")).drainAll();
            sut.clock.advance(Duration.ofHours(-2));
            sut.put(Batches.of("20 o'clock")).drainAll();
        }
        assertThat(tree.text("2023-11-14/22/FlumeData.1700000000001")).isEqualTo("22 o'clock\n");
        assertThat(tree.text("2023-11-14/20/FlumeData.1700000000001")).isEqualTo("20 o'clock\n");
    }

    @Test
    void namesGoUpAlsoWhenTheClockIsSetBack() throws Exception {
        try (SinkUnderTest sut = SinkUnderTest.started(directory.toUri().toString(), "hdfs.rollInterval", "1")) {
            for (int i = 0; i < 4; i++) {
                sut.put(Batches.of("event " + i)).drainAll();
                sut.clock.advance(Duration.ofSeconds(1));
                sut.sink.drain();
                sut.clock.advance(Duration.ofSeconds(-1));
            }
        }
        assertThat(tree.names()).hasSize(4);
        assertThat(tree.lines()).containsExactly("event 0", "event 1", "event 2", "event 3");
    }

    @ParameterizedTest
    @ValueSource(strings = {"time", "header"})
    void aHostileSpreadOpensNoMoreFilesThanAllowedAndLosesNothing(String kind) throws Exception {
        String path = kind.equals("time") ? byHour : directory.toUri() + "/%{h}";
        int buckets = 300;
        List<String> all = new ArrayList<>();
        try (SinkUnderTest sut = SinkUnderTest.started(
                path,
                "hdfs.maxOpenFiles",
                "10",
                "hdfs.idleTimeout",
                "60",
                "hdfs.batchSize",
                "100",
                "hdfs.heldEvents",
                "0")) { // so that a slow call is waited for, whose file would be one more
            for (int round = 0; round < 2; round++) {
                try (EventBatchBuilder builder = new EventBatchBuilder()) {
                    for (int i = 0; i < buckets; i++) {
                        Instant time = sut.clock.instant().plus(Duration.ofHours(i * 37L - 5000));
                        String body = "event " + i + " of " + round;
                        builder.add(
                                Map.of("timestamp", "" + time.toEpochMilli(), "h", "" + i),
                                body.getBytes(StandardCharsets.UTF_8));
                        all.add(body);
                    }
                    sut.put(builder.build());
                }
                while (sut.sink.drain() == Sink.Drain.DELIVERED) {
                    assertThat(tree.inUse()).hasSizeLessThanOrEqualTo(10);
                    assertThat((Integer) sut.gauge("openFiles")).isLessThanOrEqualTo(10);
                }
            }
            assertThat(sut.metrics.connectionsCreated.getCount())
                    .isEqualTo(2L * buckets); // not one for each event more
            sut.clock.advance(Duration.ofSeconds(60));
            sut.sink.drain();
            assertThat(tree.inUse()).isEmpty();
        }
        assertThat(tree.lines()).containsExactlyInAnyOrderElementsOf(all);
    }

    private static void add(EventBatchBuilder builder, Instant time, String body) {
        builder.add(at(time), body.getBytes(StandardCharsets.UTF_8));
    }

    private static Map<String, String> at(Instant time) {
        return Map.of("timestamp", Long.toString(time.toEpochMilli()));
    }
}
