package org.millrace.hdfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.millrace.api.ChannelException;
import org.millrace.api.DeliveryException;
import org.millrace.hdfs.FaultyFileSystem.Fault;
import org.millrace.hdfs.FaultyFileSystem.Op;

/** A name node that does not answer holds up the bucket that waits for it, and no other; and what it did meanwhile costs nobody's data. */
class HangingNameNodeTest {
    @RegisterExtension
    private final FaultyFiles files = FaultyFiles.create();

    private final Tree tree = files.tree();
    private final Hang hang = files.hang();

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
        try (SinkUnderTest sut = files.sinkByBucket()) {
            sut.putTo("bad", "bad 0");
            sut.putTo("good", "good 0");
            sut.sink.drain();
            assertThat(sut.gauge("heldEvents")).isEqualTo(1);
            for (int i = 1; i < 5; i++) {
                sut.putTo("bad", "bad " + i);
                sut.putTo("good", "good " + i);
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
        try (SinkUnderTest sut = files.sinkByBucket("hdfs.rollCount", "2")) {
            sut.putTo("bad", "bad 0");
            sut.drainAll();
            FaultyFileSystem.fault = hang.once(Op.EXISTS, "bad");
            for (int i = 1; i < 4; i++) {
                sut.putTo("bad", "bad " + i);
            }
            sut.putTo("good", "good 0");
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
        try (SinkUnderTest sut = files.sinkByBucket("hdfs.maxOpenFiles", "2")) {
            for (String bucket : List.of("a", "b", "c", "d")) {
                sut.putTo(bucket, bucket);
            }
            sut.sink.drain();
            assertThat(sut.metrics.drainSuccesses.getCount()).isEqualTo(3);
            assertThat(sut.gauge("heldEvents")).isEqualTo(1);
            sut.putTo("a", "a again");
            sut.putTo("d", "d again");
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
        try (SinkUnderTest sut = files.sinkByBucket("hdfs.maxOpenFiles", "3")) {
            FaultyFileSystem.fault = (op, path) -> {
                if (op == Op.EXISTS && path.getName().startsWith("d")) { // the last to be opened, after that close
                    sut.channel.failCommitsWith(new ChannelException("injected: commit"));
                }
                return name.before(op, path) && close.before(op, path);
            };
            for (String bucket : List.of("a", "b", "c", "d", "e", "f")) {
                sut.putTo(bucket, bucket);
            }
            assertThatThrownBy(sut.sink::drain).isInstanceOf(DeliveryException.class);
            assertThat(sut.channel.bodies()).containsExactly("a", "b", "c", "d", "e", "f");
            sut.channel.failCommitsWith(null);
            FaultyFileSystem.fault = Fault.NONE;
            files.endHanging(sut);
            drainToTheEnd(sut);
        }
        assertThat(tree.inUse()).isEmpty();
        assertThat(tree.lines()).containsExactlyInAnyOrder("a", "b", "c", "d", "e", "f");
    }

    @Test
    void aLookUpThatFailsForEventsThatAreHeldBackKeepsNoMemory() throws Exception {
        FaultyFileSystem.fault = Fault.failing(Op.EXISTS.on("bad"), 3);
        try (SinkUnderTest sut =
                files.sinkByBucket()) { // which checks, when it is closed, that all batches were given back
            sut.putTo("bad", "bad");
            sut.putTo("good", "good");
            drainToTheEnd(sut);
        }
        assertThat(tree.lines()).containsExactly("bad", "good");
    }

    @Test
    void aFileOfWhichNobodyKnowsWhoMadeItIsRemovedOnlyIfNothingIsInIt() throws Exception {
        AtomicBoolean has = new AtomicBoolean();
        FaultyFileSystem.fault = (op, path) -> {
            if (op == Op.CREATE && !has.getAndSet(true)) {
                Files.writeString(files.directory().resolve(path.getName()), "theirs\n");
                throw new IOException("injected: no answer");
            }
            return true;
        };
        try (SinkUnderTest sut = files.sinkByBucket()) {
            sut.putTo("x", "ours");
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
        try (SinkUnderTest sut = files.sinkByBucket()) {
            sut.putTo("x", "ours");
            assertThatThrownBy(sut.sink::drain).isInstanceOf(DeliveryException.class);
            sut.clock.advance(Duration.ofSeconds(1));
            sut.drainAll();
        }
        assertThat(tree.names()).hasSize(1);
        assertThat(tree.lines()).containsExactly("ours");
    }
}
