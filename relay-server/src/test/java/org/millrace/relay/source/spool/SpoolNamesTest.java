package org.millrace.relay.source.spool;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.millrace.relay.source.spool.SpoolSettings.Completion;
import org.millrace.relay.source.spool.SpoolSettings.Marking;
import org.millrace.relay.source.spool.SpoolSettings.Order;
import org.millrace.relay.source.spool.SpoolSettings.Selection;

/** Files whose names the locale may not hold: {@code %E9} is a byte that is no character in UTF-8, {@code %C3%A9} none in ASCII. */
class SpoolNamesTest {
    @TempDir
    Path temporary;

    private SpoolDirectory spool;

    @BeforeEach
    void makeDirectory() throws IOException {
        spool = new SpoolDirectory(Files.createDirectory(temporary.resolve("spool")));
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"caf%E9.log", "caf%C3%A9.log", "%FF", "x%20%25.log"})
    void aFileIsFinishedUnderItsOwnName(String name) throws IOException {
        put(name, "1\n");
        assertThat(SpoolDirectory.texts(spool.settings())).containsExactly("1");
        assertThat(file(name + ".COMPLETED")).hasContent("1\n");
        assertThat(file(name)).doesNotExist();
        assertThat(SpoolDirectory.texts(spool.settings())).isEmpty();
    }

    @Test
    void namesThatLookTheSameAreFinishedEachForItself() throws IOException {
        put("caf%E8.log", "1\n");
        put("caf%E9.log", "2\n");
        assertThat(SpoolDirectory.texts(spool.settings())).containsExactlyInAnyOrder("1", "2");
        assertThat(file("caf%E8.log.COMPLETED")).hasContent("1\n");
        assertThat(file("caf%E9.log.COMPLETED")).hasContent("2\n");
        assertThat(spool.quarantineFile()).doesNotExist();
    }

    @Test
    void namesThatLookTheSameAreMarkedEachForItself() throws IOException {
        SpoolSettings settings = spool.settings()
                .withCompletion(new Completion(".COMPLETED", false, Marking.TRACKER_DIR, temporary.resolve("tracker")));
        put("caf%E8.log", "1\n");
        assertThat(SpoolDirectory.texts(settings)).containsExactly("1");
        put("caf%E9.log", "2\n");
        put("caf%E9/x", "3\n");
        SpoolSettings recursive =
                settings.withSelection(new Selection(Pattern.compile(".*"), Pattern.compile("^$"), Order.OLDEST, true));
        assertThat(SpoolDirectory.texts(recursive)).containsExactlyInAnyOrder("2", "3");
        assertThat(SpoolDirectory.texts(recursive)).isEmpty();
        assertThat(path(temporary.resolve("tracker"), "caf%E8.log.COMPLETED")).exists();
        assertThat(path(temporary.resolve("tracker"), "caf%E9.log.COMPLETED")).exists();
        assertThat(path(temporary.resolve("tracker"), "caf%E9/x.COMPLETED")).exists();
        assertThat(file("caf%E9.log")).hasContent("2\n");
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"caf%E9.log", "caf%C3%A9.log", "%FF", "x%20%25.log"})
    void aFileThatWasBeingReadIsGoneOnWithByTheNextRun(String name) throws IOException {
        put(name, "1\n2\n");
        try (SpoolingReader crashed = SpoolDirectory.open(spool.settings())) {
            SpoolDirectory.readBatch(crashed, 1);
            crashed.commit();
        }
        assertThat(SpoolDirectory.texts(spool.settings())).containsExactly("2");
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"caf%E9.log", "caf%C3%A9.log", "%FF", "x%20%25.log"})
    void aFileThatWasSetAsideIsGoneOnWithByTheNextRun(String name) throws IOException {
        Files.write(file(name), new byte[] {'1', '\n', (byte) 0xFF, '\n'});
        assertThat(SpoolDirectory.texts(spool.settings())).containsExactly("1");
        LineFormat replacing =
                new LineFormat(2048, StandardCharsets.UTF_8, StandardCharsets.UTF_8, LineFormat.DecodeErrors.REPLACE);
        assertThat(SpoolDirectory.texts(spool.settings().withFormat(replacing))).isEqualTo(List.of("\uFFFD"));
        assertThat(spool.quarantineFile()).doesNotExist();
    }

    @Test
    void aNameThatNoFileCanHaveIsForgotten() throws IOException {
        spool.put("a", "1\n");
        Files.createDirectories(spool.quarantineFile().getParent());
        Files.writeString(
                spool.quarantineFile(),
                "[{\"file\":\"/b\",\"offset\":2,\"head\":null,\"reason\":\"x\",\"since\":\"y\",\"uri\":\"nonsense:\"}]");
        assertThat(SpoolDirectory.texts(spool.settings())).containsExactly("1");
    }

    private void put(String name, String text) throws IOException {
        Path file = file(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    private Path file(String name) {
        return path(spool.path, name);
    }

    private static Path path(Path directory, String encodedName) {
        return Path.of(URI.create(directory.toUri() + encodedName));
    }
}
