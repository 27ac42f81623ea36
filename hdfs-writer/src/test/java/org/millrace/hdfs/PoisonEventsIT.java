package org.millrace.hdfs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.fs.FileStatus;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.testkit.Batches;

/** What a real name node refuses for ever is refused before it is asked; and what it takes is not. */
class PoisonEventsIT {
    @RegisterExtension
    static final MiniHdfs mini = new MiniHdfs();

    @TempDir
    private Path directory;

    private org.apache.hadoop.fs.Path root;
    private Letters letters;

    @BeforeEach
    void freshRoot() throws IOException {
        root = mini.freshRoot();
        letters = new Letters(directory.resolve("dead"));
    }

    @Test
    void aLevelMayBeAsLongAsTheNameNodeAllowsAndNoLonger() throws Exception {
        try (SinkUnderTest sut = started("/%{a}%{b}", "x")) {
            sut.put(Batches.of(Map.of("a", "a".repeat(127), "b", "b".repeat(128)), "fits"))
                    .put(Batches.of(Map.of("a", "a".repeat(128), "b", "b".repeat(128)), "poison"))
                    .put(Batches.of(Map.of("a", "\u00e9".repeat(75), "b", "b".repeat(150)), "bytes count"))
                    .drainAll();
        }
        assertThat(letters.bodies()).containsExactly("poison", "bytes count");
        assertThat(complete()).hasSize(1);
    }

    @Test
    void soMayTheNameOfAFileWithWhatIsAddedToIt() throws Exception {
        int added = ".1700000000001.log.tmp".length();
        try (SinkUnderTest sut = started("", "%{a}%{b}", "hdfs.fileSuffix", ".log")) {
            sut.put(Batches.of(Map.of("a", "a".repeat(100), "b", "b".repeat(155 - added)), "fits"))
                    .put(Batches.of(Map.of("a", "a".repeat(100), "b", "b".repeat(156 - added)), "poison"))
                    .drainAll();
        }
        assertThat(letters.bodies()).containsExactly("poison");
        assertThat(complete()).hasSize(1);
    }

    @Test
    void twoHeadersMakeNoNameThatTheNameNodeKeepsForItself() throws Exception {
        try (SinkUnderTest sut = started("/x/%{a}%{b}", "x")) {
            sut.put(Batches.of(Map.of("a", ".snap", "b", "shot"), "poison"))
                    .put(Batches.of(Map.of("a", ".snap", "b", "shots"), "fits"))
                    .drainAll();
        }
        assertThat(letters.bodies()).containsExactly("poison");
        assertThat(complete()).hasSize(1);
    }

    private SinkUnderTest started(String below, String prefix, String... more) throws Exception {
        String[] all = new String[more.length + 4];
        System.arraycopy(more, 0, all, 4, more.length);
        all[0] = "hdfs.filePrefix";
        all[1] = prefix;
        all[2] = "deadLetter.directory";
        all[3] = letters.directory().toString();
        return SinkUnderTest.started(root + below, all);
    }

    private List<FileStatus> complete() throws IOException {
        return mini.below(root).stream()
                .filter(file -> !file.getPath().getName().endsWith(".tmp"))
                .toList();
    }
}
