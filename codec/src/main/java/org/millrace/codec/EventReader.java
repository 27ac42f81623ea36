package org.millrace.codec;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Walks the events of a batch, one after another, without decoding what nobody asks for.
 *
 * <p>It stands before the first event; {@link #next} moves on. What it shows of an event is a view of the batch's bytes: valid
 * until the batch is released, and never to be written to. One thread at a time.
 */
public final class EventReader {
    private final byte[] array;
    private final int end;
    private int position;

    private int eventOffset;
    private int headersEnd;
    private int bodyOffset;
    private int bodyLength;

    /** The batch was scanned when it came in, so its bytes are known to be good. */
    EventReader(byte[] array, int offset, int length) {
        this.array = array;
        this.position = offset;
        this.end = offset + length;
    }

    /** A reader of its own that stands on the same event, to be read by another thread or later. */
    public EventReader fork() {
        EventReader fork = new EventReader(array, position, end - position);
        fork.eventOffset = eventOffset;
        fork.headersEnd = headersEnd;
        fork.bodyOffset = bodyOffset;
        fork.bodyLength = bodyLength;
        return fork;
    }

    /** Moves to the next event; false when there is none. */
    public boolean next() {
        if (position >= end) {
            return false;
        }
        eventOffset = position;
        skipHeaders();
        headersEnd = position;
        bodyLength = (int) readLong();
        bodyOffset = position;
        position += bodyLength;
        return true;
    }

    /** Where the event's body stands in {@link #array}. */
    public int bodyOffset() {
        return bodyOffset;
    }

    /** The length of the event's body in bytes. */
    public int bodyLength() {
        return bodyLength;
    }

    /** The bytes that {@link #bodyOffset} counts in. Read only. */
    public byte[] array() {
        return array;
    }

    /** A copy of the event's body. */
    public byte[] body() {
        return Arrays.copyOfRange(array, bodyOffset, bodyOffset + bodyLength);
    }

    /** Writes the event's body as it is. */
    public void writeBodyTo(OutputStream out) throws IOException {
        out.write(array, bodyOffset, bodyLength);
    }

    /** Bytes of the whole event, headers and body, as encoded. */
    public int encodedBytes() {
        return bodyOffset + bodyLength - eventOffset;
    }

    /** The value of a header, or null without it; the last one where a sender gave it twice, as a map would. */
    public @Nullable String header(HeaderName name) {
        HeaderCursor entry = new HeaderCursor(array, eventOffset);
        String value = null;
        while (entry.next()) {
            if (name.matches(array, entry.keyOffset, entry.keyLength)) {
                value = entry.value();
            }
        }
        return value;
    }

    /** True if {@link #header} would give a value whose UTF-8 is this: without decoding it. */
    public boolean headerIs(HeaderName name, byte[] utf8) {
        HeaderCursor entry = new HeaderCursor(array, eventOffset);
        boolean same = false;
        while (entry.next()) {
            if (name.matches(array, entry.keyOffset, entry.keyLength)) {
                int end = entry.valueOffset + entry.valueLength;
                same = Arrays.equals(array, entry.valueOffset, end, utf8, 0, utf8.length);
            }
        }
        return same;
    }

    /** True if the event has this header. */
    public boolean hasHeader(HeaderName name) {
        HeaderCursor entry = new HeaderCursor(array, eventOffset);
        while (entry.next()) {
            if (name.matches(array, entry.keyOffset, entry.keyLength)) {
                return true;
            }
        }
        return false;
    }

    /** All headers, decoded, in the sender's order. A fresh map. */
    public Map<String, String> headers() {
        Map<String, String> headers = new LinkedHashMap<>();
        HeaderCursor entry = new HeaderCursor(array, eventOffset);
        while (entry.next()) {
            headers.put(entry.key(), entry.value());
        }
        return headers;
    }

    /** How many headers the event has, one that a sender gave twice counted twice. */
    public int headerEntries() {
        HeaderCursor entry = new HeaderCursor(array, eventOffset);
        int entries = 0;
        while (entry.next()) {
            entries++;
        }
        return entries;
    }

    /** Shows all headers as they are encoded, in UTF-8, in the sender's order. */
    public <X extends Exception> void showHeaders(HeaderVisitor<X> visitor) throws X {
        HeaderCursor entry = new HeaderCursor(array, eventOffset);
        while (entry.next()) {
            visitor.header(array, entry.keyOffset, entry.keyLength, entry.valueOffset, entry.valueLength);
        }
    }

    /** Is shown a header: its name and value are runs of one array, read only. */
    public interface HeaderVisitor<X extends Exception> {
        void header(byte[] array, int keyOffset, int keyLength, int valueOffset, int valueLength) throws X;
    }

    /** Bytes of the event's header map, as encoded. */
    int headersBytes() {
        return headersEnd - eventOffset;
    }

    /** Where the event starts in {@link #array}. */
    int eventOffset() {
        return eventOffset;
    }

    private void skip(long bytes) {
        position += (int) bytes;
    }

    private void skipHeaders() {
        long count;
        while ((count = readLong()) != 0) {
            if (count < 0) {
                skip(readLong());
                continue;
            }
            for (long i = 0; i < count; i++) {
                skip(readLong());
                skip(readLong());
            }
        }
    }

    private long readLong() {
        int b = array[position++];
        if (b >= 0) {
            int value = (b >>> 1) ^ -(b & 1);
            return value;
        }
        long zigzag = b & 0x7F;
        int shift = 7;
        do {
            b = array[position++];
            zigzag |= (b & 0x7FL) << shift;
            shift += 7;
        } while (b < 0);
        return (zigzag >>> 1) ^ -(zigzag & 1);
    }

    /** Walks the entries of one event's header map. */
    static final class HeaderCursor {
        private final byte[] array;
        private int position;
        private long leftInBlock;

        /** Where the current entry starts, its key, its value. */
        int entryOffset;

        int keyOffset;

        int keyLength;
        int valueOffset;
        int valueLength;

        HeaderCursor(byte[] array, int eventOffset) {
            this.array = array;
            this.position = eventOffset;
        }

        boolean next() {
            if (leftInBlock == 0 && !nextBlock()) {
                return false;
            }
            leftInBlock--;
            entryOffset = position;
            keyLength = (int) readLong();
            keyOffset = position;
            position += keyLength;
            valueLength = (int) readLong();
            valueOffset = position;
            position += valueLength;
            return true;
        }

        String key() {
            return new String(array, keyOffset, keyLength, StandardCharsets.UTF_8);
        }

        String value() {
            return new String(array, valueOffset, valueLength, StandardCharsets.UTF_8);
        }

        private boolean nextBlock() {
            long count = readLong();
            if (count < 0) {
                readLong(); // the block's size in bytes, for those who skip it
                count = -count;
            }
            leftInBlock = count;
            return count != 0;
        }

        private long readLong() {
            long zigzag = 0;
            int shift = 0;
            int b;
            do {
                b = array[position++];
                zigzag |= (b & 0x7FL) << shift;
                shift += 7;
            } while (b < 0);
            return (zigzag >>> 1) ^ -(zigzag & 1);
        }
    }
}
