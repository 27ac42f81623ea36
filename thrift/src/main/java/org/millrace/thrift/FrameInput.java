package org.millrace.thrift;

import io.netty.buffer.ByteBuf;
import org.apache.thrift.TConfiguration;
import org.apache.thrift.transport.TTransport;
import org.apache.thrift.transport.TTransportException;

/**
 * The bytes of one frame, for libthrift's protocols to read. It believes no length before that many bytes are there, and gives out
 * binaries as views of the frame's array: valid as long as the frame is. Not thread-safe.
 */
final class FrameInput extends TTransport {
    private static final TConfiguration CONFIGURATION = TConfiguration.DEFAULT;

    private final byte[] array;
    private final int end;
    private int position;
    /** The most that one length may be just now, if that is less than what is there. */
    private int mostAtOnce = Integer.MAX_VALUE;

    /** @param frame lent; has an array */
    FrameInput(ByteBuf frame) {
        this.array = frame.array();
        this.position = frame.arrayOffset() + frame.readerIndex();
        this.end = position + frame.readableBytes();
    }

    /** From now on no string or binary may be longer. */
    void allowAtOnce(int bytes) {
        mostAtOnce = bytes;
    }

    @Override
    public int read(byte[] to, int offset, int length) {
        int bytes = Math.min(length, end - position);
        System.arraycopy(array, position, to, offset, bytes);
        position += bytes;
        return bytes;
    }

    @Override
    public byte[] getBuffer() {
        return array;
    }

    @Override
    public int getBufferPosition() {
        return position;
    }

    @Override
    public int getBytesRemainingInBuffer() {
        return end - position;
    }

    @Override
    public void consumeBuffer(int length) {
        position += length;
    }

    @Override
    public void checkReadBytesAvailable(long bytes) throws TTransportException {
        long most = Math.min(mostAtOnce, end - position);
        if (bytes < 0 || bytes > most) {
            throw new TTransportException(
                    TTransportException.END_OF_FILE, "a length of " + bytes + " (expected: 0 to " + most + ")");
        }
    }

    @Override
    public void updateKnownMessageSize(long size) {
        // the frame says it
    }

    @Override
    public void resetMessageSizeAndConsumedBytes(long size) {
        // as above
    }

    @Override
    public TConfiguration getConfiguration() {
        return CONFIGURATION;
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
        // the frame is its owner's
    }

    @Override
    public void write(byte[] from, int offset, int length) {
        throw new UnsupportedOperationException("an input");
    }
}
