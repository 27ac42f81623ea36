package org.millrace.api.deadletter;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.millrace.api.disk.Disk.ReadableFile;
import org.millrace.api.disk.LocalDisk;
import org.millrace.codec.BatchScanner;
import org.millrace.codec.CodecLimits;
import org.millrace.codec.EventBatch;
import org.millrace.codec.MalformedException;
import org.millrace.codec.Varints;

/**
 * Reads an Avro object container of events, uncompressed, block by block: dead letters, what {@code millrace channel export} writes, and
 * what the serializer {@code avro_event} writes without a codec. What is read is checked. One thread.
 */
public final class EventContainerReader implements Closeable {
    private static final int MOST_HEADER_BYTES = 64 << 10;
    private static final int MOST_BLOCK_BYTES = 1 << 30;

    /** A file is an operator's: what a peer may not ask of us does not count for it. */
    private static final CodecLimits LIMITS =
            new CodecLimits(MOST_BLOCK_BYTES, 1, Integer.MAX_VALUE, MOST_BLOCK_BYTES, 1);

    private static final Pattern EVENT_SCHEMA = Pattern.compile(
            "\\{\"type\":\"record\",\"name\":\"\\w+\","
                    + "(\"namespace\":\"[\\w.]+\",)?\"fields\":\\[\\{\"name\":\"headers\","
                    + "\"type\":\\{\"type\":\"map\",\"values\":\"string\"\\}\\},\\{\"name\":\"body\",\"type\":\"bytes\"\\}\\]\\}");

    private final ReadableFile file;
    private final long length;
    private final byte[] marker;
    private final BatchScanner scanner = new BatchScanner(LIMITS);
    private long position;

    /** @param from where its data begin */
    private record Block(long events, long from, int bytes) {
        long end() {
            return from + bytes + EventContainer.MARKER_BYTES;
        }
    }

    /** Takes the file over. */
    EventContainerReader(ReadableFile file) throws IOException {
        this.file = file;
        this.length = file.length();
        Cursor header = new Cursor(piece(0, MOST_HEADER_BYTES));
        checkHeader(header);
        this.marker = header.bytes(EventContainer.MARKER_BYTES);
        this.position = header.at;
    }

    /** @throws IOException if it cannot be read or is no such file; the message says what is wrong */
    public static EventContainerReader open(Path file) throws IOException {
        ReadableFile open = LocalDisk.openToRead(file);
        try {
            return new EventContainerReader(open);
        } catch (IOException | RuntimeException e) {
            open.close();
            throw e;
        }
    }

    private static void checkHeader(Cursor in) throws IOException {
        if (!Arrays.equals(in.bytes(EventContainer.MAGIC.length), EventContainer.MAGIC)) {
            throw new IOException("no Avro object container: it does not begin with \"Obj\", 1");
        }
        Map<String, String> metadata = in.map();
        String codec = metadata.getOrDefault("avro.codec", "null");
        if (!codec.equals("null")) {
            throw new IOException("its blocks are compressed: avro.codec = " + codec + " (expected: null)");
        }
        String schema = metadata.getOrDefault("avro.schema", "");
        if (!EVENT_SCHEMA.matcher(schema).matches()) {
            throw new IOException(
                    "its records are no events (expected: a record of headers, a map of strings, and body, bytes)");
        }
    }

    private byte[] piece(long from, int most) throws IOException {
        byte[] piece = new byte[(int) Math.min(most, Math.max(0, length - from))];
        file.read(from, piece);
        return piece;
    }

    /**
     * The events of the next block.
     *
     * @return the caller owns it; null at the end of the file
     * @throws IOException if the block is cut short or damaged; {@link #position} stands before it
     */
    public @Nullable EventBatch next() throws IOException {
        Block block = ahead();
        if (block == null) {
            return null;
        }
        EventBatch batch = scanned(block);
        position = block.end();
        return batch;
    }

    /** Moves behind the next block, if it is whole; its events are not looked at. False at the end of the file. */
    boolean skip() throws IOException {
        Block block = ahead();
        if (block == null) {
            return false;
        }
        position = block.end();
        return true;
    }

    private @Nullable Block ahead() throws IOException {
        if (position == length) {
            return null;
        }
        Cursor head = new Cursor(piece(position, 2 * Varints.MAX_BYTES));
        long events = head.number();
        long bytes = head.number();
        if (events < 0 || bytes < 0 || bytes > MOST_BLOCK_BYTES) {
            throw new IOException("a block of " + events + " events in " + bytes + " bytes, at byte " + position);
        }
        Block block = new Block(events, position + head.at, (int) bytes);
        if (block.end() > length) {
            throw new EOFException("the block at byte " + position + " is cut short");
        }
        if (!Arrays.equals(piece(block.from() + bytes, marker.length), marker)) {
            throw new IOException("the block at byte " + position + " does not end with the file's marker");
        }
        return block;
    }

    /** As an array of the wire, whose scanner believes no length. */
    private EventBatch scanned(Block block) throws IOException {
        ByteBuf array = Unpooled.buffer(block.bytes() + 2 * Varints.MAX_BYTES);
        Varints.write(array, block.events());
        array.writeBytes(piece(block.from(), block.bytes()));
        array.writeByte(0);
        try {
            EventBatch batch = scanner.scanArray(array);
            if (batch.events() == block.events() && batch.encodedBytes() == block.bytes()) {
                return batch;
            }
            batch.release();
            throw new MalformedException("its events do not fill it");
        } catch (MalformedException e) {
            throw new IOException("the block at byte " + position + ": " + e.getMessage(), e);
        }
    }

    /** Behind the last block that was read. */
    public long position() {
        return position;
    }

    @Override
    public void close() throws IOException {
        file.close();
    }

    /** Reads what stands at the front of a file or block, and believes no length. */
    private static final class Cursor {
        private final byte[] bytes;
        private int at;

        Cursor(byte[] bytes) {
            this.bytes = bytes;
        }

        byte[] bytes(long count) throws IOException {
            if (count < 0 || count > bytes.length - at) {
                throw new EOFException("it is cut short, or no Avro object container");
            }
            at += (int) count;
            return Arrays.copyOfRange(bytes, at - (int) count, at);
        }

        long number() throws IOException {
            long zigzag = 0;
            for (int shift = 0; shift < Long.SIZE; shift += 7) {
                byte b = bytes(1)[0];
                zigzag |= (b & 0x7FL) << shift;
                if (b >= 0) {
                    return (zigzag >>> 1) ^ -(zigzag & 1);
                }
            }
            throw new IOException("a number of more than " + Varints.MAX_BYTES + " bytes");
        }

        Map<String, String> map() throws IOException {
            Map<String, String> map = new HashMap<>();
            for (long entries; (entries = number()) != 0; ) {
                if (entries < 0) {
                    entries = -entries;
                    number(); // the bytes of them
                }
                for (long i = 0; i < entries; i++) {
                    map.put(text(), text());
                }
            }
            return map;
        }

        private String text() throws IOException {
            return new String(bytes(number()), StandardCharsets.UTF_8);
        }
    }
}
