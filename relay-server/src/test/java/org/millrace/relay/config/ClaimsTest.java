package org.millrace.relay.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClaimsTest {
    private static final String KEY = "dataDirs";

    @TempDir
    private Path directory;

    private final Findings findings = new Findings();

    @ParameterizedTest
    @CsvSource({"x, x, that", "x, x/y, DIR/x", "x/y, other/../x, DIR/x/y"})
    void aDirectoryThatAnotherComponentHasIsAMistakeWithBothLines(String one, String two, String named) {
        component("c1", 4).claim(KEY, directory.resolve(one));
        ComponentSettings second = component("c2", 6);
        second.claim(KEY, directory.resolve(two));

        assertThat(findings.mistakes()).singleElement().satisfies(mistake -> {
            assertThat(mistake.place()).isEqualTo(new Place("FILE", 6));
            assertThat(mistake.message())
                    .isEqualTo(directory.resolve(two) + " (expected: a directory of its own, not "
                            + named.replace("DIR", directory.toString()) + " of a.channels.c1.dataDirs, FILE:4)");
        });
        assertThat(second.isGood()).isFalse();
        assertThat(directory.resolve("x")).doesNotExist();
    }

    @Test
    void aLinkIsWhatItLeadsTo() throws Exception {
        Path there = Files.createDirectory(directory.resolve("there"));
        Path link = Files.createSymbolicLink(directory.resolve("link"), there);
        component("c1", 4).claim(KEY, there.resolve("data"));
        component("c2", 6).claim(KEY, link.resolve("data"));

        assertThat(findings.mistakes()).hasSize(1);
    }

    @Test
    void namesThatBeginAlikeAndAComponentsOwnAreFine() {
        ComponentSettings one = component("c1", 4);
        one.claim(KEY, directory.resolve("x"));
        one.claim(KEY, directory.resolve("x/y"));
        component("c2", 6).claim(KEY, directory.resolve("xy"));

        assertThat(findings.mistakes()).isEmpty();
    }

    private ComponentSettings component(String name, int line) {
        Place place = new Place("FILE", line);
        String prefix = "a.channels." + name + ".";
        return new ComponentSettings(prefix, Map.of(KEY, new Property(prefix + KEY, "", place)), place, findings);
    }
}
