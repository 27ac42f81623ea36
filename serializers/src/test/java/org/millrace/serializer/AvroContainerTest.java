package org.millrace.serializer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.millrace.api.part.EventSerializer;
import org.millrace.codec.EventBatch;
import org.millrace.codec.EventBatchBuilder;
import org.millrace.codec.EventReader;
import org.millrace.testkit.RecordedProblems;

class AvroContainerTest {
    private final RecordedProblems problems = new RecordedProblems();

    @ParameterizedTest(name = "{0}")
    @CsvSource({"null, 2048000", "deflate, 2048000", "snappy, 2048000", "bzip2, 256000"})
    void aBlockOfACodecThatIsSlowIsSmall(String codec, int blockBytes) {
        assertThat(keys(Map.of("compressionCodec", codec)).blockBytes()).isEqualTo(blockBytes);
    }

    @Test
    void unlessTheFileSaysHowLargeItIs() {
        assertThat(keys(Map.of("compressionCodec", "bzip2", "syncIntervalBytes", "1000000"))
                        .blockBytes())
                .isEqualTo(1_000_000);
    }

    /** Whoever waits for the stream can tell that from a call behind it which does not come back. */
    @Test
    void theStreamIsToldWhereCompressingBeginsAndEnds() throws Exception {
        Flushes out = new Flushes();
        EventSerializer.Serialization file = AvroContainer.of(
                        AvroContainer.Datum.EVENT, keys(Map.of("compressionCodec", "bzip2", "syncIntervalBytes", "32")))
                .begin(out);
        EventBatch batch = new EventBatchBuilder()
                .add(Map.of(), new byte[100])
                .add(Map.of(), new byte[100])
                .build();
        EventReader event = batch.reader();
        while (event.next()) {
            file.append(event);
        }
        file.endBatch();
        batch.release();

        assertThat(out.flushes).as("of two blocks").isEqualTo(4);
    }

    private AvroKeys keys(Map<String, String> values) {
        AvroKeys keys = AvroKeys.read(problems.settings(values));
        assertThat(problems.problems()).isEmpty();
        return keys;
    }

    private static final class Flushes extends ByteArrayOutputStream {
        private int flushes;

        @Override
        public void flush() {
            flushes++;
        }
    }
}
