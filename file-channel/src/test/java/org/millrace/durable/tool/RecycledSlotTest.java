package org.millrace.durable.tool;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.millrace.durable.storage.DiskStorage;

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
        assertThat(walk.takeTroubles()).first().asString().contains("was used again or deleted while it was read");
    }

    @ParameterizedTest
    @EnumSource
    void sumsAreOfWhatIsLeft(Deed deed) throws Exception {
        long all = GroupFigures.of(files, ToolRun.silent()).events();
        long first = files.segments().get(1).segment().firstSequence();
        deed.done(directory.resolve("slot-0001.seg"));
        assertThat(GroupFigures.of(files, ToolRun.silent()).events()).isEqualTo(all - first);
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
