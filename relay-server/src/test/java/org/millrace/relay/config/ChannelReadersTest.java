package org.millrace.relay.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.relay.Relay;
import org.millrace.relay.fakes.Diary;
import org.millrace.relay.fakes.FakeParts;

/** Sinks on a channel that has several readers. */
class ChannelReadersTest {
    private static final String FILE = """
            a.channels = c1
            a.sinks = k1 k2
            a.channels.c1.type = kept
            a.channels.c1.readers = store audit
            a.sinks.k1.type = avro
            a.sinks.k1.channel = c1
            a.sinks.k1.hostname = h
            a.sinks.k1.port = 1
            a.sinks.k1.reader = store
            a.sinks.k2.type = avro
            a.sinks.k2.channel = c1
            a.sinks.k2.hostname = h
            a.sinks.k2.port = 1
            a.sinks.k2.reader = audit
            """;

    @TempDir
    private Path directory;

    @Test
    void eachSinkTakesFromTheReaderItNames() throws IOException {
        Assembly assembly = Objects.requireNonNull(read(FILE).assembly());

        assertThat(assembly.sinks())
                .extracting(Object::toString)
                .containsExactly("c1/store -> k1 (avro)", "c1/audit -> k2 (avro)");
    }

    @Test
    void aReaderThatTheChannelDoesNotHaveIsAMistakeWithTheChoices() throws IOException {
        assertThat(mistakes(FILE.replace("k2.reader = audit", "k2.reader = audits")))
                .containsExactly(
                        "14: a.sinks.k2.reader: audits (expected: one of the readers of channel c1: store, audit;"
                                + " did you mean audit?; a.channels.c1.readers, FILE:4)");
    }

    @Test
    void aSinkThatNamesNoReaderOfAChannelWithReadersIsAMistake() throws IOException {
        assertThat(mistakes(FILE.replace("a.sinks.k2.reader = audit\n", "")))
                .containsExactly("10: a.sinks.k2.reader: missing (expected: one of the readers of channel c1: store,"
                        + " audit; a.channels.c1.readers, FILE:4)");
    }

    @Test
    void aReaderOfAChannelThatHasNoneIsAMistake() throws IOException {
        assertThat(mistakes(FILE.replace("a.channels.c1.readers = store audit\n", "")
                        .replace("a.sinks.k2.reader = audit\n", "")))
                .containsExactly("8: a.sinks.k1.reader: store (expected: no such key, as channel c1 has no readers)");
    }

    @Test
    void aReaderThatNoSinkTakesFromIsAMistake() throws IOException {
        assertThat(mistakes(FILE.replace("k2.reader = audit", "k2.reader = store")))
                .containsExactly(
                        "4: a.channels.c1.readers: audit (expected: a sink that takes from it, with reader = audit;"
                                + " without one the channel fills up)");
    }

    @Test
    void nothingIsSaidOfReadersWhileTheChannelItselfHasAMistake() throws IOException {
        assertThat(mistakes(FILE.replace("c1.type = kept", "c1.type = kpt")))
                .singleElement()
                .asString()
                .startsWith("3: a.channels.c1.type: kpt");
    }

    private List<String> mistakes(String text) throws IOException {
        String file = directory.resolve("a.properties").toString();
        return read(text).findings().mistakes().stream()
                .map(mistake -> mistake.toString().replace(file, "FILE").replaceFirst("^FILE:", ""))
                .toList();
    }

    private Configuration read(String text) throws IOException {
        Path file = Files.writeString(directory.resolve("a.properties"), text);
        return Configuration.read(
                Configuration.Request.ofFiles("a", List.of(file), false),
                new Environment(Map.of(), new Properties()),
                FakeParts.catalogWithKept(new Diary()),
                Relay.routing(),
                InstantSource.system());
    }
}
