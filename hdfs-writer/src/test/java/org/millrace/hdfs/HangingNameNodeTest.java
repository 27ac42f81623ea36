package org.millrace.hdfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.api.ChannelException;
import org.millrace.api.DeliveryException;
import org.millrace.hdfs.FaultyFileSystem.Fault;
import org.millrace.hdfs.FaultyFileSystem.Op;
import org.millrace.testkit.Batches;

/** A name node that does not answer holds up the bucket that waits for it, and no other; and what it did meanwhile costs nobody's data. */
class HangingNameNodeTest {
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

    private SinkUnderTest started(String... more) throws Exception {
        String[] all = new String[more.length + 2];
        all[0] = "hdfs.filePrefix";
        all[1] = "%{b}";
        System.arraycopy(more, 0, all, 2, more.length);
        return SinkUnderTest.started("fault://" + directory, all);
    }

    private static void put(SinkUnderTest sut, String bucket, String body) {
        sut.put(Batches.of(Map.of("b", bucket), body));
    }

    private void drainToTheEnd(SinkUnderTest sut) {
        hang.end();
        await().until(() -> {
            sut.clock.advance(Duration.ofSeconds(1));
            sut.sink.drain();
            return sut.gauge("heldEvents").equals(0) && sut.channel.bodies().isEmpty();
        });
    }

    @Test
    void whileTheLookUpOfANameHangsTheOtherBucketsGoOn() throws Exception {
        FaultyFileSystem.fault = hang.once(Op.EXISTS, "bad");
        try (SinkUnderTest sut = started()) {
            put(sut, "bad", "bad 0");
            put(sut, "good", "good 0");
            sut.sink.drain();
            assertThat(sut.gauge("heldEvents")).isEqualTo(1);
            for (int i = 1; i < 5; i++) {
                put(sut, "bad", "bad " + i);
                put(sut, "good", "good " + i);
                sut.sink.drain();
            }
            assertThat(sut.metrics.drainSuccesses.getCount()).isEqualTo(5);
            assertThat(sut.gauge("heldEvents")).isEqualTo(5);
            drainToTheEnd(sut);
        }
        assertThat(tree.inUse()).isEmpty();
        assertThat(tree.names()).hasSize(2);
        assertThat(tree.lines()).hasSize(10).doesNotHaveDuplicates();
    }

    @Test
    void aFullFileWhoseNextNameIsNotFoundIsGoneOnWithLater() throws Exception {
        try (SinkUnderTest sut = started("hdfs.rollCount", "2")) {
            put(sut, "bad", "bad 0");
            sut.drainAll();
            FaultyFileSystem.fault = hang.once(Op.EXISTS, "bad");
            for (int i = 1; i < 4; i++) {
                put(sut, "bad", "bad " + i);
            }
            put(sut, "good", "good 0");
            sut.sink.drain();
            assertThat(sut.gauge("heldEvents")).isEqualTo(3);
            drainToTheEnd(sut);
        }
        assertThat(tree.inUse()).isEmpty();
        assertThat(tree.names()).hasSize(3);
        assertThat(tree.lines()).containsExactly("bad 0", "bad 1", "bad 2", "bad 3", "good 0");
    }

    @Test
    void aCloseThatMakesRoomAndHangsHoldsUpNoOtherBucket() throws Exception {
        FaultyFileSystem.fault = hang.once(Op.CLOSE, "a");
        try (SinkUnderTest sut = started("hdfs.maxOpenFiles", "2")) {
            for (String bucket : List.of("a", "b", "c", "d")) {
                put(sut, bucket, bucket);
            }
            sut.sink.drain();
            assertThat(sut.metrics.drainSuccesses.getCount()).isEqualTo(3);
            assertThat(sut.gauge("heldEvents")).isEqualTo(1);
            put(sut, "a", "a again");
            put(sut, "d", "d again");
            sut.sink.drain();
            assertThat(sut.metrics.drainSuccesses.getCount()).isEqualTo(4);
            drainToTheEnd(sut);
            assertThat(sut.metrics.drainSuccesses.getCount()).isEqualTo(6);
        }
        assertThat(tree.inUse()).isEmpty();
        assertThat(tree.lines()).containsExactlyInAnyOrder("a", "b", "c", "d", "a again", "d again");
    }

    @Test
    void aTurnThatIsRolledBackForgetsALookUpAndACloseThatTakeLong() throws Exception {
        Fault name = hang.once(Op.EXISTS, "a");
        Fault close = hang.once(Op.CLOSE, "b");
        try (SinkUnderTest sut = started("hdfs.maxOpenFiles", "3")) {
            FaultyFileSystem.fault = (op, path) -> {
                if (op == Op.EXISTS && path.getName().startsWith("d")) { // the last to be opened, after that close
                    sut.channel.failCommitsWith(new ChannelException("injected: commit"));
                }
                return name.before(op, path) && close.before(op, path);
            };
            for (String bucket : List.of("a", "b", "c", "d", "e", "f")) {
                put(sut, bucket, bucket);
            }
            assertThatThrownBy(sut.sink::drain).isInstanceOf(DeliveryException.class);
            assertThat(sut.channel.bodies()).containsExactly("a", "b", "c", "d", "e", "f");
            sut.channel.failCommitsWith(null);
            FaultyFileSystem.fault = Fault.NONE;
            hang.end();
            await().until(() -> sut.gauge("hangingCalls").equals(0));
            drainToTheEnd(sut);
        }
        assertThat(tree.inUse()).isEmpty();
        assertThat(tree.lines()).containsExactlyInAnyOrder("a", "b", "c", "d", "e", "f");
    }

    @Test
    void aLookUpThatFailsForEventsThatAreHeldBackKeepsNoMemory() throws Exception {
        FaultyFileSystem.fault =
                Fault.failing((op, path) -> op == Op.EXISTS && path.getName().startsWith("bad"), 3);
        try (SinkUnderTest sut = started()) { // which checks, when it is closed, that all batches were given back
            put(sut, "bad", "bad");
            put(sut, "good", "good");
            drainToTheEnd(sut);
        }
        assertThat(tree.lines()).containsExactly("bad", "good");
    }

    @Test
    void aFileOfWhichNobodyKnowsWhoMadeItIsRemovedOnlyIfNothingIsInIt() throws Exception {
        AtomicBoolean has = new AtomicBoolean();
        FaultyFileSystem.fault = (op, path) -> {
            if (op == Op.CREATE && !has.getAndSet(true)) {
                Files.writeString(directory.resolve(path.getName()), "theirs\n");
                throw new IOException("injected: no answer");
            }
            return true;
        };
        try (SinkUnderTest sut = started()) {
            put(sut, "x", "ours");
            assertThatThrownBy(sut.sink::drain).isInstanceOf(DeliveryException.class);
            sut.clock.advance(Duration.ofSeconds(1));
            sut.drainAll();
        }
        assertThat(tree.lines()).containsExactlyInAnyOrder("theirs", "ours");
        assertThat(tree.inUse())
                .singleElement()
                .satisfies(theirs -> assertThat(tree.text(theirs)).isEqualTo("theirs\n"));
    }

    @Test
    void aFileThatWasMadeWithoutAnAnswerIsRemoved() throws Exception {
        AtomicBoolean has = new AtomicBoolean();
        FaultyFileSystem.fault = new Fault() {
            @Override
            public boolean before(Op op, org.apache.hadoop.fs.Path path) {
                return true;
            }

            @Override
            public void after(Op op, org.apache.hadoop.fs.Path path) throws IOException {
                if (op == Op.CREATE && !has.getAndSet(true)) {
                    throw new IOException("injected: the answer is lost");
                }
            }
        };
        try (SinkUnderTest sut = started()) {
            put(sut, "x", "ours");
            assertThatThrownBy(sut.sink::drain).isInstanceOf(DeliveryException.class);
            sut.clock.advance(Duration.ofSeconds(1));
            sut.drainAll();
        }
        assertThat(tree.names()).hasSize(1);
        assertThat(tree.lines()).containsExactly("ours");
    }
}
