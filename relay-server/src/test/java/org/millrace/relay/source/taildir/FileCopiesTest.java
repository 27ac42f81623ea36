package org.millrace.relay.source.taildir;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.relay.source.file.FileOpening;
import org.millrace.relay.source.taildir.FileCopies.Beginning;
import org.millrace.relay.source.taildir.FileCopies.Trace;

class FileCopiesTest {
    @TempDir
    Path directory;

    @Test
    void whatIsNotInADirectoryThatIsSeenIsGone() throws IOException {
        Files.writeString(directory.resolve("other"), "1\n");
        assertThat(trace(directory.resolve("x.log"), Beginning.OTHERWISE)).isEqualTo(new Trace(null, false));
    }

    @Test
    void aDirectoryThatCannotBeListedTellsNothingOfItsFiles() {
        assertThat(trace(directory.resolve("away/x.log"), Beginning.OTHERWISE)).isEqualTo(new Trace(null, true));
    }

    @Test
    void aFileOfTheInodeThatCannotBeReadMayBeIt() throws IOException {
        Files.writeString(directory.resolve("other"), "1\n");
        assertThat(trace(directory.resolve("x.log"), Beginning.UNKNOWN)).isEqualTo(new Trace(null, true));
    }

    private static Trace trace(Path path, Beginning ofOthers) {
        return new FileCopies(FileOpening.REAL).trace(path, id -> true, other -> ofOthers);
    }
}
