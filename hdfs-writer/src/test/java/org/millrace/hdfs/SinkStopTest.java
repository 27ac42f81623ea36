package org.millrace.hdfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.millrace.api.ChannelException;
import org.millrace.api.DeliveryException;
import org.millrace.hdfs.FaultyFileSystem.Fault;
import org.millrace.hdfs.FaultyFileSystem.Op;
import org.millrace.testkit.Batches;

/** A sink that stops finishes its files, however slow the file system is, and nothing gets a final name that is not committed. */
class SinkStopTest {
    /** More than a sink has patience with a call in a turn, and less than the time-out. */
    private static final Duration SLOW = Duration.ofMillis(800);

    @RegisterExtension
    private final FaultyFiles files = FaultyFiles.create();

    private final Tree tree = files.tree();

    @ParameterizedTest
    @EnumSource(
            value = Op.class,
            names = {"CLOSE", "RENAME"})
    void itWaitsForWhatTakesLongerThanATurnWouldWait(Op op) throws Exception {
        SinkUnderTest sut = files.sink();
        sut.put(Batches.of("one")).drainAll();
        FaultyFileSystem.fault = Fault.slow(op, SLOW);
        sut.close();

        assertThat(tree.inUse()).isEmpty();
        assertThat(tree.lines()).containsExactly("one");
        assertThat(sut.counter("filesLeftInUse")).isZero();
    }

    @ParameterizedTest
    @EnumSource(
            value = Op.class,
            names = {"CLOSE", "RENAME"})
    void itWaitsForWhatATurnBeforeDidNotWaitFor(Op op) throws Exception {
        SinkUnderTest sut = files.sink("hdfs.rollInterval", "30");
        sut.put(Batches.of("one")).drainAll();
        FaultyFileSystem.fault = Fault.slow(op, SLOW);
        sut.clock.advance(Duration.ofSeconds(30));
        sut.sink.drain();
        assertThat(sut.gauge("hangingCalls")).isEqualTo(1);
        sut.close();

        assertThat(tree.inUse()).isEmpty();
        assertThat(sut.counter("filesLeftInUse")).isZero();
    }

    @Test
    void itWaitsForACallOfATurnThatWasRolledBack() throws Exception {
        SinkUnderTest sut = files.sinkByBucket("hdfs.maxOpenFiles", "1");
        sut.putTo("a", "one").drainAll();
        Fault slow = Fault.slow(Op.FLUSH, SLOW);
        FaultyFileSystem.fault = (op, path) -> {
            if (op == Op.EXISTS && path.getName().startsWith("b")) {
                sut.channel.failCommitsWith(new ChannelException("injected: commit"));
            }
            return slow.before(op, path);
        };
        sut.putTo("a", "two").putTo("b", "three");
        assertThatThrownBy(sut.sink::drain).isInstanceOf(DeliveryException.class);
        sut.channel.failCommitsWith(null);
        FaultyFileSystem.fault = Fault.NONE;
        sut.close();

        assertThat(tree.inUse()).isEmpty();
        assertThat(tree.lines()).containsExactly("one");
        assertThat(sut.counter("filesLeftInUse")).isZero();
    }

    @ParameterizedTest(name = "written: {0}")
    @ValueSource(booleans = {false, true})
    void afterAnErrorInACallNothingUncommittedGetsAFinalName(boolean isWritten) throws Exception {
        SinkUnderTest sut = files.sink();
        sut.put(Batches.numbered(0, 10)).drainAll();
        AtomicBoolean has = new AtomicBoolean();
        FaultyFileSystem.fault = new Fault() {
            @Override
            public boolean before(Op op, org.apache.hadoop.fs.Path path) {
                fail(op, !isWritten);
                return true;
            }

            @Override
            public void after(Op op, org.apache.hadoop.fs.Path path) {
                fail(op, isWritten);
            }

            private void fail(Op op, boolean now) {
                if (op == Op.WRITE && now && !has.getAndSet(true)) {
                    throw new OutOfMemoryError("injected");
                }
            }
        };
        sut.put(Batches.numbered(10, 10));
        assertThatThrownBy(sut.sink::drain).isInstanceOf(OutOfMemoryError.class);
        assertThat(sut.channel.bodies()).hasSize(10).startsWith("event 10");
        sut.close();

        assertThat(tree.inUse()).isEmpty();
        assertThat(tree.lines()).hasSize(10).startsWith("event 0").endsWith("event 9");
    }
}
