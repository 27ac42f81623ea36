package org.millrace.thrift;

import io.netty.buffer.ByteBuf;
import org.apache.thrift.TConfiguration;
import org.apache.thrift.transport.TTransport;

/** Frames being written by libthrift's protocols behind one another into a buffer, which stays its owner's. Not thread-safe. */
final class FrameOutput extends TTransport {
    private final ByteBuf out;
    private final int start;

    /** Begins a frame at the end of what is in the buffer. */
    FrameOutput(ByteBuf out) {
        this.out = out;
        this.start = out.writerIndex();
        out.writeInt(0);
    }

    /** Bytes of the frame so far, without its length. */
    int bytes() {
        return out.writerIndex() - start - Integer.BYTES;
    }

    /** Ends the frame. */
    void end() {
        out.setInt(start, bytes());
    }

    @Override
    public void write(byte[] from, int offset, int length) {
        out.writeBytes(from, offset, length);
    }

    @Override
    public int read(byte[] to, int offset, int length) {
        throw new UnsupportedOperationException("an output");
    }

    @Override
    public void checkReadBytesAvailable(long bytes) {
        throw new UnsupportedOperationException("an output");
    }

    @Override
    public void updateKnownMessageSize(long size) {
        // nothing is read
    }

    @Override
    public void resetMessageSizeAndConsumedBytes(long size) {
        // as above
    }

    @Override
    public TConfiguration getConfiguration() {
        return TConfiguration.DEFAULT;
    }

    @Override
    public boolean isOpen() {
        return true;
    }

    @Override
    public void open() {
        // there is nothing to open
    }

    @Override
    public void close() {
        // the buffer is its owner's
    }
}
