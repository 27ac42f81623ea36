package org.millrace.durable.tool;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.millrace.durable.log.LogView;
import org.millrace.durable.storage.DiskStorage;
import org.millrace.durable.storage.Storage;

/** A slot that an agent uses again, or deletes, between our look at the directory and our reading of the file. */
class RecycledSlotTest {
    @TempDir
    private Path directory;

    private ChannelFiles files;

    /** What an agent does with a slot whose events are taken. */
    enum Deed {
        USES_IT_AGAIN {
            @Override
            void done(Path slot) throws IOException {
                Files.copy(slot.resolveSibling("slot-0004.seg"), slot, StandardCopyOption.REPLACE_EXISTING);
            }
        },
        DELETES_IT {
            @Override
            void done(Path slot) throws IOException {
                Files.delete(slot);
            }
        };

        abstract void done(Path slot) throws IOException;
    }

    @BeforeEach
    void lookWhenTheFirstOneIsTaken() throws Exception {
        ChannelOnDisk channel = new ChannelOnDisk(directory);
        long second = channel.fill(4).groups().stream()
                .filter(group -> group.file().endsWith("slot-0002.seg"))
                .findFirst()
                .orElseThrow()
                .header()
                .firstSequence();
        channel.commit(0, second).close();
        files = ChannelFiles.look(List.of(DiskStorage.in(directory)), null);
    }

    @ParameterizedTest
    @EnumSource
    void itIsSaidAndNotCalledDamage(Deed deed) throws Exception {
        deed.done(directory.resolve("slot-0001.seg"));
        Verification verification = Verification.of(files, ToolRun.silent());
        assertThat(verification.isSound()).isTrue();
        assertThat(verification.findings())
                .singleElement()
                .satisfies(finding ->
                        assertThat(finding.line()).contains("slot-0001.seg: used again or deleted while it was read"));
    }

    @ParameterizedTest
    @EnumSource
    void whoReadsEventsIsToldAndGoesOnBehindIt(Deed deed) throws Exception {
        deed.done(directory.resolve("slot-0001.seg"));
        long[] first = {-1};
        EventWalk walk = new EventWalk(0, List.of(), (sequence, time, event) -> {
            first[0] = first[0] < 0 ? sequence : first[0];
            return true;
        });
        walk.run(files);
        assertThat(first[0]).isEqualTo(files.segments().get(1).segment().firstSequence());
        assertThat(walk.takeTroubles())
                .first()
                .asString()
                .endsWith("slot-0001.seg is gone or was used again while it was read");
    }

    @ParameterizedTest
    @EnumSource
    void sumsAreOfWhatIsLeft(Deed deed) throws Exception {
        long all = GroupFigures.of(files, ToolRun.silent()).events();
        long first = files.segments().get(1).segment().firstSequence();
        deed.done(directory.resolve("slot-0001.seg"));
        assertThat(GroupFigures.of(files, ToolRun.silent()).events()).isEqualTo(all - first);
    }

    /** As after a mistaken deletion: nothing is left that could say that the events were taken. */
    @Test
    void ifAllAreGoneWhatWasNotTakenIsLost() throws Exception {
        long end = files.endSequence();
        for (LogView.FoundSlot slot : files.view().slots()) {
            Files.delete(directory.resolve(slot.slot()));
        }
        Verification verification = Verification.of(files, ToolRun.silent());
        assertThat(verification.isSound()).isFalse();
        assertThat(verification.of(Verification.Kind.RECYCLED))
                .singleElement()
                .satisfies(finding -> assertThat(finding.file()).endsWith("slot-0001.seg"));
        assertThat(verification.of(Verification.Kind.LOST).stream()
                        .mapToLong(Verification.Finding::lostEvents)
                        .sum())
                .isEqualTo(end - files.lowestWatermark());
    }

    @Test
    void ifNobodyCanTellWhetherItWasTakenThatIsAFindingBesideTheOthers() throws Exception {
        ChannelOnDisk.flip(directory.resolve("slot-0003.seg"), 8192);
        AtomicBoolean isGone = new AtomicBoolean();
        ChannelFiles beside = ChannelFiles.look(List.of(vanishing(isGone, "slot-0002.seg")), null);
        isGone.set(true);
        Verification verification = Verification.of(beside, ToolRun.silent());
        assertThat(verification.isSound()).isFalse();
        assertThat(verification.of(Verification.Kind.UNREADABLE))
                .singleElement()
                .satisfies(finding -> assertThat(finding.why()).contains("the disk is gone"));
        assertThat(verification.of(Verification.Kind.CORRUPT)).isNotEmpty();
    }

    /** A directory in which a slot is gone once the flag is set, and which nobody can look through any more. */
    private Storage vanishing(AtomicBoolean isGone, String slot) throws IOException {
        Storage storage = DiskStorage.in(directory);
        return (Storage) Proxy.newProxyInstance(
                RecycledSlotTest.class.getClassLoader(), new Class<?>[] {Storage.class}, (proxy, method, arguments) -> {
                    if (isGone.get() && method.getName().equals("list") && arguments == null) {
                        throw new IOException("the disk is gone");
                    }
                    if (isGone.get() && method.getName().equals("open") && arguments[0].equals(slot)) {
                        throw new NoSuchFileException(slot);
                    }
                    try {
                        return method.invoke(storage, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    @Test
    void oneThatIsGoneThoughAReaderNeedsItIsLost() throws Exception {
        Files.delete(directory.resolve("slot-0002.seg"));
        Verification verification = Verification.of(files, ToolRun.silent());
        assertThat(verification.isSound()).isFalse();
        assertThat(verification.findings())
                .singleElement()
                .satisfies(finding -> assertThat(finding.line())
                        .contains("lost")
                        .contains("slot-0002.seg: is not there any more, and its events were not taken"));
    }
}
