package org.millrace.durable.tool;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Reader;
import java.io.Writer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.millrace.api.ChannelException;
import org.millrace.durable.log.DrivenDurableLog;
import org.millrace.durable.log.DrivenLog;
import org.millrace.durable.log.Durability;
import org.millrace.durable.log.LogSettings;
import org.millrace.durable.log.RecordReader;
import org.millrace.durable.log.TestPut;
import org.millrace.durable.storage.SimulatedDisks;
import org.millrace.durable.storage.Storage;
import org.millrace.testkit.Batches;
import org.millrace.testkit.FakeClock;

/**
 * A group whose force failed stands sound in its segment, and so did the next segment, which never came about: the one that came about
 * at last, with another number than the next one, makes the group void.
 */
class VoidGroupTest {
    private static final String READER = "default";

    private final SimulatedDisks disks = new SimulatedDisks(3);
    private final Storage disk = disks.add("one", Long.MAX_VALUE);
    private final FakeClock clock = new FakeClock();
    private DrivenLog log;

    @BeforeEach
    void failOnceInASegmentAndOnceInTheNext() throws Exception {
        LogSettings settings = new LogSettings(
                "c1",
                Durability.ALWAYS,
                Duration.ofSeconds(1),
                64 << 10,
                4 << 10,
                16 << 10,
                0,
                Duration.ofDays(1),
                Duration.ofMillis(20),
                null);
        log = DrivenDurableLog.open(settings, List.of(disk), List.of(READER), clock);
        assertThat(put(0)).isCompletedWithValue(0L);
        disks.failNth(SimulatedDisks.Operation.FORCE, 1, true);
        assertThat(put(100))
                .failsWithin(Duration.ZERO)
                .withThrowableOfType(ExecutionException.class)
                .withCauseInstanceOf(ChannelException.class);
        disks.heal();
        clock.advance(Duration.ofSeconds(20));
        work();
        assertThat(put(200)).isCompletedWithValue(10L);
    }

    @AfterEach
    void close() {
        log.close();
    }

    @Test
    void theToolsReadWhatTheAgentReads() throws Exception {
        ChannelFiles files = ChannelFiles.look(List.of(disk), null);
        assertThat(files.segments().stream().map(slot -> slot.segment().number()))
                .as("one number was given to a segment that never came about")
                .hasSize(2)
                .isNotEqualTo(List.of(1L, 2L));
        List<Integer> read = new ArrayList<>();
        EventWalk walk = new EventWalk(0, List.of(), (sequence, time, event) -> {
            read.add(Integer.valueOf(event.headers().get("number")));
            return true;
        });
        walk.run(files);
        assertThat(read).isEqualTo(readByTheAgent());
        assertThat(read).hasSize(20).contains(0, 209).doesNotContain(100);
        assertThat(walk.takeTroubles()).isEmpty();
    }

    @Test
    void theSegmentEndsBeforeIt() throws Exception {
        ChannelFiles files = ChannelFiles.look(List.of(disk), null);
        assertThat(files.endSequenceOf(0)).isEqualTo(10);
        assertThat(files.endSequence()).isEqualTo(20);
    }

    @Test
    void itIsNeitherCountedNorDamage() throws Exception {
        ChannelFiles files = ChannelFiles.look(List.of(disk), null);
        Surroundings around = new Surroundings(
                new BufferedReader(Reader.nullReader()),
                new PrintWriter(Writer.nullWriter()),
                new PrintWriter(Writer.nullWriter()),
                false,
                clock,
                (paths, agent, channel) -> Map.of(),
                time -> {});
        Verification verification = Verification.of(files, around);
        assertThat(verification.findings()).noneMatch(finding -> finding.kind().isDamage());
        assertThat(verification.events()).isEqualTo(20);
        assertThat(GroupFigures.of(files, around).events()).isEqualTo(20);
    }

    private List<Integer> readByTheAgent() throws IOException {
        List<Integer> numbers = new ArrayList<>();
        try (RecordReader reader = log.log().read(0)) {
            for (RecordReader.Entry entry; (entry = reader.next(20)) != null; ) {
                if (entry instanceof RecordReader.Stored stored) {
                    numbers.addAll(Batches.numbers(stored.batch()));
                    stored.batch().release();
                }
            }
        }
        return numbers;
    }

    /** Ten events. */
    private TestPut put(int first) {
        TestPut put = TestPut.numbered(first, 10);
        log.log().append(put);
        work();
        return put;
    }

    private void work() {
        while (log.work()) {
            // until there is nothing left to do
        }
    }
}
