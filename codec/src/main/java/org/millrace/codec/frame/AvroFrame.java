package org.millrace.codec.frame;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.DefaultByteBufHolder;

/**
 * One message of the transport: a serial number, which an answer repeats, and the payload of all its buffers put together. Where
 * one buffer ended and the next began has no meaning and is forgotten.
 *
 * <p>Who gets a frame owns it, and releases it once or hands {@link #content} on. The payload has an array.
 */
public final class AvroFrame extends DefaultByteBufHolder {
    private final int serial;

    /** @param payload taken over; has an array */
    public AvroFrame(int serial, ByteBuf payload) {
        super(payload);
        this.serial = serial;
    }

    /** Chosen by whoever asks, per connection; any number. */
    public int serial() {
        return serial;
    }

    @Override
    public AvroFrame replace(ByteBuf content) {
        return new AvroFrame(serial, content);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof AvroFrame frame && frame.serial == serial && super.equals(frame);
    }

    @Override
    public int hashCode() {
        return 31 * super.hashCode() + serial;
    }

    @Override
    public String toString() {
        return "AvroFrame(serial " + serial + ", " + content().readableBytes() + " bytes)";
    }
}
