package org.millrace.serializer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.millrace.codec.EventBatch;
import org.millrace.codec.EventBatchBuilder;
import org.millrace.codec.EventReader;

/** What Avro writes and reads is a datum, however large; and no body, of whatever schema, keeps the check for long. */
@Timeout(60)
class DatumCheckTest {
    private static final String LIST = "{\"type\":\"record\",\"name\":\"Node\",\"fields\":["
            + "{\"name\":\"value\",\"type\":\"int\"},{\"name\":\"next\",\"type\":[\"null\",\"Node\"]}]}";

    @ParameterizedTest(name = "{0} records")
    @ValueSource(ints = {4_000, 6_000, 100_000})
    void recordsOfFieldsThatAreMostlyNotThereAreADatum(int records) throws Exception {
        String fields = IntStream.range(0, 20)
                .mapToObj(i -> "{\"name\":\"f" + i + "\",\"type\":[\"null\",\"string\"]}")
                .collect(Collectors.joining(","));
        Schema schema = schema(
                "{\"type\":\"array\",\"items\":{\"type\":\"record\",\"name\":\"R\",\"fields\":[" + fields + "]}}");
        GenericRecord record = new GenericData.Record(schema.getElementType());
        record.put("f0", "ab");
        assertThat(flawOfReadable(schema, Collections.nCopies(records, record))).isNull();
    }

    @Test
    void soAreRecordsAroundASingleByte() throws Exception {
        String inner = "{\"type\":\"record\",\"name\":\"R0\",\"fields\":[{\"name\":\"f\",\"type\":\"int\"}]}";
        for (int depth = 1; depth < 8; depth++) {
            inner = "{\"type\":\"record\",\"name\":\"R" + depth + "\",\"fields\":[{\"name\":\"f\",\"type\":" + inner
                    + "}]}";
        }
        Schema schema = schema("{\"type\":\"array\",\"items\":" + inner + "}");
        GenericRecord record = innermost(schema.getElementType());
        assertThat(flawOfReadable(schema, Collections.nCopies(50_000, record))).isNull();
    }

    private static GenericRecord innermost(Schema schema) {
        GenericRecord record = new GenericData.Record(schema);
        Schema field = schema.getField("f").schema();
        record.put("f", field.getType() == Schema.Type.RECORD ? innermost(field) : 7);
        return record;
    }

    @Test
    void soIsAListAsLongAsMostReadersCanTake() {
        Schema schema = schema(LIST);
        assertThat(flaw(schema, list(1000))).isNull();
        assertThat(flaw(schema, list(1001))).isEqualTo("it has more than 1000 records, arrays and maps in each other");
    }

    @Test
    void noneIsMadeOfEverMoreRecordsWithoutAByte() {
        String twice = "{\"type\":\"record\",\"name\":\"R0\",\"fields\":[]}";
        for (int depth = 1; depth <= 30; depth++) {
            twice = "{\"type\":\"record\",\"name\":\"R" + depth + "\",\"fields\":[{\"name\":\"a\",\"type\":" + twice
                    + "},{\"name\":\"b\",\"type\":\"R" + (depth - 1) + "\"}]}";
        }
        assertThat(flaw(schema(twice), new byte[0])).startsWith("it has too many values without bytes of their own");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[\"null\",\"long\"]",
                "{\"type\":\"array\",\"items\":\"null\"}",
                "{\"type\":\"array\",\"items\":{\"type\":\"fixed\",\"name\":\"f\",\"size\":0}}",
                "{\"type\":\"map\",\"values\":\"int\"}",
                "{\"type\":\"enum\",\"name\":\"e\",\"symbols\":[\"A\"]}",
                "{\"type\":\"fixed\",\"name\":\"f\",\"size\":3}",
                "{\"type\":\"record\",\"name\":\"r\",\"fields\":[{\"name\":\"next\",\"type\":[\"r\",\"null\"]}]}"
            })
    void noBodyMakesTheCheckRunAway(String json) {
        Schema schema = schema(json);
        byte[] longest = {-1, -1, -1, -1, -1, -1, -1, -1, -1, 1, 0};
        byte[] deepest = new byte[1 << 20];
        for (byte[] hostile : List.of(longest, deepest, new byte[] {-2, -1, -1, -1, 15}, new byte[] {1, 2})) {
            assertThat(flaw(schema, hostile)).isNotNull();
        }
    }

    private static byte[] list(int nodes) {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        for (int i = 0; i < nodes; i++) {
            body.write(2);
            body.write(i == nodes - 1 ? 0 : 2);
        }
        return body.toByteArray();
    }

    private static Schema schema(String json) {
        return new Schema.Parser().parse(json);
    }

    /** Avro writes the datum, and reads it. */
    private static @Nullable String flawOfReadable(Schema schema, Object datum) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(body, null);
        new GenericDatumWriter<>(schema).write(datum, encoder);
        encoder.flush();
        new GenericDatumReader<>(schema).read(null, DecoderFactory.get().binaryDecoder(body.toByteArray(), null));
        return flaw(schema, body.toByteArray());
    }

    private static @Nullable String flaw(Schema schema, byte[] body) {
        EventBatch batch = new EventBatchBuilder().add(Map.of(), body).build();
        try {
            EventReader event = batch.reader();
            event.next();
            return DatumCheck.flaw(schema, event);
        } finally {
            batch.release();
        }
    }
}
