package org.millrace.durable.tool;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VerifyCommandTest {
    @TempDir
    private Path directory;

    @Test
    void aSoundChannelIsSoundWhetherItIsOpenOrNot() throws Exception {
        try (ChannelOnDisk channel = new ChannelOnDisk(directory)) {
            channel.fill(3).commit(0, 5);
            assertSound(channel.events());
            channel.stop();
            assertSound(channel.events());
        }
    }

    private void assertSound(int events) {
        ToolRun verify = ToolRun.of("verify", directory);
        assertThat(verify.out())
                .contains("read      3 segments, " + events + " events")
                .endsWith("sound\n");
        assertThat(verify.exit()).isZero();
    }

    @Test
    void aTornTailIsNoDamage() throws Exception {
        ChannelOnDisk channel = new ChannelOnDisk(directory).put(5).put(50).kill();
        channel.groupOf(50).tear();
        ToolRun verify = ToolRun.of("verify", directory);
        assertThat(verify.exit()).isZero();
        assertThat(verify.out())
                .contains("torn      " + channel.groupOf(50).file() + ", byte ")
                .contains("torn      1 place:")
                .contains("lost      0 places");
    }

    @Test
    void damageToTheLastPutsOfALogThatWasStoppedIsDamage() throws Exception {
        ChannelOnDisk channel = new ChannelOnDisk(directory).put(5).put(50).stop();
        channel.groupOf(50).damageBody();
        ToolRun verify = ToolRun.of("verify", directory);
        assertThat(verify.exit()).isEqualTo(1);
        assertThat(verify.out()).contains("corrupt   1 place, 50 events");
    }

    @Test
    void aWrongChecksumBeforeSoundGroupsIsDamageWithItsPlaceAndCost() throws Exception {
        ChannelOnDisk channel =
                new ChannelOnDisk(directory).put(5).put(7).put(3).stop();
        ChannelOnDisk.Group hit = channel.groupOf(5);
        hit.damageBody();
        ToolRun verify = ToolRun.of("verify", directory);
        assertThat(verify.exit()).isEqualTo(1);
        assertThat(verify.out())
                .contains("corrupt   " + hit.file() + ", byte " + (hit.offset() + 64))
                .contains("wrong checksum of a record; 7 events, 5 to 11")
                .contains("corrupt   1 place, 7 events")
                .contains("NOT SOUND");
    }

    @Test
    void aGroupThatIsGoneIsFoundByWhatStandsBehindIt() throws Exception {
        ChannelOnDisk channel =
                new ChannelOnDisk(directory).put(5).put(7).put(3).stop();
        channel.groupOf(5).damageHeader();
        ToolRun verify = ToolRun.of("verify", "--json", directory);
        assertThat(verify.exit()).isEqualTo(1);
        assertThat(verify.out())
                .contains("\"sound\": false")
                .contains("\"fromSequence\": 5")
                .contains("\"toSequence\": 12")
                .contains("\"why\": \"no group begins here\"");
    }

    @Test
    void theTailOfASegmentIsMissedByTheNextOne() throws Exception {
        ChannelOnDisk channel = new ChannelOnDisk(directory).fill(2).stop();
        ChannelOnDisk.Group last = channel.groups().stream()
                .filter(group ->
                        group.file().endsWith("slot-0001.seg") && group.header().events() > 0)
                .reduce((before, after) -> after)
                .orElseThrow();
        last.damageHeader();
        ToolRun verify = ToolRun.of("verify", directory);
        assertThat(verify.exit()).isEqualTo(1);
        assertThat(verify.out())
                .contains("no group begins here, nor behind; " + last.header().events() + " event");
    }

    @Test
    void aMissingSegmentIsLoss() throws Exception {
        ChannelOnDisk channel = new ChannelOnDisk(directory).fill(4).stop();
        Files.delete(directory.resolve("slot-0002.seg"));
        ToolRun verify = ToolRun.of("verify", directory);
        assertThat(verify.exit()).isEqualTo(1);
        assertThat(verify.out())
                .contains("segments before this one are missing")
                .contains("lost      1 place");
        channel.close();
    }

    @Test
    void aStartDoesWithASlotThatMakesNoSenseWhatIsSaidOfIt() throws Exception {
        ChannelOnDisk channel =
                new ChannelOnDisk(directory).fill(4).commit(0, 2).stop();
        Path oldest = directory.resolve("slot-0001.seg");
        ChannelOnDisk.write(oldest, 0, noise());
        assertThat(ToolRun.of("verify", directory).out())
                .contains("segments before this one are missing; 2 events, 2 to 3")
                .contains("foreign   " + oldest);

        channel.open();
        channel.stop();
        assertThat(oldest).doesNotExist();
        assertThat(ToolRun.of("verify", directory).out()).endsWith("sound\n");
    }

    @Test
    void aSlotThatMakesNoSenseIsNotMissedBecauseOfDamageSomewhereElse() throws Exception {
        ChannelOnDisk channel =
                new ChannelOnDisk(directory).put(5).put(7).put(3).stop();
        channel.groupOf(5).damageBody();
        Path slot = directory.resolve("slot-0002.seg");
        ChannelOnDisk.write(slot, 0, noise());
        assertThat(ToolRun.of("verify", directory).out()).contains("torn      " + slot);

        channel.open();
        channel.stop();
        assertThat(slot).exists();
    }

    private static byte[] noise() {
        byte[] noise = new byte[ChannelOnDisk.SEGMENT_BYTES];
        new Random(5).nextBytes(noise);
        return noise;
    }

    @Test
    void whatIsInAMissingDirectoryIsNotCalledLost(@TempDir Path other) throws Exception {
        new ChannelOnDisk(directory, other).fill(4).close();
        ToolRun verify = ToolRun.of("verify", directory);
        assertThat(verify.exit()).isEqualTo(1);
        assertThat(verify.out()).contains("lost      0 places").contains("directories of the channel are missing");
        assertThat(ToolRun.of("verify", directory, other).exit()).isZero();
    }

    @Test
    void aForeignSegmentIsReportedAndHarmless(@TempDir Path other) throws Exception {
        new ChannelOnDisk(directory).put(1).close();
        new ChannelOnDisk(other).put(1).close();
        Files.copy(other.resolve("slot-0001.seg"), directory.resolve("slot-0099.seg"));
        ToolRun verify = ToolRun.of("verify", directory);
        assertThat(verify.exit()).isZero();
        assertThat(verify.out())
                .contains("foreign   " + directory.resolve("slot-0099.seg"))
                .contains("foreign   1 place");
    }

    @Test
    void aDamagedFirstBlockCostsNoEventButIsDamage() throws Exception {
        ChannelOnDisk channel = new ChannelOnDisk(directory).put(5).put(5).stop();
        ChannelOnDisk.flip(channel.groupOf(0).file(), 20);
        ToolRun verify = ToolRun.of("verify", directory);
        assertThat(verify.exit()).isEqualTo(1);
        assertThat(verify.out()).contains("10 events").contains("its first block is damaged");
    }

    @Test
    void theFirstBlockOfASegmentThatIsTakenMayBeCutOffWhenItsSlotIsUsedAgain() throws Exception {
        ChannelOnDisk channel = new ChannelOnDisk(directory).fill(3);
        channel.commit(0, channel.events()).stop();
        ChannelOnDisk.flip(directory.resolve("slot-0001.seg"), 20);
        ToolRun verify = ToolRun.of("verify", directory);
        assertThat(verify.out()).contains("its first block is damaged").endsWith("sound\n");
        assertThat(verify.exit()).isZero();
    }

    @Test
    void aRollThatWasCutShortIsNoDamageThoughTheLogWentOnElsewhere() throws Exception {
        Path torn = directory.resolve("slot-0002.seg");
        ChannelOnDisk channel = new ChannelOnDisk(directory).put(5).stop();
        channel.open(); // begins a segment
        channel.stop();
        ChannelOnDisk.write(torn, 2 * 4096, new byte[ChannelOnDisk.SEGMENT_BYTES - 2 * 4096]);
        ChannelOnDisk.flip(torn, 4096 + 64 + 56);
        channel.open(); // and another one
        channel.put(3).stop();

        ToolRun verify = ToolRun.of("verify", directory);
        assertThat(verify.out())
                .contains("torn      " + torn + ", byte 4096 to 65535: its first write was cut off")
                .contains("8 events")
                .endsWith("sound\n");
        assertThat(verify.exit()).isZero();
        assertThat(ToolRun.of("ls", directory).lines())
                .anyMatch(line -> line.matches(" +-  free .*slot-0002.seg +its first write was cut off"))
                .anyMatch(line -> line.matches(" +3  newest .*slot-0003.seg *"));
        ToolRun cat = ToolRun.of("cat", directory);
        assertThat(cat.lines()).hasSize(8);
        assertThat(cat.exit()).isZero();
    }
}
