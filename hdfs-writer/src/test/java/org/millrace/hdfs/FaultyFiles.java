package org.millrace.hdfs;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.fs.FileUtil;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.millrace.api.StartException;
import org.millrace.hdfs.FaultyFileSystem.Fault;

/** A directory of the {@link FaultyFileSystem} for one test, and sinks that write to it. No fault outlives its test. */
final class FaultyFiles implements AfterEachCallback {
    private static final List<String> BY_BUCKET = List.of("hdfs.filePrefix", "%{b}");

    private final Path directory;
    private final Hang hang = new Hang();

    private FaultyFiles(Path directory) {
        this.directory = directory;
    }

    /** A new directory, which is removed after the test. */
    static FaultyFiles create() {
        try {
            return new FaultyFiles(Files.createTempDirectory("faulty-files"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void afterEach(ExtensionContext context) {
        FaultyFileSystem.fault = Fault.NONE;
        FaultyFileSystem.canFlush = true;
        hang.end();
        FileUtil.fullyDelete(directory.toFile());
    }

    Path directory() {
        return directory;
    }

    Tree tree() {
        return new Tree(directory);
    }

    /** Ends after the test at the latest. */
    Hang hang() {
        return hang;
    }

    /** Ends what hangs, and waits until no call of this sink does. */
    void endHanging(SinkUnderTest sut) {
        hang.end();
        await().until(() -> sut.gauge("hangingCalls").equals(0));
    }

    /** The directory as {@code hdfs.path} has it. */
    String path() {
        return "fault://" + directory;
    }

    /** A sink that is started, as {@link SinkUnderTest#started} has it. */
    SinkUnderTest sink(String... keysAndValues) throws StartException {
        return SinkUnderTest.started(path(), keysAndValues);
    }

    /** The same, with files for each bucket that {@link SinkUnderTest#putTo} names. */
    SinkUnderTest sinkByBucket(String... keysAndValues) throws StartException {
        return sink(byBucket(keysAndValues));
    }

    /** The same for a sink of a group, in which others take over when it fails. */
    SinkUnderTest groupedSinkByBucket(String... keysAndValues) throws StartException {
        return SinkUnderTest.startedInAGroup(path(), byBucket(keysAndValues));
    }

    private static String[] byBucket(String... keysAndValues) {
        List<String> all = new ArrayList<>(BY_BUCKET);
        all.addAll(List.of(keysAndValues));
        return all.toArray(String[]::new);
    }
}
