package org.millrace.relay.source.taildir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.codahale.metrics.MetricRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.millrace.api.BatchSized;
import org.millrace.api.ChannelException;
import org.millrace.api.ComponentFactory;
import org.millrace.api.Settings;
import org.millrace.api.Source;
import org.millrace.api.SourceContext;
import org.millrace.api.SourceMetrics;
import org.millrace.api.StartException;
import org.millrace.testkit.RecordedProblems;
import org.millrace.testkit.RecordingInlet;

class TaildirSourceFactoryTest {
    @TempDir
    Path temporary;

    private final RecordingInlet inlet = new RecordingInlet();
    private final RecordedProblems problems = new RecordedProblems();
    private final Map<String, String> values = new TreeMap<>();
    private Path logs;

    @BeforeEach
    void fill() throws IOException {
        logs = Files.createDirectory(temporary.resolve("logs"));
        values.put("filegroups", "f1 f2");
        values.put("filegroups.f1", logs + "/a\\.log");
        values.put("filegroups.f2", logs + "/b.*");
        values.put("positionFile", temporary.resolve("new/position.json").toString());
    }

    @Test
    void itIsFoundByBothOfItsNames() {
        assertThat(ServiceLoader.load(ComponentFactory.OfSource.class))
                .anySatisfy(factory -> assertThat(factory.typeNames())
                        .containsExactly("TAILDIR", "org.apache.flume.source.taildir.TaildirSource"));
    }

    @Test
    void everyKeyIsKnown() {
        values.put("headers.f1.kind", "x");
        Settings settings = problems.settings(values);
        create(settings);
        assertThat(settings.knownKeys())
                .contains(
                        "filegroups",
                        "filegroups.f1",
                        "headers.f1.kind",
                        "positionFile",
                        "byteOffsetHeader",
                        "fileHeader",
                        "fileHeaderKey",
                        "skipToEnd",
                        "idleTimeout",
                        "writePosInterval",
                        "batchSize",
                        "maxBatchCount",
                        "cachePatternMatching",
                        "backoffSleepIncrement",
                        "maxBackoffSleep",
                        "maxLineBytes",
                        "maxOpenFiles");
        assertThat(problems.problems()).isEmpty();
        assertThat(problems.claims()).containsExactly("positionFile: " + temporary.resolve("new/position.json"));
    }

    @ParameterizedTest(name = "{0} = {1}")
    @CsvSource({
        "filegroups.f1, relative/x",
        "filegroups.f1, /",
        "filegroups.f1, '/var/log/('",
        "filegroups.f3, /var/log/x",
        "headers.f3.k, v",
        "byteOffsetHeader, yes",
        "fileHeader, 1",
        "skipToEnd, maybe",
        "cachePatternMatching, on",
        "idleTimeout, 0",
        "writePosInterval, -1",
        "batchSize, 0",
        "maxBatchCount, 0",
        "backoffSleepIncrement, x",
        "maxBackoffSleep, 0",
        "maxLineBytes, 1",
        "maxLineBytes, 1GiB",
        "maxOpenFiles, 0",
    })
    void aBadValueIsRefusedByName(String key, String value) {
        values.put(key, value);
        create(problems.settings(values));
        assertThat(problems.problems()).singleElement().asString().startsWith(key + ": ");
    }

    @Test
    void groupsThatAreMissingAreAMistake() {
        values.keySet().removeIf(key -> key.startsWith("filegroups"));
        create(problems.settings(values));
        assertThat(problems.problems()).singleElement().asString().startsWith("filegroups: missing");
    }

    @Test
    void aDirectoryThatIsMissingIsNotedAndNoMistake() {
        values.put("filegroups.f2", temporary + "/nowhere/x");
        create(problems.settings(values));
        assertThat(problems.problems()).isEmpty();
        assertThat(problems.notes())
                .singleElement()
                .asString()
                .startsWith("filegroups.f2: ")
                .contains("nowhere: no such directory", "does not start");
        assertThat(temporary.resolve("nowhere")).doesNotExist();
    }

    @Test
    void ofDirectoriesThatAreThereNothingIsNoted() {
        create(problems.settings(values));
        assertThat(problems.notes()).isEmpty();
    }

    @Test
    void aMissingDirectoryFailsTheStart() {
        values.put("filegroups.f2", temporary + "/nowhere/x");
        Source source = create(problems.settings(values));
        assertThatThrownBy(source::start)
                .isInstanceOf(StartException.class)
                .hasMessageContainingAll("source s", "filegroups.f2", "nowhere", "create it");
        source.close();
    }

    @Test
    void theSettingsReachTheReading() throws Exception {
        values.putAll(Map.of(
                "headers.f1.kind", "first",
                "headers.f1.other.key", "dotted",
                "fileHeader", "true",
                "fileHeaderKey", "path",
                "byteOffsetHeader", "true",
                "batchSize", "2",
                "writePosInterval", "1",
                "idleTimeout", "1",
                "backoffSleepIncrement", "1",
                "maxBackoffSleep", "2"));
        Path a = Files.writeString(logs.resolve("a.log"), "1\n2\ntail");
        Source source = create(problems.settings(values));
        assertThat(((BatchSized) source).batchEvents()).isEqualTo(2);
        assertThat(((BatchSized) source).batchKey()).isEqualTo("batchSize");
        inlet.refuseWith(new ChannelException("full"));
        source.start();
        try {
            await().until(() -> metrics.channelWriteFails.getCount() > 0);
            inlet.refuseWith(null);
            await().until(() -> inlet.bodies().equals(List.of("1", "2", "tail")));
        } finally {
            source.close();
        }
        assertThat(inlet.accepted().get(1).headers())
                .isEqualTo(Map.of("kind", "first", "other.key", "dotted", "path", a.toString(), "byteoffset", "2"));
        assertThat(temporary.resolve("new/position.json")).content().contains("\"pos\":8");
        assertThat(metrics.eventsAccepted.getCount()).isEqualTo(3);
        assertThat(problems.problems()).isEmpty();
    }

    private final SourceMetrics metrics = new SourceMetrics("s", new MetricRegistry());

    private Source create(Settings settings) {
        return new TaildirSourceFactory()
                .create(new SourceContext("a", "s", inlet, metrics, InstantSource.system()), settings);
    }
}
