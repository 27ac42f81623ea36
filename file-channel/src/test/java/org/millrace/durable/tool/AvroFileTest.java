package org.millrace.durable.tool;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.avro.file.DataFileReader;
import org.apache.avro.file.SeekableByteArrayInput;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.millrace.codec.EventBatch;
import org.millrace.codec.EventReader;
import org.millrace.testkit.Batches;

class AvroFileTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 100, 20_000})
    void avrosOwnReaderReadsEveryEvent(int events) throws IOException {
        write(Batches.numbered(0, events));
        List<GenericRecord> records = read();
        assertThat(records).hasSize(events);
        for (int i = 0; i < events; i++) {
            assertThat(records.get(i).get("headers")).hasToString("{number=" + i + "}");
            assertThat(body(records.get(i))).isEqualTo("event " + i);
        }
    }

    @Test
    void anEventMayBeLongerThanABlock() throws IOException {
        write(Batches.sized(3, 1 << 20));
        assertThat(read())
                .hasSize(3)
                .allSatisfy(record -> assertThat(body(record)).hasSize(1 << 20));
    }

    @Test
    void headersKeepTheirText() throws IOException {
        write(Batches.of(Map.of("städt", "Zürich 😀"), ""));
        assertThat(read())
                .singleElement()
                .satisfies(record -> assertThat(record.get("headers")).hasToString("{städt=Zürich 😀}"));
    }

    private void write(EventBatch batch) throws IOException {
        try (AvroFile file = new AvroFile(out, "0123456789abcdef".getBytes(StandardCharsets.US_ASCII))) {
            EventReader event = batch.reader();
            while (event.next()) {
                file.add(
                        event.array(),
                        event.bodyOffset() + event.bodyLength() - event.encodedBytes(),
                        event.encodedBytes());
            }
        } finally {
            batch.release();
        }
    }

    private List<GenericRecord> read() throws IOException {
        List<GenericRecord> records = new ArrayList<>();
        try (DataFileReader<GenericRecord> reader = new DataFileReader<>(
                new SeekableByteArrayInput(out.toByteArray()), new GenericDatumReader<GenericRecord>())) {
            assertThat(reader.getSchema().getFullName()).isEqualTo("org.apache.flume.source.avro.AvroFlumeEvent");
            reader.forEach(records::add);
        }
        return records;
    }

    private static String body(GenericRecord record) {
        return StandardCharsets.ISO_8859_1
                .decode((ByteBuffer) record.get("body"))
                .toString();
    }
}
