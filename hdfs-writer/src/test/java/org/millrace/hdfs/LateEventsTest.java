package org.millrace.hdfs;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.hdfs.FaultyFileSystem.Fault;
import org.millrace.hdfs.FaultyFileSystem.Op;
import org.millrace.testkit.Batches;

/** Events that were held back and are delivered outside a turn count as any others. */
class LateEventsTest {
    @TempDir
    private Path directory;

    private final Hang hang = new Hang();

    @AfterEach
    void end() {
        FaultyFileSystem.fault = Fault.NONE;
        hang.end();
    }

    @Test
    void theyCountWhenTheGroupGivesTheTurnToAnotherSink() throws Exception {
        try (SinkUnderTest sut = holdingOneOfTwo()) {
            sut.sink.settle();
            assertThat(sut.metrics.drainSuccesses.getCount()).isEqualTo(2);
        }
        assertThat(new Tree(directory).lines()).containsExactly("1", "2");
    }

    @Test
    void theyCountWhenTheSinkStops() throws Exception {
        SinkUnderTest sut = holdingOneOfTwo();
        sut.close();
        assertThat(sut.metrics.drainSuccesses.getCount()).isEqualTo(2);
        assertThat(new Tree(directory).lines()).containsExactly("1", "2");
    }

    /** And its call can come back now. */
    private SinkUnderTest holdingOneOfTwo() throws Exception {
        FaultyFileSystem.fault = hang.once(Op.FLUSH, "bad");
        SinkUnderTest sut = SinkUnderTest.startedInAGroup(
                "fault://" + directory, "hdfs.filePrefix", "%{b}", "hdfs.heldEvents", "10");
        sut.put(Batches.of(Map.of("b", "bad"), "1")).put(Batches.of(Map.of("b", "good"), "2"));
        sut.sink.drain();
        assertThat(sut.metrics.drainSuccesses.getCount()).isEqualTo(1);
        assertThat(sut.gauge("heldEvents")).isEqualTo(1);
        hang.end();
        return sut;
    }
}
