package org.millrace.codec;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.util.zip.Checksum;

/**
 * Events that travel together: one contiguous run of encoded {@code AvroFlumeEvent}s ({@code map<string> headers, bytes body}),
 * without an array's count or closing zero. The same bytes inbound, in a channel and outbound.
 *
 * <p>Immutable; any thread may read it. It counts its references: whoever owns one calls {@link #release} once, and a method
 * that takes a batch over says so. A batch that is only lent is read before the method returns, or {@link #retain}ed.
 */
public final class EventBatch {
    /** Of the objects around a batch's bytes, and of what somebody who keeps it needs to find it again; about. */
    private static final int OBJECT_BYTES = 256;

    /** Shared with the other parts where the batch was split: nobody moves its indices. */
    private final ByteBuf bytes;

    private final int start;
    private final int length;
    private final int events;
    private final long bodyBytes;

    /** Takes over {@code bytes}, whose readable part is the run. They have been scanned. */
    EventBatch(ByteBuf bytes, int events, long bodyBytes) {
        this(bytes, bytes.readerIndex(), bytes.readableBytes(), events, bodyBytes);
    }

    private EventBatch(ByteBuf bytes, int start, int length, int events, long bodyBytes) {
        this.bytes = bytes;
        this.start = start;
        this.length = length;
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
        return length;
    }

    /** Bytes of all bodies. */
    public long bodyBytes() {
        return bodyBytes;
    }

    /**
     * Memory that is not given back as long as somebody owns this batch: more than its events need where its buffer has room to spare, or
     * other parts share it.
     */
    public long memoryBytes() {
        ByteBuf memory = bytes;
        while (memory.unwrap() != null) {
            memory = memory.unwrap();
        }
        return OBJECT_BYTES + (long) memory.writerIndex() + memory.maxFastWritableBytes();
    }

    /** A reader that stands before the first event. */
    public EventReader reader() {
        return new EventReader(bytes.array(), bytes.arrayOffset() + start, length);
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
        int headLength = reader.bodyOffset() + reader.bodyLength() - (bytes.arrayOffset() + start);
        bytes.retain(); // was one owner's, now two parts share it
        return new Split(
                new EventBatch(bytes, start, headLength, events, headBody),
                new EventBatch(
                        bytes, start + headLength, length - headLength, this.events - events, bodyBytes - headBody));
    }

    /**
     * A batch that keeps no more memory than its events need. Takes this one over; the caller owns what is returned: this one, if it is
     * not a small part of something larger.
     */
    public EventBatch condensed() {
        if (length >= bytes.capacity() / 2) {
            return this;
        }
        ByteBuf copy = BatchMemory.allocate(length);
        writeTo(copy);
        bytes.release();
        return new EventBatch(copy, events, bodyBytes);
    }

    /** Copies the run behind the buffer's position, and moves that. */
    public void copyTo(ByteBuffer target) {
        target.put(bytes.array(), bytes.arrayOffset() + start, length);
    }

    /** Feeds the run to a checksum. */
    public void updateTo(Checksum checksum) {
        checksum.update(bytes.array(), bytes.arrayOffset() + start, length);
    }

    /**
     * A batch from the bytes that {@link #copyTo} once gave: they are taken for good, so their checksum has been compared.
     *
     * @param source all that remains in it is copied, and its position moves
     * @param events as {@link #events} was
     * @param bodyBytes as {@link #bodyBytes} was
     * @return the caller owns it
     */
    public static EventBatch restore(ByteBuffer source, int events, long bodyBytes) {
        ByteBuf copy = BatchMemory.allocate(source.remaining());
        copy.writeBytes(source);
        return new EventBatch(copy, events, bodyBytes);
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

    /** The run as a buffer with indices and a reference of its own, which the caller owns. */
    ByteBuf retainedBytes() {
        return bytes.retainedSlice(start, length);
    }

    void writeTo(ByteBuf out) {
        out.writeBytes(bytes, start, length);
    }

    @Override
    public String toString() {
        return "EventBatch(" + events + " events, " + encodedBytes() + " bytes)";
    }

    /** The two parts of a batch, in order. */
    public record Split(EventBatch head, EventBatch tail) {}
}
