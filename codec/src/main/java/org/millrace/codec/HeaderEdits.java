package org.millrace.codec;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.millrace.codec.EventReader.HeaderCursor;

/**
 * One pass of {@link HeaderEdit}s over events. Several edits of one header come down to one: the last that replaces decides for
 * every event; without one, the first decides for events that lack the header. One thread.
 */
final class HeaderEdits {
    private final HeaderName[] names;
    private final boolean[] preserve;

    /** For each name, its map entry as encoded. */
    private final byte[][] entries;

    /** A map block with all entries: what nearly every event gets. */
    private final byte[] blockOfAll;

    /** For the event being written: which names it has. */
    private final boolean[] isPresent;

    HeaderEdits(List<HeaderEdit> edits) {
        List<HeaderEdit> settled = settle(edits);
        int count = settled.size();
        names = new HeaderName[count];
        preserve = new boolean[count];
        entries = new byte[count][];
        isPresent = new boolean[count];
        for (int i = 0; i < count; i++) {
            HeaderEdit edit = settled.get(i);
            names[i] = edit.name();
            preserve[i] = edit.preserveExisting();
            entries[i] = encodeEntry(edit);
        }
        blockOfAll = encodeBlockOfAll();
    }

    /** The most bytes by which an event grows. */
    int mostBytesAdded() {
        return blockOfAll.length + Varints.MAX_BYTES;
    }

    /** Writes the event with its headers set. */
    void write(EventReader event, ByteBuf out) {
        int present = 0;
        boolean mustReplace = false;
        HeaderCursor header = new HeaderCursor(event.array(), event.eventOffset());
        Arrays.fill(isPresent, false);
        while (header.next()) {
            int edit = indexOf(event.array(), header);
            if (edit >= 0 && !isPresent[edit]) {
                isPresent[edit] = true;
                present++;
                mustReplace |= !preserve[edit];
            }
        }
        if (present == 0) {
            out.writeBytes(blockOfAll);
        } else {
            writeBlockOfMissingAndReplaced(out);
        }
        if (mustReplace) {
            writeKeptHeaders(event, out);
            Varints.write(out, event.bodyLength());
            out.writeBytes(event.array(), event.bodyOffset(), event.bodyLength());
        } else {
            out.writeBytes(event.array(), event.eventOffset(), event.encodedBytes());
        }
    }

    private void writeBlockOfMissingAndReplaced(ByteBuf out) {
        int count = 0;
        for (int i = 0; i < entries.length; i++) {
            if (!isKept(i)) {
                count++;
            }
        }
        if (count == 0) {
            return;
        }
        Varints.write(out, count);
        for (int i = 0; i < entries.length; i++) {
            if (!isKept(i)) {
                out.writeBytes(entries[i]);
            }
        }
    }

    /** All headers but the replaced ones as one block, and the map's end. */
    private void writeKeptHeaders(EventReader event, ByteBuf out) {
        byte[] array = event.array();
        int count = 0;
        HeaderCursor header = new HeaderCursor(array, event.eventOffset());
        while (header.next()) {
            if (isKept(array, header)) {
                count++;
            }
        }
        if (count > 0) {
            Varints.write(out, count);
            header = new HeaderCursor(array, event.eventOffset());
            while (header.next()) {
                if (isKept(array, header)) {
                    out.writeBytes(
                            array, header.entryOffset, header.valueOffset + header.valueLength - header.entryOffset);
                }
            }
        }
        out.writeByte(0);
    }

    private boolean isKept(int edit) {
        return isPresent[edit] && preserve[edit];
    }

    private boolean isKept(byte[] array, HeaderCursor header) {
        int edit = indexOf(array, header);
        return edit < 0 || preserve[edit];
    }

    /** The edit of this header, or -1. */
    private int indexOf(byte[] array, HeaderCursor header) {
        for (int i = 0; i < names.length; i++) {
            if (names[i].matches(array, header.keyOffset, header.keyLength)) {
                return i;
            }
        }
        return -1;
    }

    /** One edit a name, to the same effect as all of them in order. */
    private static List<HeaderEdit> settle(List<HeaderEdit> edits) {
        Map<HeaderName, HeaderEdit> byName = new LinkedHashMap<>();
        for (HeaderEdit edit : edits) {
            byName.merge(edit.name(), edit, (before, after) -> after.preserveExisting() ? before : after);
        }
        return new ArrayList<>(byName.values());
    }

    private byte[] encodeBlockOfAll() {
        ByteBuf out = BatchMemory.allocate(64);
        try {
            Varints.write(out, entries.length);
            for (byte[] entry : entries) {
                out.writeBytes(entry);
            }
            return copyOf(out);
        } finally {
            out.release();
        }
    }

    private static byte[] encodeEntry(HeaderEdit edit) {
        byte[] value = edit.value().getBytes(StandardCharsets.UTF_8);
        ByteBuf out = BatchMemory.allocate(edit.name().utf8().length + value.length + 2 * Varints.MAX_BYTES);
        try {
            Varints.write(out, edit.name().utf8().length);
            out.writeBytes(edit.name().utf8());
            Varints.write(out, value.length);
            out.writeBytes(value);
            return copyOf(out);
        } finally {
            out.release();
        }
    }

    private static byte[] copyOf(ByteBuf out) {
        byte[] bytes = new byte[out.readableBytes()];
        out.readBytes(bytes);
        return bytes;
    }
}
