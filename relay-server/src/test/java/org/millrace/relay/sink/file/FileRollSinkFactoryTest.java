package org.millrace.relay.sink.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.millrace.api.Sink;
import org.millrace.api.StartException;

class FileRollSinkFactoryTest extends FileRollFixture {
    @Test
    void flumesNamesOfPathManagersAndItsDefaultsAreKnown() {
        Sink sink = create(
                channel, Map.of("sink.pathManager", "org.apache.flume.formatter.output.RollTimePathManager$Builder"));
        assertThat(recorded.problems()).isEmpty();
        assertThat(((FileRollSink) sink).batchEvents()).isEqualTo(100);
        assertThat(sink.outlook())
                .isEqualTo("one file each 30 s in " + directory
                        + ", also while there are no events: sink.emptyFiles = false for none");
    }

    @Test
    void theDirectoryIsRequiredAndASchemaInHdfsIsRefused() {
        new FileRollSinkFactory().create(context, recorded.settings(Map.of()));
        create(channel, Map.of("sink.serializer", BODY_SERIALIZER, "sink.serializer.schemaURL", "hdfs://nn/s.avsc"));
        assertThat(recorded.problems())
                .containsExactly(
                        "sink.directory: missing (expected: a path)",
                        "sink.serializer.schemaURL: hdfs://nn/s.avsc (expected: an http, https or file URL: this sink has no Hadoop to read others with)");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "sink.pathManager | BYDATE | BYDATE (expected: one of: DEFAULT, ROLLTIME)",
                "sink.pathManager | com.acme.Paths$Builder | com.acme.Paths$Builder (expected: one of: DEFAULT, ROLLTIME; classes written for Flume are not loaded; one of your own comes in a plug-in)",
                "sink.pathManager.prefix | ../x- | ../x- (expected: a text without .. as a directory)",
                "sink.pathManager.prefix | a/../../x- | a/../../x- (expected: a text without .. as a directory)",
                "sink.rollInterval | 30s | 30s (expected: a number of seconds, 0 or less for never)",
                "sink.batchSize | 0 | 0 (expected: a whole number, at least 1)",
                "sink.serializer | JSON | JSON (expected: one of: TEXT, HEADER_AND_TEXT, AVRO_EVENT, org.apache.flume.sink.hdfs.AvroEventSerializer$Builder)",
                "sink.serializer.appendNewline | no | no (expected: true or false)",
                "sink.sync | hsync | hsync (expected: one of: flush, fsync)",
                "sink.emptyFiles | 1 | 1 (expected: true or false)",
                "deadLetter.maxTries | 0 | 0 (expected: a whole number, at least 1)",
            })
    void aBadValueIsRefusedWithWhatIsExpected(String key, String value, String message) {
        create(channel, Map.of(key, value));
        assertThat(recorded.problems()).containsExactly(key + ": " + message);
    }

    @Test
    void aDirectoryThatIsNotThereIsSaidAtTheStart() {
        assertThatThrownBy(() -> started("sink.pathManager.prefix", "sub/log-"))
                .isInstanceOf(StartException.class)
                .hasMessage("sink k1: sink.directory: " + directory.resolve("sub")
                        + ": no such directory (expected: one that exists; create it)");
    }

    @Test
    void aDirectoryThatIsNotThereIsToldBeforeTheStart() {
        new FileRollSinkFactory().create(context, settings(Map.of("sink.pathManager.prefix", "sub/log-")));
        assertThat(recorded.problems()).isEmpty();
        assertThat(recorded.notes())
                .containsExactly("sink.directory: " + directory.resolve("sub")
                        + ": no such directory (expected: one that exists; create it); as long as that is so, the sink"
                        + " does not start");
    }
}
