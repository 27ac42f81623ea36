package org.millrace.durable.tool;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.PrintWriter;
import java.io.Reader;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.durable.storage.DiskStorage;

/** A slot that an agent uses again between our look at the directory and our reading of the file. */
class RecycledSlotTest {
    @TempDir
    private Path directory;

    private ChannelFiles files;

    @BeforeEach
    void lookThenUseASlotAgain() throws Exception {
        ChannelOnDisk channel = new ChannelOnDisk(directory);
        long second = channel.fill(4).groups().stream()
                .filter(group -> group.file().endsWith("slot-0002.seg"))
                .findFirst()
                .orElseThrow()
                .header()
                .firstSequence();
        channel.commit(0, second).close();
        files = ChannelFiles.look(List.of(DiskStorage.in(directory)), null);
        Files.copy(
                directory.resolve("slot-0004.seg"),
                directory.resolve("slot-0001.seg"),
                StandardCopyOption.REPLACE_EXISTING);
    }

    @Test
    void itIsSaidAndNotCalledDamage() throws Exception {
        Verification verification = Verification.of(
                files,
                new Surroundings(
                        new BufferedReader(Reader.nullReader()),
                        new PrintWriter(Writer.nullWriter()),
                        new PrintWriter(Writer.nullWriter()),
                        false,
                        InstantSource.system(),
                        (paths, agent, channel) -> Map.of(),
                        time -> {}));
        assertThat(verification.isSound()).isTrue();
        assertThat(verification.findings())
                .singleElement()
                .satisfies(
                        finding -> assertThat(finding.line()).contains("slot-0001.seg: used again while it was read"));
    }

    @Test
    void whoReadsEventsIsToldAndGoesOnBehindIt() throws Exception {
        long[] first = {-1};
        EventWalk walk = new EventWalk(0, List.of(), (sequence, time, event) -> {
            first[0] = first[0] < 0 ? sequence : first[0];
            return true;
        });
        walk.run(files);
        assertThat(first[0]).isEqualTo(files.segments().get(1).segment().firstSequence());
        assertThat(walk.takeTroubles()).first().asString().contains("was used again while it was read");
    }
}
