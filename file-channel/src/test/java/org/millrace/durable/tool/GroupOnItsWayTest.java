package org.millrace.durable.tool;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.millrace.durable.storage.DiskStorage;

/** A group that an agent writes between two looks of a tool, and the next one, before the tool looks behind it. */
class GroupOnItsWayTest {
    private static final int BEFORE = 5;
    private static final int IN_GROUP = 300;
    private static final int BEHIND = 3;

    @TempDir
    private Path directory;

    private LateStorage storage;
    private ChannelOnDisk.Group group;

    @BeforeEach
    void threeGroupsThatNothingProvesToBeOnDisk() throws Exception {
        ChannelOnDisk channel = new ChannelOnDisk(directory)
                .put(BEFORE)
                .put(IN_GROUP)
                .put(BEHIND)
                .kill();
        group = channel.groupOf(BEFORE);
        storage = new LateStorage(DiskStorage.in(directory));
    }

    @ParameterizedTest(name = "without its bytes from {0} on")
    @ValueSource(ints = {0, 4096})
    void itIsNoDamage(int missingFrom) throws Exception {
        ChannelFiles files = lookThenDelay(missingFrom);
        Verification verification = Verification.of(files, ToolRun.silent());
        assertThat(verification.findings()).isEmpty();
        assertThat(verification.events()).isEqualTo(BEFORE + IN_GROUP + BEHIND);
        assertThat(storage.readsBefore()).isZero();
    }

    @ParameterizedTest(name = "without its bytes from {0} on")
    @ValueSource(ints = {0, 4096})
    void whoReadsEventsGetsAllOfItOnce(int missingFrom) throws Exception {
        ChannelFiles files = lookThenDelay(missingFrom);
        List<Long> read = new ArrayList<>();
        EventWalk walk = new EventWalk(0, List.of(), (sequence, time, event) -> read.add(sequence));
        walk.run(files);
        assertThat(read).hasSize(BEFORE + IN_GROUP + BEHIND).isSorted().doesNotHaveDuplicates();
        assertThat(walk.takeTroubles()).isEmpty();
    }

    @Test
    void whatIsStillNotThereOnTheLastLookIsDamage() throws Exception {
        ChannelFiles files = lookThenDelay(4096);
        storage.delay(group, group.offset() + 4096, Integer.MAX_VALUE);
        Verification verification = Verification.of(files, ToolRun.silent());
        assertThat(verification.of(Verification.Kind.CORRUPT))
                .singleElement()
                .satisfies(finding -> assertThat(finding.lostEvents()).isEqualTo(IN_GROUP));
    }

    private ChannelFiles lookThenDelay(int missingFrom) throws IOException {
        ChannelFiles files = ChannelFiles.look(List.of(storage), null);
        storage.delay(group, group.offset() + missingFrom, 2);
        return files;
    }
}
