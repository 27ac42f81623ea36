package org.millrace.codec;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.Encoder;
import org.apache.avro.io.EncoderFactory;

/** Arrays of events as Avro's own library writes and reads them. */
final class AvroReference {
    private static final Schema EVENTS = new Schema.Parser().parse("""
            {"type":"array","items":{"type":"record","name":"AvroFlumeEvent","fields":[
            {"name":"headers","type":{"type":"map","values":"string"}},{"name":"body","type":"bytes"}]}}""");

    private AvroReference() {}

    record Event(Map<String, String> headers, String body) {}

    static List<Event> randomEvents(Random random) {
        List<Event> events = new ArrayList<>();
        for (int i = random.nextInt(8); i > 0; i--) {
            Map<String, String> headers = new LinkedHashMap<>();
            for (int h = random.nextInt(5); h > 0; h--) {
                headers.put(randomText(random, 12), randomText(random, 90));
            }
            events.add(new Event(headers, randomText(random, 300)));
        }
        return events;
    }

    /** @param inBlocks several blocks, each with a negative count and its size */
    static byte[] encode(List<Event> events, boolean inBlocks) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Encoder encoder = inBlocks
                ? new EncoderFactory().configureBlockSize(64).blockingBinaryEncoder(out, null)
                : EncoderFactory.get().binaryEncoder(out, null);
        List<GenericRecord> records = new ArrayList<>();
        for (Event event : events) {
            GenericRecord record = new GenericData.Record(EVENTS.getElementType());
            record.put("headers", event.headers());
            record.put("body", ByteBuffer.wrap(event.body().getBytes(StandardCharsets.UTF_8)));
            records.add(record);
        }
        try {
            new GenericDatumWriter<>(EVENTS).write(records, encoder);
            encoder.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    static List<Event> decode(byte[] bytes) throws IOException {
        List<GenericRecord> records = new GenericDatumReader<List<GenericRecord>>(EVENTS)
                .read(null, DecoderFactory.get().binaryDecoder(bytes, null));
        List<Event> events = new ArrayList<>();
        for (GenericRecord record : records) {
            Map<String, String> headers = new LinkedHashMap<>();
            ((Map<?, ?>) record.get("headers")).forEach((key, value) -> headers.put(key.toString(), value.toString()));
            events.add(new Event(
                    headers,
                    StandardCharsets.UTF_8
                            .decode((ByteBuffer) record.get("body"))
                            .toString()));
        }
        return events;
    }

    private static String randomText(Random random, int most) {
        int length = random.nextInt(most);
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < length; i++) {
            text.appendCodePoint(random.nextInt(10) == 0 ? 0x4e16 : 'a' + random.nextInt(26));
        }
        return text.toString();
    }
}
