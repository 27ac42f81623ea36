package org.millrace.hdfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiPredicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.millrace.api.DeliveryException;
import org.millrace.hdfs.FaultyFileSystem.Fault;
import org.millrace.hdfs.FaultyFileSystem.Op;
import org.millrace.testkit.Batches;

/** What comes between a file and its final name: it is tried again, never half done, and never overwrites another. */
class FileFinishTest {
    private static final String FIRST = "FlumeData.1700000000001";
    private static final String SECOND = "FlumeData.1700000000002";

    @RegisterExtension
    private final FaultyFiles files = FaultyFiles.create();

    private final Tree tree = files.tree();

    @Test
    void aFailedCloseIsTriedAgainAtIntervalsAndHoldsUpNobody() throws Exception {
        try (SinkUnderTest sut = files.sink("hdfs.rollInterval", "30", "hdfs.retryInterval", "60")) {
            sut.put(Batches.of("one")).drainAll();
            FaultyFileSystem.fault =
                    Fault.failing(closing(FIRST + ".tmp"), 3); // close; close again, and look what came of it
            sut.clock.advance(Duration.ofSeconds(30));
            sut.put(Batches.of("two")).drainAll();
            assertThat(tree.inUse()).contains(FIRST + ".tmp").hasSize(2);
            assertThat(sut.gauge("unfinishedFiles")).isEqualTo(1);

            sut.clock.advance(Duration.ofSeconds(29));
            sut.sink.drain();
            assertThat(tree.names()).contains(FIRST + ".tmp");

            sut.clock.advance(Duration.ofSeconds(31)); // the second try fails too
            sut.sink.drain();
            assertThat(tree.names()).contains(FIRST + ".tmp");
            assertThat(sut.sink.idleLimit()).isEqualTo(Duration.ofMinutes(1));

            sut.clock.advance(Duration.ofSeconds(60));
            sut.sink.drain();
            assertThat(tree.names()).contains(FIRST);
            assertThat(sut.gauge("unfinishedFiles")).isEqualTo(0);
        }
        assertThat(tree.inUse()).isEmpty();
        assertThat(tree.lines()).containsExactly("one", "two");
    }

    @ParameterizedTest
    @ValueSource(strings = {"CLOSE", "RENAME"})
    void afterTheLastTryAFileKeepsItsInUseName(Op op) throws Exception {
        try (SinkUnderTest sut =
                files.sink("hdfs.rollInterval", "30", "hdfs.closeTries", "2", "hdfs.retryInterval", "5")) {
            sut.put(Batches.of("one")).drainAll();
            FaultyFileSystem.fault =
                    Fault.failing(op == Op.RENAME ? op.on(FIRST) : closing(FIRST + ".tmp"), Integer.MAX_VALUE);
            sut.clock.advance(Duration.ofSeconds(30));
            sut.sink.drain();
            assertThat(sut.gauge("unfinishedFiles")).isEqualTo(1);
            sut.clock.advance(Duration.ofSeconds(5));
            sut.sink.drain();

            assertThat(sut.gauge("unfinishedFiles")).isEqualTo(0);
            assertThat(sut.counter("filesLeftInUse")).isEqualTo(1);
        }
        assertThat(tree.names()).containsExactly(FIRST + ".tmp");
        assertThat(tree.lines()).containsExactly("one");
    }

    @Test
    void aCloseThatFailsInTheMiddleOfABatchSendsTheBatchBack() throws Exception {
        try (SinkUnderTest sut = files.sink("hdfs.rollCount", "4")) {
            FaultyFileSystem.fault = Fault.failing(Op.CLOSE, 1);
            sut.put(Batches.numbered(0, 10));
            assertThatThrownBy(sut.sink::drain).isInstanceOf(DeliveryException.class);
            sut.clock.advance(Duration.ofSeconds(1));
            sut.drainAll();
        }
        assertThat(tree.inUse()).isEmpty();
        assertThat(tree.lines()).hasSize(10).doesNotHaveDuplicates();
    }

    /** Closing a file, and asking what came of that. */
    private static BiPredicate<Op, org.apache.hadoop.fs.Path> closing(String name) {
        return (called, path) ->
                (called == Op.CLOSE || called == Op.STATUS) && path.getName().equals(name);
    }

    /** Of two agents that find the same name free one comes second, and that may be the same one again and again. */
    @Test
    void whoComesSecondAtAFinalNameTakesTheNextOneAtOnce() throws Exception {
        AtomicInteger renames = new AtomicInteger();
        FaultyFileSystem.fault = (op, path) -> {
            if (op != Op.RENAME || renames.incrementAndGet() > 5) {
                return true;
            }
            Files.writeString(Path.of(path.toUri().getPath()), "theirs");
            return false;
        };
        try (SinkUnderTest sut = files.sink("hdfs.rollCount", "1")) {
            sut.put(Batches.of("one", "two")).drainAll();
            assertThat(tree.names()).doesNotContain(FIRST + ".tmp");
            assertThat(sut.counter("renamesFailed")).isZero();
        }
        assertThat(tree.inUse()).isEmpty();
        assertThat(tree.lines())
                .containsExactlyInAnyOrder("one", "two", "theirs", "theirs", "theirs", "theirs", "theirs");
    }

    @Test
    void aRenameThatIsRefusedIsTriedAgain() throws Exception {
        FaultyFileSystem.fault = (op, path) -> op != Op.RENAME;
        try (SinkUnderTest sut = files.sink("hdfs.rollCount", "1", "hdfs.retryInterval", "5")) {
            sut.put(Batches.of("one", "two")).drainAll();
            assertThat(tree.inUse()).hasSize(2);
            assertThat(sut.counter("renamesFailed")).isEqualTo(1);
            FaultyFileSystem.fault = Fault.NONE;
            sut.clock.advance(Duration.ofSeconds(5));
            sut.sink.drain();
            assertThat(tree.complete()).containsExactly(FIRST);
        }
        assertThat(tree.names()).containsExactly(FIRST, SECOND);
    }

    @Test
    void aRenameWhoseAnswerGotLostIsNotTriedTwice() throws Exception {
        FaultyFileSystem.fault = (op, path) -> {
            if (op == Op.RENAME) {
                Files.move(
                        files.directory().resolve(FIRST + ".tmp"),
                        files.directory().resolve(FIRST));
                throw new IOException("connection lost");
            }
            return true;
        };
        try (SinkUnderTest sut = files.sink("hdfs.rollInterval", "30", "hdfs.retryInterval", "5")) {
            sut.put(Batches.of("one")).drainAll();
            sut.clock.advance(Duration.ofSeconds(30));
            sut.sink.drain();
            sut.clock.advance(Duration.ofSeconds(5));
            sut.sink.drain();

            assertThat(sut.gauge("unfinishedFiles")).isEqualTo(0);
            assertThat(sut.counter("filesFinished")).isEqualTo(1);
        }
        assertThat(tree.names()).containsExactly(FIRST);
    }

    @Test
    void aRenameNeverOverwrites() throws Exception {
        try (SinkUnderTest sut = files.sink()) {
            sut.put(Batches.of("mine")).drainAll();
            Files.writeString(files.directory().resolve(FIRST), "theirs");
        }
        assertThat(tree.text(FIRST)).isEqualTo("theirs");
        assertThat(tree.text(SECOND)).isEqualTo("mine\n");
        assertThat(tree.names()).hasSize(2);
    }

    @Test
    void anInUseFileOfAnEarlierLifeIsNeitherUsedNorOverwritten() throws Exception {
        Files.writeString(files.directory().resolve(FIRST + ".tmp"), "crashed");
        try (SinkUnderTest sut = files.sink()) {
            sut.put(Batches.of("mine")).drainAll();
        }
        assertThat(tree.names()).containsExactly(FIRST + ".tmp", SECOND);
        assertThat(tree.text(FIRST + ".tmp")).isEqualTo("crashed");
    }
}
