package org.millrace.durable.tool;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.file.DataFileReader;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExportAndStatsTest {
    @TempDir
    private Path directory;

    @TempDir
    private Path elsewhere;

    private Path target;

    @BeforeEach
    void aChannelThatSomeEventsWereTakenFrom() throws Exception {
        target = elsewhere.resolve("events");
        new ChannelOnDisk(directory).put(10).put(90).commit(0, 40).close();
    }

    @Test
    void avrosReaderReadsWhatWasExported() throws Exception {
        ToolRun export = ToolRun.of("export", "--to", target, directory);
        assertThat(export.exit()).isZero();
        assertThat(export.out()).startsWith("60 events written to " + target);
        try (DataFileReader<GenericRecord> reader =
                new DataFileReader<>(target.toFile(), new GenericDatumReader<GenericRecord>())) {
            List<GenericRecord> records = new ArrayList<>();
            reader.forEach(records::add);
            assertThat(records).hasSize(60);
            assertThat(records.get(0)).hasToString("{\"headers\": {\"number\": \"40\"}, \"body\": \"event 40\"}");
        }
        assertThat(elsewhere.toFile().list()).containsExactly("events");
    }

    @Test
    void textIsTheBodiesAndJsonALineEach() throws Exception {
        ToolRun.of("export", "--format", "text", "--from", "97", "--to", target, directory);
        assertThat(Files.readString(target)).isEqualTo("event 97\nevent 98\nevent 99\n");
        ToolRun.of("export", "--format", "json", "--all", "--overwrite", "--to", target, directory);
        assertThat(Files.readAllLines(target)).hasSize(100).allMatch(line -> line.startsWith("{\"sequence\":"));
    }

    @Test
    void aFileThatIsThereIsNotReplacedUnasked() throws Exception {
        Files.writeString(target, "precious");
        ToolRun export = ToolRun.of("export", "--to", target, directory);
        assertThat(export.exit()).isEqualTo(2);
        assertThat(Files.readString(target)).isEqualTo("precious");
    }

    @Test
    void aFileOfTheUsersBesideItStays() throws Exception {
        Path users = elsewhere.resolve("events.part");
        Files.writeString(users, "precious");
        assertThat(ToolRun.of("export", "--to", target, directory).exit()).isZero();
        assertThat(Files.readString(users)).isEqualTo("precious");
        assertThat(elsewhere.toFile().list()).containsExactlyInAnyOrder("events", "events.part");
    }

    @Test
    void statsSumUp() {
        ToolRun stats = ToolRun.of("stats", directory);
        assertThat(stats.exit()).isZero();
        assertThat(stats.out())
                .contains("events      100 on disk")
                .contains("the next one is 100")
                .contains("reader      default: 60 events to take, at 40")
                .contains("set aside   0 B, 0 events lost");
    }

    @Test
    void statsHaveExactNumbersInJson() {
        assertThat(ToolRun.of("stats", "--json", directory).out())
                .contains("\"events\": 100")
                .contains("\"segmentsInUse\": 1")
                .contains("\"backlog\": 60")
                .contains("\"lostEvents\": 0");
    }
}
