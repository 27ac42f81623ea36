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
import org.junit.jupiter.params.provider.EnumSource;
import org.millrace.api.DeliveryException;
import org.millrace.hdfs.FaultyFileSystem.Fault;
import org.millrace.hdfs.FaultyFileSystem.Op;
import org.millrace.testkit.Batches;

/** A sink that shares a group with others gives back what it cannot write, all of it and at once: another one is to have it. */
class GroupedSinkTest {
    @TempDir
    private Path directory;

    private Tree tree;
    private final Hang hang = new Hang();

    @BeforeEach
    void begin() {
        tree = new Tree(directory);
    }

    @AfterEach
    void end() {
        FaultyFileSystem.fault = Fault.NONE;
        hang.end();
    }

    @ParameterizedTest
    @EnumSource(
            value = Op.class,
            names = {"EXISTS", "CREATE", "WRITE", "FLUSH"})
    void aBucketThatHangsFailsTheTurnAndNothingOfTheTurnStays(Op op) throws Exception {
        try (SinkUnderTest sut = started("hdfs.callTimeout", "200")) {
            sut.put(Batches.of(Map.of("b", "good"), "committed")).drainAll();
            FaultyFileSystem.fault = hang.once(op, "bad");
            sut.put(Batches.of(Map.of("b", "bad"), "1")).put(Batches.of(Map.of("b", "good"), "2"));

            assertThatThrownBy(sut.sink::drain)
                    .isInstanceOf(DeliveryException.class)
                    .hasMessageContaining("takes longer than 200 ms");
            sut.sink.settle();
            assertThat(sut.gauge("heldEvents")).isEqualTo(0);
            assertThat(sut.channel.openTransactions()).isZero();
            assertThat(sut.channel.bodies()).containsExactly("1", "2");

            takenByAnother(sut);
            endHanging(sut);
        }
        assertThat(tree.inUse()).isEmpty();
        assertThat(tree.lines()).containsExactly("committed");
    }

    @ParameterizedTest
    @EnumSource(
            value = Op.class,
            names = {"EXISTS", "CREATE", "WRITE", "FLUSH"})
    void aBucketThatIsRefusedFailsTheTurnAndNothingOfTheTurnStays(Op op) throws Exception {
        try (SinkUnderTest sut = started()) {
            sut.put(Batches.of(Map.of("b", "good"), "committed")).drainAll();
            FaultyFileSystem.fault =
                    Fault.failing((called, path) -> called == op && isOf("bad", path), Integer.MAX_VALUE);
            sut.put(Batches.of(Map.of("b", "bad"), "1")).put(Batches.of(Map.of("b", "good"), "2"));

            assertThatThrownBy(sut.sink::drain)
                    .isInstanceOf(DeliveryException.class)
                    .hasMessageContaining("injected: " + op);
            sut.sink.settle();
            assertThat(sut.channel.openTransactions()).isZero();
            assertThat(sut.channel.bodies()).containsExactly("1", "2");
            takenByAnother(sut);
        }
        assertThat(tree.inUse()).isEmpty();
        assertThat(tree.lines()).containsExactly("committed");
    }

    @Test
    void whenItIsTriedAgainItWritesToNewFilesAlthoughTheCallStillHangs() throws Exception {
        FaultyFileSystem.fault = hang.once(Op.FLUSH, "bad");
        try (SinkUnderTest sut = started("hdfs.callTimeout", "200")) {
            sut.put(Batches.of(Map.of("b", "bad"), "1"));
            assertThatThrownBy(sut.sink::drain).isInstanceOf(DeliveryException.class);
            sut.sink.settle();
            assertThat(sut.gauge("hangingCalls")).isEqualTo(1);

            sut.drainAll();
            assertThat(sut.channel.bodies()).isEmpty();
            endHanging(sut);
        }
        assertThat(tree.inUse()).isEmpty();
        assertThat(tree.lines()).containsExactly("1");
    }

    @Test
    void whoWantsEventsHeldBackAllTheSameSaysSo() throws Exception {
        FaultyFileSystem.fault = hang.once(Op.FLUSH, "bad");
        try (SinkUnderTest sut = started("hdfs.heldEvents", "10")) {
            sut.put(Batches.of(Map.of("b", "bad"), "1")).put(Batches.of(Map.of("b", "good"), "2"));
            sut.sink.drain();
            assertThat(sut.gauge("heldEvents")).isEqualTo(1);
            hang.end();
            sut.sink.settle();
            assertThat(sut.gauge("heldEvents")).isEqualTo(0);
            assertThat(sut.channel.bodies()).isEmpty();
        }
        assertThat(tree.lines()).containsExactly("1", "2");
    }

    @Test
    void itSaysBeforehandThatItFailsInsteadOfHoldingBack() {
        assertThat(configured().sink.outlook())
                .endsWith("; a bucket that hangs or is refused fails the turn, for the next sink of the group");
        assertThat(configured("hdfs.heldEvents", "10").sink.outlook()).doesNotContain("group");
        assertThat(SinkUnderTest.configured("hdfs.path", "/x").sink.outlook()).doesNotContain("group");
    }

    @Test
    void settingsThatKeepEventsFromTheOthersAreWorthANote() {
        assertThat(configured("hdfs.heldEvents", "10").notes)
                .containsExactly(
                        "hdfs.heldEvents: keeps up to 10 events of a bucket that hangs or is refused from the other"
                                + " sinks of the group (better: leave it out, and the next sink takes over)");
        assertThat(configured("hdfs.callTimeout", "0").notes)
                .containsExactly(
                        "hdfs.callTimeout: has a call that hangs waited for without end, and no other sink of the"
                                + " group takes over (better: 30000 or less)");
        assertThat(configured("hdfs.heldBytes", "1MiB").notes)
                .containsExactly("hdfs.heldBytes: has no effect in a sink group without hdfs.heldEvents");
        assertThat(configured("hdfs.heldBytes", "1MiB", "hdfs.heldEvents", "0").notes)
                .containsExactly("hdfs.heldBytes: has no effect with hdfs.heldEvents = 0");
        assertThat(configured().notes).isEmpty();
    }

    private SinkUnderTest started(String... more) throws Exception {
        String[] all = new String[more.length + 2];
        all[0] = "hdfs.filePrefix";
        all[1] = "%{b}";
        System.arraycopy(more, 0, all, 2, more.length);
        return SinkUnderTest.startedInAGroup("fault://" + directory, all);
    }

    /** With nothing that is worth a note for another reason. */
    private static SinkUnderTest configured(String... more) {
        String[] all = new String[more.length + 8];
        String[] own = {"hdfs.path", "/x", "hdfs.rollInterval", "600", "hdfs.rollSize", "0", "hdfs.rollCount", "0"};
        System.arraycopy(own, 0, all, 0, own.length);
        System.arraycopy(more, 0, all, own.length, more.length);
        return SinkUnderTest.configuredInAGroup(all);
    }

    private static void takenByAnother(SinkUnderTest sut) throws InterruptedException {
        try (var tx = sut.channel.begin()) {
            while (tx.take(10) != null) {
                // what it does with them is its own affair
            }
            tx.commit();
        }
    }

    private void endHanging(SinkUnderTest sut) throws Exception {
        hang.end();
        await().until(() -> sut.gauge("hangingCalls").equals(0));
        sut.clock.advance(Duration.ofSeconds(5)); // and its file is looked after again
        sut.sink.settle();
    }

    private static boolean isOf(String prefix, org.apache.hadoop.fs.Path path) {
        return path.getName().startsWith(prefix);
    }
}
