package org.millrace.api.deadletter;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The bytes of an Avro object container of events, uncompressed (Avro 1.12 specification, "Object Container Files"). Events are in
 * Avro's encoding already:
 *
 * <pre>
 * header: 'O' 'b' 'j' 1 | map: avro.codec, avro.schema | marker, 16 bytes
 * block:  number of events | bytes of them | the events, one after another | marker      (the numbers as Avro's long)
 * </pre>
 */
final class EventContainer {
    static final int MARKER_BYTES = 16;

    static final byte[] MAGIC = {'O', 'b', 'j', 1};

    private static final int BLOCK_BYTES = 256 << 10;

    /** That of the wire, as {@code millrace channel export} writes it too. */
    private static final String SCHEMA =
            "{\"type\":\"record\",\"name\":\"AvroFlumeEvent\",\"namespace\":\"org.apache.flume.source.avro\","
                    + "\"fields\":[{\"name\":\"headers\",\"type\":{\"type\":\"map\",\"values\":\"string\"}},"
                    + "{\"name\":\"body\",\"type\":\"bytes\"}]}";

    private EventContainer() {}

    static byte[] header(byte[] marker) {
        ByteArrayOutputStream header = new ByteArrayOutputStream();
        header.writeBytes(MAGIC);
        writeLong(header, 2);
        writeText(header, "avro.codec");
        writeText(header, "null");
        writeText(header, "avro.schema");
        writeText(header, SCHEMA);
        writeLong(header, 0);
        header.writeBytes(marker);
        return header.toByteArray();
    }

    /** Blocks of the events, none of which is much longer than it has to be. */
    static byte[] blocks(List<byte[]> events, byte[] marker) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int from = 0, to; from < events.size(); from = to) {
            int bytes = events.get(from).length;
            for (to = from + 1; to < events.size() && bytes + events.get(to).length <= BLOCK_BYTES; to++) {
                bytes += events.get(to).length;
            }
            writeLong(out, to - from);
            writeLong(out, bytes);
            events.subList(from, to).forEach(out::writeBytes);
            out.writeBytes(marker);
        }
        return out.toByteArray();
    }

    private static void writeText(ByteArrayOutputStream out, String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        writeLong(out, utf8.length);
        out.writeBytes(utf8);
    }

    private static void writeLong(ByteArrayOutputStream out, long number) {
        long zigzag = (number << 1) ^ (number >> 63);
        for (; (zigzag & ~0x7FL) != 0; zigzag >>>= 7) {
            out.write((int) ((zigzag & 0x7F) | 0x80));
        }
        out.write((int) zigzag);
    }
}
