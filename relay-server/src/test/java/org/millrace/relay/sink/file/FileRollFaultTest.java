package org.millrace.relay.sink.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.millrace.api.DeliveryException;
import org.millrace.api.Sink;
import org.millrace.testkit.Batches;

/** A turn that the disk or the channel fails leaves nothing in the files, and its events come again. */
class FileRollFaultTest extends FileRollFixture {
    @Test
    void aWriteThatFailsLeavesNoHalfBatchInTheFile() throws Exception {
        try (Sink sink = started()) {
            submit(Batches.of("first"));
            sink.drain();
            disk.failing = FaultyDisk.Op.WRITE;
            submit(Batches.of("second", "third"));
            assertThatThrownBy(sink::drain)
                    .isInstanceOf(DeliveryException.class)
                    .hasMessageContaining("cannot write to " + directory)
                    .hasRootCauseMessage("No space left on device (WRITE)");
            assertThat(content().values()).containsExactly("first\n");
            disk.failing = FaultyDisk.Op.NONE;
            sink.drain();

            assertThat(content().values()).containsExactly("first\nsecond\nthird\n");
        }
        assertThat(metrics.eventWriteFails.getCount()).isEqualTo(1);
    }

    @Test
    void aFileThatCannotBeMadeIsTriedAgain() throws Exception {
        try (Sink sink = started()) {
            disk.failing = FaultyDisk.Op.CREATE;
            submit(Batches.of("a"));
            assertThatThrownBy(sink::drain).isInstanceOf(DeliveryException.class);
            disk.failing = FaultyDisk.Op.NONE;
            sink.drain();
            assertThat(content().values()).containsExactly("a\n");
        }
        assertThat(metrics.connectionsFailed.getCount()).isEqualTo(1);
    }

    @Test
    void aFileThatFailsWhenItIsBegunIsTakenAwayWhateverElseFails() throws Exception {
        try (Sink sink = started("sink.sync", "fsync")) {
            disk.failing = FaultyDisk.Op.FORCE_DIRECTORY;
            disk.failingToo = FaultyDisk.Op.CLOSE;
            submit(Batches.of("a"));
            assertThatThrownBy(sink::drain)
                    .isInstanceOf(DeliveryException.class)
                    .hasRootCauseMessage("No space left on device (FORCE_DIRECTORY)");
            assertThat(content()).isEmpty();
            disk.failing = FaultyDisk.Op.NONE;
            disk.failingToo = FaultyDisk.Op.NONE;
        }
    }

    @Test
    void aCommitThatFailsLeavesNothingOfTheBatchInTheFile() throws Exception {
        FailingCommits commits = new FailingCommits(channel);
        try (Sink sink = started(commits, Map.of())) {
            submit(Batches.of("a"));
            assertThatThrownBy(sink::drain)
                    .isInstanceOf(DeliveryException.class)
                    .hasMessageContaining("channel c1: no commit today");
            assertThat(content().values()).containsExactly("");
            commits.failing = false;
            sink.drain();
            assertThat(content().values()).containsExactly("a\n");
        }
        assertThat(metrics.channelReadFails.getCount()).isEqualTo(1);
    }

    @Test
    void aFileThatCannotBeCutBackIsLeftForAnother() throws Exception {
        FailingCommits commits = new FailingCommits(channel);
        try (Sink sink = started(commits, Map.of())) {
            submit(Batches.of("a"));
            disk.failing = FaultyDisk.Op.CUT;
            assertThatThrownBy(sink::drain).isInstanceOf(DeliveryException.class);
            commits.failing = false;
            sink.drain();
            assertThat(content().values()).containsExactly("a\n", "a\n"); // the first one is what could not be cut
        }
    }

    @Test
    void aTurnThatFailsTakesTheFilesOfItsOtherSchemasAwayAgain() throws Exception {
        FailingCommits commits = new FailingCommits(channel);
        try (Sink sink = started(commits, Map.of("sink.serializer", BODY_SERIALIZER))) {
            submit(Batches.of(Map.of(LITERAL, "\"string\""), "\2a"), Batches.of(Map.of(LITERAL, "\"bytes\""), "\2b"));
            assertThatThrownBy(sink::drain).isInstanceOf(DeliveryException.class);
            assertThat(content()).hasSize(1);
            commits.failing = false;
            sink.drain();
            assertThat(content()).hasSize(2);
        }
    }

    @Test
    void whatFailsAfterTheCommitTakesNoFileAway() throws Exception {
        try (Sink sink = started("sink.serializer", BODY_SERIALIZER, "sink.inUseSuffix", ".tmp")) {
            submit(Batches.of(Map.of(LITERAL, "\"string\""), "\2a"), Batches.of(Map.of(LITERAL, "\"bytes\""), "\2b"));
            disk.failing = FaultyDisk.Op.RENAME;
            disk.failsUnchecked = true;
            assertThat(sink.drain()).isEqualTo(Sink.Drain.DELIVERED);
            assertThat(content()).hasSize(2);
            disk.failing = FaultyDisk.Op.NONE;
        }
        assertThat(content())
                .hasSize(2)
                .allSatisfy((name, text) -> assertThat(name).doesNotEndWith(".tmp"));
    }
}
