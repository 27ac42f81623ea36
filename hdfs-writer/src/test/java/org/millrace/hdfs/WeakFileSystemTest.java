package org.millrace.hdfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.apache.hadoop.ipc.RemoteException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.millrace.api.DeliveryException;
import org.millrace.api.StartException;
import org.millrace.api.Transaction;
import org.millrace.hdfs.FaultyFileSystem.Fault;
import org.millrace.hdfs.FaultyFileSystem.Op;
import org.millrace.testkit.Batches;
import org.millrace.testkit.LogLines;

/** File systems that can do less than HDFS: what they cannot promise is said, and not taken for done. */
class WeakFileSystemTest {
    private static final String FIRST = "FlumeData.1700000000001";

    @RegisterExtension
    private final FaultyFiles files = FaultyFiles.create();

    private final Tree tree = files.tree();

    @ParameterizedTest
    @ValueSource(strings = {"hflush", "hsync"})
    void nothingIsCommittedWhereAFlushWouldDoNothing(String sync) throws Exception {
        FaultyFileSystem.canFlush = false;
        try (SinkUnderTest sut = files.sink("hdfs.sync", sync)) {
            sut.put(Batches.numbered(0, 10));

            assertThatThrownBy(sut.sink::drain)
                    .isInstanceOf(DeliveryException.class)
                    .hasMessageContaining(files.directory() + "/" + FIRST + ".tmp")
                    .hasMessageContaining("hdfs.sync = " + sync)
                    .hasMessageContaining("fault:///");
            assertThat(sut.channel.bodies()).hasSize(10);
            assertThat(sut.metrics.drainSuccesses.getCount()).isZero();
        }
        assertThat(tree.names()).isEmpty();
    }

    @Test
    void unlessItIsAskedForNothing() throws Exception {
        FaultyFileSystem.canFlush = false;
        FaultyFileSystem.fault = Fault.failing(Op.FLUSH, Integer.MAX_VALUE);
        try (SinkUnderTest sut = files.sink("hdfs.sync", "none")) {
            sut.put(Batches.numbered(0, 10)).drainAll();
            assertThat(sut.channel.bodies()).isEmpty();
            assertThat(sut.metrics.drainSuccesses.getCount()).isEqualTo(10);
        }
        assertThat(tree.names()).isEqualTo(tree.complete()).hasSize(1);
        assertThat(tree.text(FIRST).lines()).hasSize(10);
    }

    /** @param remote as a name node says it */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aFileThatCannotBeCutIsLeftAtOnceWithWhatWasCommitted(boolean remote) throws Exception {
        try (LogLines log = LogLines.of(UnfinishedFile.class);
                SinkUnderTest sut = files.sink()) {
            sut.put(Batches.numbered(0, 10)).drainAll();
            Fault once = Fault.failing(Op.FLUSH, 1);
            FaultyFileSystem.fault = (op, path) -> {
                if (op == Op.TRUNCATE && remote) {
                    throw new RemoteException(
                            UnsupportedOperationException.class.getName(), "cannot truncate a file with striped block");
                } else if (op == Op.TRUNCATE) {
                    throw new UnsupportedOperationException("truncate");
                }
                return once.before(op, path);
            };
            sut.put(Batches.numbered(10, 10));
            assertThatThrownBy(sut.sink::drain).isInstanceOf(DeliveryException.class);
            sut.clock.advance(Duration.ofSeconds(1));
            sut.drainAll();

            assertThat(sut.gauge("unfinishedFiles")).isEqualTo(0);
            assertThat(sut.counter("filesLeftInUse")).isEqualTo(1);
            assertThat(log.errors())
                    .singleElement()
                    .asString()
                    .contains(FIRST + ".tmp keeps its in-use name")
                    .contains("cannot cut");
        }
        assertThat(tree.names()).hasSize(2).contains(FIRST + ".tmp");
        assertThat(tree.text(FIRST + ".tmp").lines()).contains("event 0", "event 9");
        assertThat(tree.text(tree.complete().get(0)).lines())
                .hasSize(10)
                .startsWith("event 10")
                .endsWith("event 19");
    }

    @Test
    void whatThisRunCouldNotBeginIsNotCountedAmongTheFilesOfTheLastOne() throws Exception {
        FaultyFileSystem.canFlush = false;
        FaultyFileSystem.fault = Fault.failing(Op.DELETE, Integer.MAX_VALUE);
        try (SinkUnderTest sut = files.sink()) {
            sut.put(Batches.of("one"));
            assertThatThrownBy(sut.sink::drain).isInstanceOf(DeliveryException.class);

            assertThat(sut.gauge("unfinishedFiles")).isEqualTo(1);
            assertThat(sut.gauge("filesBeingRecovered")).isEqualTo(0);
        }
    }

    @Test
    void aStartThatFailsClosesItsFileSystem() throws Exception {
        int open = FaultyFileSystem.open();
        try (SinkUnderTest sut = SinkUnderTest.configured("hdfs.path", files.path())) {
            try (Transaction tx = sut.channel.begin()) {
                tx.attach("hdfs a1/k1", new byte[] {1});
                tx.commit();
            }
            assertThatThrownBy(sut.sink::start)
                    .isInstanceOf(StartException.class)
                    .hasMessageContaining("cannot be read");
        }
        assertThat(FaultyFileSystem.open()).isEqualTo(open);
    }
}
