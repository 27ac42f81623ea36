package org.millrace.relay.sink.file;

import static org.assertj.core.api.Assertions.as;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.millrace.api.Sink;
import org.millrace.testkit.Batches;
import org.millrace.testkit.LogLines;

/** With a suffix while it is written a file gets its final name at its end, or later, or at the next start; and never that of another. */
class FinalNamesTest extends FileRollFixture {
    @Test
    void aFileBeingWrittenHasTheInUseSuffixAndALeftOneLosesItAtTheNextStart() throws Exception {
        Files.writeString(directory.resolve("123-7.log.tmp"), "left");
        Files.writeString(directory.resolve("other.tmp"), "not ours");
        try (Sink sink = started("sink.inUseSuffix", ".tmp", "sink.pathManager.extension", "log")) {
            submit(Batches.of("a"));
            sink.drain();
            assertThat(content()).containsOnlyKeys("123-7.log", "other.tmp", series() + "-1.log.tmp");
        }
        assertThat(content()).containsOnlyKeys("123-7.log", "other.tmp", series() + "-1.log");
    }

    @ParameterizedTest
    @CsvSource({"sub//log-", "sub/./log-", "./sub/log-", "//sub/log-"})
    void aLeftFileIsFoundHoweverThePrefixIsWritten(String prefix) throws Exception {
        Path sub = Files.createDirectory(directory.resolve("sub"));
        Files.writeString(sub.resolve("log-123-7.tmp"), "left");
        try (Sink sink = started("sink.inUseSuffix", ".tmp", "sink.pathManager.prefix", prefix)) {
            assertThat(sink).isNotNull();
            assertThat(sub.resolve("log-123-7")).hasContent("left");
        }
    }

    @Test
    void aLeftFileWhoseFinalNameIsTakenStaysAsItIsAndHoldsUpNoStart() throws Exception {
        Files.writeString(directory.resolve("123-7.log.tmp"), "left");
        Files.writeString(directory.resolve("123-7.log"), "somebody else's");
        Files.writeString(directory.resolve("123-8.log.tmp"), "left, too");
        try (Sink sink = started("sink.inUseSuffix", ".tmp", "sink.pathManager.extension", "log")) {
            assertThat(sink).isNotNull();
            assertThat(content())
                    .containsExactly(
                            Map.entry("123-7.log", "somebody else's"),
                            Map.entry("123-7.log.tmp", "left"),
                            Map.entry("123-8.log", "left, too"));
        }
    }

    @Test
    void aFinalNameThatCannotBeGivenIsTriedAgainAtTheNextRoll() throws Exception {
        try (Sink sink = started("sink.inUseSuffix", ".tmp", "sink.emptyFiles", "false")) {
            submit(Batches.of("a"));
            sink.drain();
            disk.failing = FaultyDisk.Op.RENAME;
            clock.advance(Duration.ofSeconds(31));
            sink.drain();
            disk.failing = FaultyDisk.Op.NONE;
            clock.advance(Duration.ofSeconds(31));
            sink.drain();
            assertThat(content())
                    .hasSize(1)
                    .allSatisfy((name, text) -> assertThat(name).doesNotEndWith(".tmp"));
        }
    }

    @Test
    void aDirectoryThatCannotBeForcedDoesNotHaveAFinalNameGivenAgain() throws Exception {
        try (Sink sink = started("sink.sync", "fsync", "sink.inUseSuffix", ".tmp", "sink.emptyFiles", "false")) {
            submit(Batches.of("a"));
            sink.drain();
            disk.failing = FaultyDisk.Op.FORCE_DIRECTORY;
            rollTwice(sink);
        }
        assertThat(disk.renames).isEqualTo(1);
        assertThat(content().values()).containsExactly("a\n");
    }

    @Test
    void aFinalNameThatSomebodyHasTakenIsNotTriedAgain() throws Exception {
        long begun = clock.millis();
        try (Sink sink = started("sink.inUseSuffix", ".tmp", "sink.emptyFiles", "false")) {
            submit(Batches.of("a"));
            sink.drain();
            Files.writeString(directory.resolve(begun + "-1"), "somebody else's");
            rollTwice(sink);
        }
        assertThat(disk.renames).isEqualTo(1);
        assertThat(content())
                .containsExactly(Map.entry(begun + "-1", "somebody else's"), Map.entry(begun + "-1.tmp", "a\n"));
    }

    @Test
    void aFinalNameThatFailsForGoodIsSaidOnceForEachCauseAndTriedOn() throws Exception {
        try (LogLines log = LogLines.of(FileRollSink.class);
                Sink sink = started("sink.inUseSuffix", ".tmp", "sink.emptyFiles", "false")) {
            disk.failing = FaultyDisk.Op.RENAME;
            disk.cause = new AccessDeniedException("a.tmp", "a", null);
            for (String body : List.of("a", "b", "c")) {
                submit(Batches.of(body));
                sink.drain();
                disk.cause = new AccessDeniedException(body + ".tmp", body, null);
                rollTwice(sink);
            }
            assertThat(said(log, "does not get its final name")).hasSize(1);
            assertThat(figure("unfinishedFiles")).isEqualTo(3);
            assertThat(metrics.counter("renamesFailed").getCount()).isEqualTo(disk.renames);
            disk.cause = new FileSystemException("a.tmp", "a", "Read-only file system");
            rollTwice(sink);
            assertThat(said(log, "does not get its final name"))
                    .hasSize(2)
                    .last(as(STRING))
                    .contains("Read-only file system");
            disk.failing = FaultyDisk.Op.NONE;
            rollTwice(sink);
            assertThat(said(log, "no file waits for its final name any more")).hasSize(1);
            assertThat(figure("unfinishedFiles")).isEqualTo(0);
            assertThat(content().values()).containsExactly("a\n", "b\n", "c\n");
            assertThat(content().keySet()).noneMatch(name -> name.endsWith(".tmp"));
        }
    }

    @Test
    void aFileWhoseDirectoryVanishesGetsItsFinalNameOnceItIsBack() throws Exception {
        try (Sink sink = started("sink.inUseSuffix", ".tmp", "sink.emptyFiles", "false")) {
            submit(Batches.of("a"));
            sink.drain();
            Path elsewhere = Files.move(directory, home.resolve("elsewhere"));
            rollTwice(sink);
            assertThat(figure("unfinishedFiles")).isEqualTo(1);
            Files.move(elsewhere, directory);
            rollTwice(sink);
        }
        assertThat(content().keySet()).hasSize(1).noneMatch(name -> name.endsWith(".tmp"));
    }

    @Test
    void whatStaysWithoutItsFinalNameAtTheEndIsSaid() throws Exception {
        try (LogLines log = LogLines.of(FileRollSink.class)) {
            try (Sink sink = started("sink.inUseSuffix", ".tmp")) {
                submit(Batches.of("a"));
                sink.drain();
                disk.failing = FaultyDisk.Op.RENAME;
            }
            assertThat(said(log, "1 files are left with the suffix .tmp")).hasSize(1);
        }
    }
}
