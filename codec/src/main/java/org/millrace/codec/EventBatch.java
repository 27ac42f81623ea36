package org.millrace.codec;

import io.netty.buffer.ByteBuf;

/**
 * Events that travel together: one contiguous run of encoded {@code AvroFlumeEvent}s ({@code map<string> headers, bytes body}),
 * without an array's count or closing zero. The same bytes inbound, in a channel and outbound.
 *
 * <p>Immutable; any thread may read it. It counts its references: whoever owns one calls {@link #release} once, and a method
 * that takes a batch over says so. A batch that is only lent is read before the method returns, or {@link #retain}ed.
 */
public final class EventBatch {
    private final ByteBuf bytes;
    private final int events;
    private final long bodyBytes;

    /** Takes over {@code bytes}, whose readable part is the run. They have been scanned. */
    EventBatch(ByteBuf bytes, int events, long bodyBytes) {
        this.bytes = bytes;
        this.events = events;
        this.bodyBytes = bodyBytes;
    }

    /** How many events. */
    public int events() {
        return events;
    }

    public boolean isEmpty() {
        return events == 0;
    }

    /** Bytes of all events as encoded, headers and bodies. */
    public int encodedBytes() {
        return bytes.readableBytes();
    }

    /** Bytes of all bodies. */
    public long bodyBytes() {
        return bodyBytes;
    }

    /** A reader that stands before the first event. */
    public EventReader reader() {
        return new EventReader(bytes.array(), bytes.arrayOffset() + bytes.readerIndex(), bytes.readableBytes());
    }

    /**
     * Cuts the batch in two. Takes this one over; the caller owns both parts. No byte is copied.
     *
     * @param events how many events go into the head, 1 to {@link #events} - 1
     */
    public Split split(int events) {
        if (events < 1 || events >= this.events) {
            throw new IllegalArgumentException("events: " + events + " (expected: 1 to " + (this.events - 1) + ")");
        }
        EventReader reader = reader();
        long headBody = 0;
        for (int i = 0; i < events; i++) {
            reader.next();
            headBody += reader.bodyLength();
        }
        int headBytes = reader.bodyOffset() + reader.bodyLength() - (bytes.arrayOffset() + bytes.readerIndex());
        EventBatch head = new EventBatch(bytes.readRetainedSlice(headBytes), events, headBody);
        return new Split(head, new EventBatch(bytes, this.events - events, bodyBytes - headBody));
    }

    /** One more owner. */
    public EventBatch retain() {
        bytes.retain();
        return this;
    }

    /** One owner less; the last one gives the memory back. */
    public void release() {
        bytes.release();
    }

    /** Lent. Its reader and writer index are not to be moved: {@link ByteBuf#duplicate} it first. */
    ByteBuf bytes() {
        return bytes;
    }

    @Override
    public String toString() {
        return "EventBatch(" + events + " events, " + encodedBytes() + " bytes)";
    }

    /** The two parts of a batch, in order. */
    public record Split(EventBatch head, EventBatch tail) {}
}
