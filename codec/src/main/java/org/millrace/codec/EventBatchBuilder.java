package org.millrace.codec;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Encodes events into a batch, for sources that do not receive them encoded. One thread; {@link #build} or {@link #close} ends it. */
public final class EventBatchBuilder implements AutoCloseable {
    private static final int INITIAL_BYTES = 16 << 10;

    /** Set aside with the first event, since the last batch may have been the last one. */
    private @Nullable ByteBuf out;

    private int nextBytes = INITIAL_BYTES;
    private int events;
    private long bodyBytes;
    /** Of an event that was begun. */
    private int headersToCome;

    public EventBatchBuilder add(Map<String, String> headers, byte[] body) {
        return add(headers, body, 0, body.length);
    }

    public EventBatchBuilder add(Map<String, String> headers, byte[] body, int offset, int length) {
        addHeaders(headers);
        return addBody(body, offset, length);
    }

    /** Adds an event whose header map was encoded before by {@link #encodeHeaders}: the same one for many events. */
    public EventBatchBuilder add(byte[] encodedHeaders, byte[] body, int offset, int length) {
        return add(encodedHeaders, encodedHeaders.length, body, offset, length);
    }

    /** The same for an array that is used again for the next event's: only its first {@code headerBytes} count. */
    public EventBatchBuilder add(byte[] encodedHeaders, int headerBytes, byte[] body, int offset, int length) {
        out().writeBytes(encodedHeaders, 0, headerBytes);
        return addBody(body, offset, length);
    }

    /** Adds an event with the headers of the one that the reader stands on, and a body of its own. */
    public EventBatchBuilder add(EventReader headersOf, byte[] body, int offset, int length) {
        out().writeBytes(headersOf.array(), headersOf.eventOffset(), headersOf.headersBytes());
        return addBody(body, offset, length);
    }

    /** Adds the event that the reader stands on, as it is. */
    public EventBatchBuilder add(EventReader event) {
        out().writeBytes(event.array(), event.eventOffset(), event.encodedBytes());
        events++;
        bodyBytes += event.bodyLength();
        return this;
    }

    /** Adds the headers of the event that the reader stands on, as they are, with another body. */
    public EventBatchBuilder add(EventReader event, byte[] body) {
        out().writeBytes(event.array(), event.eventOffset(), event.headersBytes());
        return addBody(body, 0, body.length);
    }

    /**
     * Begins an event whose headers are at hand as UTF-8: as many calls of {@link #header} follow, then one of {@link #endEvent}. Until then
     * the builder is good for nothing else but {@link #close}.
     */
    public EventBatchBuilder beginEvent(int headers) {
        if (headers > 0) {
            Varints.write(out(), headers);
        }
        headersToCome = headers;
        return this;
    }

    /** A header of the event that was begun: its name and its value, in UTF-8. */
    public EventBatchBuilder header(
            byte[] key, int keyOffset, int keyLength, byte[] value, int valueOffset, int valueLength) {
        headersToCome--;
        ByteBuf to = out();
        Varints.write(to, keyLength);
        to.writeBytes(key, keyOffset, keyLength);
        Varints.write(to, valueLength);
        to.writeBytes(value, valueOffset, valueLength);
        return this;
    }

    /** The body of the event that was begun, and its end. */
    public EventBatchBuilder endEvent(byte[] body, int offset, int length) {
        if (headersToCome != 0) {
            throw new IllegalStateException("headers to come: " + headersToCome + " (expected: 0)");
        }
        out().writeByte(0);
        return addBody(body, offset, length);
    }

    public int events() {
        return events;
    }

    public int encodedBytes() {
        return out == null ? 0 : out.readableBytes();
    }

    /** The batch; the caller owns it. The builder is empty again and may go on. */
    public EventBatch build() {
        ByteBuf built = out();
        if (built.capacity() / 2 > built.readableBytes()) {
            built.capacity(
                    built.readableBytes()); // a channel may keep it for long, and many like it: no more room than it
            // needs
        }
        EventBatch batch = new EventBatch(built, events, bodyBytes);
        nextBytes = Math.max(INITIAL_BYTES, batch.encodedBytes());
        forget();
        return batch;
    }

    /** Gives up what was added since the last {@link #build}. */
    @Override
    public void close() {
        if (out != null) {
            out.release();
        }
        forget();
    }

    /** The header map as Avro encodes it, for {@link #add(byte[], byte[], int, int)}. */
    public static byte[] encodeHeaders(Map<String, String> headers) {
        try (EventBatchBuilder builder = new EventBatchBuilder()) {
            builder.addHeaders(headers);
            byte[] encoded = new byte[builder.encodedBytes()];
            builder.out().readBytes(encoded);
            return encoded;
        }
    }

    private ByteBuf out() {
        ByteBuf current = out;
        if (current == null) {
            current = BatchMemory.allocate(nextBytes);
            out = current;
        }
        return current;
    }

    private void forget() {
        out = null;
        headersToCome = 0;
        events = 0;
        bodyBytes = 0;
    }

    private void addHeaders(Map<String, String> headers) {
        if (!headers.isEmpty()) {
            Varints.write(out(), headers.size());
            headers.forEach((key, value) -> {
                writeString(key);
                writeString(value);
            });
        }
        out().writeByte(0);
    }

    private EventBatchBuilder addBody(byte[] body, int offset, int length) {
        Varints.write(out(), length);
        out().writeBytes(body, offset, length);
        events++;
        bodyBytes += length;
        return this;
    }

    private void writeString(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        Varints.write(out(), utf8.length);
        out().writeBytes(utf8);
    }
}
