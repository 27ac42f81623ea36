package org.millrace.codec;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * A header to set on every event of a batch.
 *
 * @param preserveExisting leave an event alone that has the header already
 */
public record HeaderEdit(HeaderName name, String value, boolean preserveExisting) {

    /**
     * Sets headers on every event, in order, in one pass. An event that lacks a header gets a new map block in front and keeps its
     * other bytes; only a value that has to be replaced makes its map be written anew.
     *
     * @param batch taken over
     * @return the caller owns it
     */
    public static EventBatch apply(List<HeaderEdit> edits, EventBatch batch) {
        EventBatch current = batch;
        for (HeaderEdit edit : edits) {
            current = edit.apply(current);
        }
        return current;
    }

    private EventBatch apply(EventBatch batch) {
        byte[] entry = encodedEntry();
        ByteBuf out = BatchMemory.allocate(batch.encodedBytes() + batch.events() * (entry.length + 2));
        try {
            EventReader event = batch.reader();
            while (event.next()) {
                boolean present = event.hasHeader(name);
                if (present && !preserveExisting) {
                    writeWithoutOld(event, entry, out);
                } else {
                    if (!present) {
                        Varints.write(out, 1);
                        out.writeBytes(entry);
                    }
                    out.writeBytes(event.array(), event.eventOffset(), event.encodedBytes());
                }
            }
            return new EventBatch(out.retain(), batch.events(), batch.bodyBytes());
        } finally {
            out.release();
            batch.release();
        }
    }

    /** The new entry in a block of its own, then every other entry in one more, then the body. */
    private void writeWithoutOld(EventReader event, byte[] entry, ByteBuf out) {
        Varints.write(out, 1);
        out.writeBytes(entry);
        EventReader.HeaderCursor old = new EventReader.HeaderCursor(event.array(), event.eventOffset());
        while (old.next()) {
            if (!name.matches(event.array(), old.keyOffset, old.keyLength)) {
                Varints.write(out, 1);
                Varints.write(out, old.keyLength);
                out.writeBytes(event.array(), old.keyOffset, old.keyLength);
                Varints.write(out, old.valueLength);
                out.writeBytes(event.array(), old.valueOffset, old.valueLength);
            }
        }
        out.writeByte(0);
        Varints.write(out, event.bodyLength());
        out.writeBytes(event.array(), event.bodyOffset(), event.bodyLength());
    }

    private byte[] encodedEntry() {
        byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
        ByteBuf out = BatchMemory.allocate(name.utf8().length + utf8.length + 2 * Varints.MAX_BYTES);
        try {
            Varints.write(out, name.utf8().length);
            out.writeBytes(name.utf8());
            Varints.write(out, utf8.length);
            out.writeBytes(utf8);
            byte[] entry = new byte[out.readableBytes()];
            out.readBytes(entry);
            return entry;
        } finally {
            out.release();
        }
    }
}
