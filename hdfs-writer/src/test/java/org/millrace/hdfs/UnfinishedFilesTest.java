package org.millrace.hdfs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.LeaseRecoverable;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.testkit.FakeChannel;
import org.millrace.testkit.FakeClock;
import org.millrace.testkit.LogLines;

/** Files of an agent before us, of which the name node does not give some back. */
class UnfinishedFilesTest {
    private static final int STUCK = 7;
    private static final int AT_ONCE = 2;

    @TempDir
    private Path directory;

    private Tree tree;
    private final FakeClock clock = new FakeClock();
    private final HadoopCalls calls = new HadoopCalls(AT_ONCE, Duration.ZERO, Thread::new, System::nanoTime);
    private final LeasedFiles leased = new LeasedFiles();
    private UnfinishedFiles unfinished;

    @BeforeEach
    void begin() throws IOException {
        tree = new Tree(directory);
        leased.initialize(URI.create("lease:///"), new Configuration(false));
        FileStore store = FileStores.of(leased, clock);
        unfinished = new UnfinishedFiles(
                store,
                new UnfinishedFiles.RetryPolicy(Duration.ofMinutes(3), 0),
                calls,
                AT_ONCE,
                new Manifest(new FakeChannel("c1"), "k1", null),
                Duration.ZERO);
        for (int i = 0; i < STUCK; i++) {
            found(store, "stuck" + i);
        }
        found(store, "good");
    }

    private void found(FileStore store, String prefix) throws IOException {
        org.apache.hadoop.fs.Path at = new org.apache.hadoop.fs.Path("lease://" + directory);
        FileEntry entry = FileEntry.opening(FileStores.NAMING, at, prefix, 1).open(4);
        Files.writeString(directory.resolve(prefix + ".1.tmp"), "abc\n");
        unfinished.add(UnfinishedFile.restored(store, entry), () -> true);
    }

    @AfterEach
    void end() throws IOException {
        calls.close();
        leased.close();
    }

    private void turns(int turns) throws InterruptedException {
        for (int i = 0; i < turns; i++) {
            unfinished.advance();
            clock.advance(Duration.ofSeconds(1));
        }
    }

    @Test
    void thoseThatCannotBeRecoveredYetDoNotKeepTheOthersFromIt() throws Exception {
        turns(STUCK);

        assertThat(tree.complete()).containsExactly("good.1");
        assertThat(tree.inUse()).hasSize(STUCK);

        leased.stuck = "none";
        turns(STUCK);
        assertThat(tree.inUse()).isEmpty();
    }

    @Test
    void thatTheyCannotBeRecoveredForLongIsToldOnce() throws Exception {
        try (LogLines log = LogLines.of(UnfinishedFiles.class)) {
            turns(50);
            assertThat(log.lines()).noneMatch(line -> line.startsWith("WARN"));
            turns(500);
            assertThat(log.lines())
                    .filteredOn(line -> line.startsWith("WARN"))
                    .singleElement()
                    .asString()
                    .contains("7 files")
                    .contains("taking the lease back");
        }
    }

    /** Of some files it does not take the lease back. */
    private static final class LeasedFiles extends RawLocalFileSystem implements LeaseRecoverable {
        private volatile String stuck = "stuck";

        @Override
        public String getScheme() {
            return "lease";
        }

        @Override
        public URI getUri() {
            return URI.create("lease:///");
        }

        @Override
        public boolean isFileClosed(org.apache.hadoop.fs.Path file) {
            return !file.getName().startsWith(stuck);
        }

        @Override
        public boolean recoverLease(org.apache.hadoop.fs.Path file) {
            return isFileClosed(file);
        }
    }
}
