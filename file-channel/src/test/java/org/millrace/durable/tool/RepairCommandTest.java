package org.millrace.durable.tool;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.durable.format.LogState;
import org.millrace.durable.log.LogRepair;
import org.millrace.durable.storage.DiskStorage;
import org.millrace.durable.storage.Storage;

class RepairCommandTest {
    @TempDir
    private Path directory;

    private ChannelOnDisk channel;

    @BeforeEach
    void aChannelWithDamageInTheMiddle() throws Exception {
        channel = new ChannelOnDisk(directory).put(5).put(7).put(3).commit(0, 2).stop();
        channel.groupOf(5).damageBody();
    }

    @AfterEach
    void close() {
        channel.close();
    }

    @Test
    void damageIsSetAsideAndTheRestStays() throws Exception {
        ToolRun repair = ToolRun.of("repair", "--yes", directory);
        assertThat(repair.exit()).isZero();
        assertThat(repair.out()).contains("7 events lost");
        try (Stream<Path> notes = Files.list(directory.resolve("quarantine"))) {
            assertThat(notes.map(note -> note.getFileName().toString())).anyMatch(name -> name.endsWith(".json"));
        }

        ToolRun verify = ToolRun.of("verify", directory);
        assertThat(verify.exit()).isZero();
        assertThat(verify.out()).contains("aside     1 place");
        assertThat(ToolRun.of("ls", directory).out()).contains("lost to damage so far: 7 events");
        assertThat(ToolRun.of("export", "--to", directory.resolve("out"), directory)
                        .out())
                .contains("6 events");
        assertThat(ToolRun.of("repair", directory).out()).isEqualTo("nothing to repair\n");
    }

    @Test
    void whoReadsTheBacklogAgainTellsHowFarItIs() throws Exception {
        List<Storage> directories = List.of(DiskStorage.in(directory));
        LogState state =
                Objects.requireNonNull(ChannelFiles.look(directories, null).state());
        List<Long> told = new ArrayList<>();
        LogRepair.run(
                directories, ChannelOnDisk.SEGMENT_BYTES, state, List.of(), null, told::add, InstantSource.system());
        assertThat(told)
                .as("what is before the damage, and behind it")
                .hasSize(2)
                .isSorted();
        assertThat(told.get(0)).isPositive();
    }

    @Test
    void theNextStartHasNothingToDo() throws Exception {
        ToolRun.of("repair", "--yes", directory);
        channel.open();
        channel.put(1).close();
        assertThat(ToolRun.of("ls", directory).out()).contains("lost to damage so far: 7 events");
    }

    @Test
    void itAsksFirstAndLeavesEverythingOnANo() {
        ToolRun no = new ToolRun().answering("\n").run("repair", directory);
        assertThat(no.out()).contains("Set aside 1 place? [y/N] nothing was changed");
        assertThat(no.exit()).isEqualTo(1);
        assertThat(directory.resolve("quarantine")).doesNotExist();
        assertThat(new ToolRun().answering("y\n").run("repair", directory).exit())
                .isZero();
        assertThat(directory.resolve("quarantine")).exists();
    }

    @Test
    void aDryRunOnlyTells() {
        ToolRun dry = ToolRun.of("repair", "--dry-run", directory);
        assertThat(dry.out()).contains("7 events, 5 to 11").contains("would set aside 1 place");
        assertThat(directory.resolve("quarantine")).doesNotExist();
    }

    @Test
    void damageInEventsThatAllHaveTakenCostsNothing(@TempDir Path taken) throws Exception {
        ChannelOnDisk old =
                new ChannelOnDisk(taken).put(5).put(7).put(3).commit(0, 15).stop();
        old.open(); // in a fresh segment
        old.stop();
        old.groupOf(5).damageBody();
        ToolRun verify = ToolRun.of("verify", taken);
        assertThat(verify.out()).contains("corrupt   1 place, 7 events").endsWith("sound\n");
        assertThat(verify.exit()).as("nobody needs it").isZero();
        ToolRun repair = ToolRun.of("repair", "--yes", taken);
        assertThat(repair.out()).contains("which all readers have taken").contains("0 events lost");
        assertThat(ToolRun.of("verify", taken).exit()).isZero();
    }

    @Test
    void aSecondTimeThereIsNothingToDoWhateverItWas(@TempDir Path many) throws Exception {
        ChannelOnDisk hit = new ChannelOnDisk(many).fill(6).stop();
        ChannelOnDisk.flip(hit.groupOf(0).file(), 20); // its first block
        Files.delete(many.resolve("slot-0003.seg"));
        Files.write(many.resolve("slot-0099.seg"), new byte[] {1, 2, 3});
        hit.groups().stream()
                .filter(group -> group.file().endsWith("slot-0005.seg"))
                .reduce((before, after) -> after)
                .orElseThrow()
                .damageHeader();
        assertThat(ToolRun.of("verify", many).exit()).isEqualTo(1);

        assertThat(ToolRun.of("repair", "--yes", many).exit()).isZero();

        ToolRun verify = ToolRun.of("verify", many);
        assertThat(verify.out()).endsWith("\nsound\n");
        assertThat(verify.exit()).isZero();
        assertThat(ToolRun.of("repair", many).out()).isEqualTo("nothing to repair\n");
        String lost = lostSoFar(many);
        hit.open();
        hit.stop();
        assertThat(lostSoFar(many)).as("counted once").isEqualTo(lost);
        hit.close();
    }

    @Test
    void theOldestSegmentsAreMissedOnce(@TempDir Path many) throws Exception {
        ChannelOnDisk hit = new ChannelOnDisk(many).fill(4).stop();
        Files.delete(many.resolve("slot-0001.seg"));
        assertThat(ToolRun.of("verify", many).exit()).isEqualTo(1);

        ToolRun.of("repair", "--yes", many);

        assertThat(ToolRun.of("verify", many).exit()).isZero();
        assertThat(ToolRun.of("repair", many).out()).isEqualTo("nothing to repair\n");
        hit.close();
    }

    private static String lostSoFar(Path directory) {
        return ToolRun.of("ls", directory)
                .out()
                .lines()
                .filter(line -> line.contains("lost to damage so far"))
                .findFirst()
                .orElse("nothing");
    }

    @Test
    void anAgentThatRunsIsLeftAlone(@TempDir Path live) throws Exception {
        try (ChannelOnDisk running = new ChannelOnDisk(live).put(5).put(7).put(3)) {
            running.groupOf(5).damageBody();
            ToolRun repair = ToolRun.of("repair", "--yes", live);
            assertThat(repair.exit()).isEqualTo(1);
            assertThat(repair.err()).contains("is in use by").contains("expected: a channel whose agent is stopped");
            assertThat(live.resolve("quarantine")).doesNotExist();
        }
    }

    @Test
    void aSoundChannelIsNotTouched(@TempDir Path sound) throws Exception {
        new ChannelOnDisk(sound).put(1).close();
        assertThat(ToolRun.of("repair", sound).out()).isEqualTo("nothing to repair\n");
    }
}
