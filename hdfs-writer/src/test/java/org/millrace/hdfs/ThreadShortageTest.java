package org.millrace.hdfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.millrace.api.DeliveryException;
import org.millrace.hdfs.FaultyFileSystem.Fault;
import org.millrace.hdfs.FaultyFileSystem.Op;
import org.millrace.testkit.Batches;

/** A system that has no more threads slows a sink down, or fails its turn: it makes no copies, and loses nothing. */
class ThreadShortageTest {
    @TempDir
    private Path directory;

    private Tree tree;
    private final Hang hang = new Hang();
    private final ScarceThreads threads = ScarceThreads.plenty();
    private final Callers callers = new Callers(threads, Callers.USUAL.patience());

    @BeforeEach
    void begin() {
        tree = new Tree(directory);
    }

    @AfterEach
    void end() {
        FaultyFileSystem.fault = Fault.NONE;
        hang.end();
    }

    private SinkUnderTest started(String... more) throws Exception {
        return started(false, more);
    }

    private SinkUnderTest started(boolean inAGroup, String... more) throws Exception {
        String[] all = new String[more.length + 2];
        all[0] = "hdfs.filePrefix";
        all[1] = "%{b}";
        System.arraycopy(more, 0, all, 2, more.length);
        String path = "fault://" + directory;
        return inAGroup ? SinkUnderTest.startedInAGroup(callers, path, all) : SinkUnderTest.started(callers, path, all);
    }

    private static void put(SinkUnderTest sut, String bucket, String body) {
        sut.put(Batches.of(Map.of("b", bucket), body));
    }

    private void assertOnce(String... lines) {
        assertThat(tree.inUse()).isEmpty();
        assertThat(tree.lines()).containsExactly(lines);
    }

    @Test
    void aTurnThatFindsAThreadForOneOfItsCallsOnlyIsDoneOnThoseThatThereAre() throws Exception {
        try (SinkUnderTest sut = started()) {
            put(sut, "a", "a 0");
            put(sut, "b", "b 0");
            sut.drainAll();
            threads.leave(1);
            put(sut, "a", "a 1");
            put(sut, "b", "b 1");
            sut.drainAll();
            assertThat(sut.channel.bodies()).isEmpty();
        }
        assertOnce("a 0", "a 1", "b 0", "b 1");
    }

    @ParameterizedTest(name = "in a group: {0}")
    @ValueSource(booleans = {false, true})
    void aTurnThatFindsNoThreadFailsAndItsEventsAreWrittenOnceAfterThat(boolean inAGroup) throws Exception {
        try (SinkUnderTest sut = started(inAGroup)) {
            threads.leave(0);
            put(sut, "a", "a 0");
            put(sut, "b", "b 0");
            assertThatThrownBy(sut.sink::drain)
                    .isInstanceOf(DeliveryException.class)
                    .hasMessageContaining("no thread");
            assertThat(sut.channel.bodies()).containsExactly("a 0", "b 0");
            threads.leave(Integer.MAX_VALUE);
            sut.drainAll();
        }
        assertOnce("a 0", "b 0");
    }

    @Test
    void aCallThatTakesTheLastThreadGoesOnAndWhatNoThreadIsLeftForIsHeldBack() throws Exception {
        try (SinkUnderTest sut = started("hdfs.threadsPoolSize", "1")) {
            threads.leave(1);
            FaultyFileSystem.fault = hang.once(Op.FLUSH, "a");
            put(sut, "a", "a 0");
            put(sut, "b", "b 0");
            sut.sink.drain();
            assertThat(sut.gauge("heldEvents")).isEqualTo(2);

            threads.leave(Integer.MAX_VALUE);
            hang.end();
            await().until(() -> {
                sut.clock.advance(Duration.ofSeconds(1));
                sut.sink.drain();
                return sut.gauge("heldEvents").equals(0);
            });
        }
        assertOnce("a 0", "b 0");
    }
}
