package org.millrace.codec;

import io.netty.buffer.ByteBuf;
import java.util.List;
import java.util.function.Function;

/**
 * A header to set on every event of a batch.
 *
 * @param preserveExisting leave an event alone that has the header already
 */
public record HeaderEdit(HeaderName name, String value, boolean preserveExisting) {
    /** A guess: the buffer grows where it is wrong. */
    private static final int ROOM_FOR_EACH_BYTES = 64;

    private static final int MAX_ROOM_ADDED_BYTES = 64 << 20;

    /**
     * Sets headers on every event, as if one edit were made after the other, in one pass. An event that lacks the headers gets a
     * new map block in front and keeps its other bytes; only a value that has to be replaced makes its map be written anew.
     *
     * @param batch taken over
     * @return the caller owns it
     */
    public static EventBatch apply(List<HeaderEdit> edits, EventBatch batch) {
        if (edits.isEmpty() || batch.isEmpty()) {
            return batch;
        }
        HeaderEdits pass = new HeaderEdits(edits);
        ByteBuf out = BatchMemory.allocate(roomFor(batch, pass));
        try {
            EventReader event = batch.reader();
            while (event.next()) {
                pass.write(event, out);
            }
            return new EventBatch(out.retain(), batch.events(), batch.bodyBytes());
        } finally {
            out.release();
            batch.release();
        }
    }

    /**
     * Sets headers on each event as it calls for.
     *
     * @param edits what to do with the event that the reader stands on; none leaves it as it is
     * @param batch taken over, also on failure
     * @return the caller owns it
     */
    public static EventBatch applyEach(Function<EventReader, List<HeaderEdit>> edits, EventBatch batch) {
        ByteBuf out = BatchMemory.allocate(batch.encodedBytes() + ROOM_FOR_EACH_BYTES * batch.events());
        try {
            EventReader event = batch.reader();
            while (event.next()) {
                List<HeaderEdit> wanted = edits.apply(event);
                if (wanted.isEmpty()) {
                    out.writeBytes(event.array(), event.eventOffset(), event.encodedBytes());
                } else {
                    new HeaderEdits(wanted).write(event, out);
                }
            }
            return new EventBatch(out.retain(), batch.events(), batch.bodyBytes());
        } finally {
            out.release();
            batch.release();
        }
    }

    /** Enough, unless the batch is huge: then the buffer grows. */
    private static int roomFor(EventBatch batch, HeaderEdits pass) {
        long added = (long) batch.events() * pass.mostBytesAdded();
        return batch.encodedBytes() + (int) Math.min(added, MAX_ROOM_ADDED_BYTES);
    }
}
