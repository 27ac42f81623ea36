package org.millrace.durable.tool;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/**
 * An Avro object container of Flume's events, uncompressed. Our events are in that encoding already, so they are copied:
 *
 * <pre>
 * "Obj" 1   map of metadata: avro.codec, avro.schema   sync, 16 bytes
 * blocks:   events   bytes of them   the events, one after another   sync
 * </pre>
 *
 * One thread. Closing it closes the stream.
 */
final class AvroFile implements AutoCloseable {
    static final String SCHEMA =
            "{\"type\":\"record\",\"name\":\"AvroFlumeEvent\",\"namespace\":\"org.apache.flume.source.avro\","
                    + "\"fields\":[{\"name\":\"headers\",\"type\":{\"type\":\"map\",\"values\":\"string\"}},"
                    + "{\"name\":\"body\",\"type\":\"bytes\"}]}";

    private static final byte[] MAGIC = {'O', 'b', 'j', 1};
    private static final int BLOCK_BYTES = 256 << 10;

    private final OutputStream out;
    private final byte[] sync;
    private final ByteArrayOutputStream block = new ByteArrayOutputStream(BLOCK_BYTES);
    private long events;

    /** @param sync 16 random bytes, which mark where a block ends */
    AvroFile(OutputStream out, byte[] sync) throws IOException {
        this.out = out;
        this.sync = sync;
        out.write(MAGIC);
        writeMap(new TreeMap<>(Map.of("avro.codec", "null", "avro.schema", SCHEMA)));
        out.write(sync);
    }

    /** Adds an event as it is encoded. */
    void add(byte[] array, int offset, int length) throws IOException {
        if (block.size() > 0 && block.size() + length > BLOCK_BYTES) {
            endBlock();
        }
        block.write(array, offset, length);
        events++;
    }

    @Override
    public void close() throws IOException {
        try (out) {
            endBlock();
        }
    }

    private void endBlock() throws IOException {
        if (events == 0) {
            return;
        }
        writeLong(events);
        writeLong(block.size());
        block.writeTo(out);
        out.write(sync);
        block.reset();
        events = 0;
    }

    private void writeMap(Map<String, String> map) throws IOException {
        writeLong(map.size());
        for (Map.Entry<String, String> entry : map.entrySet()) {
            writeText(entry.getKey());
            writeText(entry.getValue());
        }
        writeLong(0);
    }

    private void writeText(String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        writeLong(bytes.length);
        out.write(bytes);
    }

    /** Zigzag, seven bits a byte, the lowest first. */
    private void writeLong(long value) throws IOException {
        long left = (value << 1) ^ (value >> 63);
        for (; (left & ~0x7FL) != 0; left >>>= 7) {
            out.write((int) ((left & 0x7F) | 0x80));
        }
        out.write((int) left);
    }
}
