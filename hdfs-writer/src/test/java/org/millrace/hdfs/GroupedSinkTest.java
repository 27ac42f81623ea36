package org.millrace.hdfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.millrace.api.DeliveryException;
import org.millrace.hdfs.FaultyFileSystem.Fault;
import org.millrace.hdfs.FaultyFileSystem.Op;

/** A sink that shares a group with others gives back what it cannot write, all of it and at once: another one is to have it. */
class GroupedSinkTest {
    @RegisterExtension
    private final FaultyFiles files = FaultyFiles.create();

    private final Tree tree = files.tree();
    private final Hang hang = files.hang();

    @ParameterizedTest
    @EnumSource(
            value = Op.class,
            names = {"EXISTS", "CREATE", "WRITE", "FLUSH"})
    void aBucketThatHangsFailsTheTurnAndNothingOfTheTurnStays(Op op) throws Exception {
        try (SinkUnderTest sut = files.groupedSinkByBucket("hdfs.callTimeout", "1000")) {
            sut.putTo("good", "committed").drainAll();
            FaultyFileSystem.fault = hang.once(op, "bad");
            sut.putTo("bad", "1").putTo("good", "2");

            assertThatThrownBy(sut.sink::drain)
                    .isInstanceOf(DeliveryException.class)
                    .hasMessageContaining("takes longer than 1000 ms");
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
        try (SinkUnderTest sut = files.groupedSinkByBucket()) {
            sut.putTo("good", "committed").drainAll();
            FaultyFileSystem.fault = Fault.failing(op.on("bad"), Integer.MAX_VALUE);
            sut.putTo("bad", "1").putTo("good", "2");

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
        try (SinkUnderTest sut = files.groupedSinkByBucket("hdfs.callTimeout", "1000")) {
            sut.putTo("bad", "1");
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
        try (SinkUnderTest sut = files.groupedSinkByBucket("hdfs.heldEvents", "10")) {
            sut.putTo("bad", "1").putTo("good", "2");
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
        assertThat(SinkUnderTest.configured("hdfs.path", "hdfs://nn/x").sink.outlook())
                .doesNotContain("group");
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

    /** With nothing that is worth a note for another reason. */
    private static SinkUnderTest configured(String... more) {
        String[] all = new String[more.length + 8];
        String[] own = {
            "hdfs.path", "hdfs://nn/x", "hdfs.rollInterval", "600", "hdfs.rollSize", "0", "hdfs.rollCount", "0"
        };
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
        files.endHanging(sut);
        sut.clock.advance(Duration.ofSeconds(5)); // and its file is looked after again
        sut.sink.settle();
    }
}
