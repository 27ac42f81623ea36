package org.millrace.relay.source.taildir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.codec.EventBatch;
import org.millrace.relay.source.taildir.TaildirSettings.Headers;
import org.millrace.testkit.Batches;

/** A file whose handle stops working, as when its file system goes and comes back. An interrupted read breaks a handle for good. */
class TailedFileTest {
    @TempDir
    private Path directory;

    private final TailLines lines = new TailLines(1000);
    private Path path;
    private TailedFile file;

    @BeforeEach
    void begin() throws IOException {
        path = Files.writeString(directory.resolve("log"), "one\n");
        file = new TailedFile(FileId.stat(path).id(), path, Map.of(), new Headers(null, false));
        assertThat(read()).containsExactly("one");
        Files.writeString(path, "two\n", StandardOpenOption.APPEND);
    }

    @AfterEach
    void end() {
        file.close();
    }

    @Test
    void afterAReadThatFailedTheNextOneHasAnotherHandle() throws IOException {
        assertThat(breakHandle().getSuppressed()).isEmpty();

        assertThat(read()).containsExactly("two");
    }

    @Test
    void whereTheFileHasNoNameAnyMoreTheFailureSaysSo() throws IOException {
        Files.delete(path);

        assertThat(breakHandle().getSuppressed()).singleElement().isInstanceOf(NoSuchFileException.class);
    }

    @Test
    void anotherFileOfThatNameIsNotReadInItsPlace() throws IOException {
        Files.move(path, directory.resolve("log.1"));
        Files.writeString(path, "another\nfile\n");

        assertThat(breakHandle().getSuppressed()).singleElement().asString().contains("another file has its name now");
        assertThat(catchThrowableOfType(IOException.class, this::read))
                .as("the handle there was")
                .isNotNull();
    }

    @Test
    void whatCouldNotBeComparedIsComparedBeforeItIsReadOn() throws IOException {
        file.beginsWith("4:0"); // as another file did
        file.close();
        Path away = Files.move(path, directory.resolve("away"));
        assertThat(catchThrowableOfType(NoSuchFileException.class, file::isTheSame))
                .isNotNull();
        Files.move(away, path);

        assertThat(catchThrowableOfType(IOException.class, this::read)).isNotNull();
        assertThat(file.isTheSame()).isFalse();
        file.restart();
        assertThat(read()).containsExactly("one", "two");
    }

    @Test
    void nobodyAsksWhereTheFileEndsWhileThereIsMoreOfIt() throws IOException {
        Files.writeString(path, "three\nfour\nrest", StandardOpenOption.APPEND);
        int[] asked = {0};
        List<String> bodies = new ArrayList<>();
        for (int batch = 0; batch < 3; batch++) {
            EventBatch one = file.read(lines, 1, () -> {
                asked[0]++;
                return file.size();
            });
            bodies.addAll(Batches.bodies(one));
            one.release();
            file.commit();
        }
        assertThat(bodies).containsExactly("two", "three", "four");
        assertThat(asked[0]).isZero();

        file.lookInside();
        EventBatch rest = file.read(lines, 10, () -> {
            asked[0]++;
            return file.size();
        });
        assertThat(Batches.bodies(rest)).containsExactly("rest");
        rest.release();
        assertThat(asked[0]).isEqualTo(1);
    }

    private IOException breakHandle() {
        Thread.currentThread().interrupt();
        try {
            return catchThrowableOfType(ClosedByInterruptException.class, this::read);
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    private List<String> read() throws IOException {
        EventBatch batch = file.read(lines, 10, () -> TailLines.NO_TAIL);
        if (batch == null) {
            return List.of();
        }
        try {
            file.commit();
            return Batches.bodies(batch);
        } finally {
            batch.release();
        }
    }
}
