package org.millrace.codec;

import io.netty.buffer.ByteBuf;

/**
 * Finds the boundaries of encoded events in bytes from outside, checks each length against what is there, and joins the blocks
 * of an array into the one run that an {@link EventBatch} is. No event is decoded. Format: Avro 1.12 specification, arrays and
 * maps in any number of blocks, a negative count followed by the block's size in bytes.
 *
 * <p>Not thread-safe; a connection has its own.
 */
public final class BatchScanner {
    private static final byte[] EMPTY = new byte[0];

    private final CodecLimits limits;

    private byte[] array = EMPTY;
    private int start;
    private int position;
    private int end;
    private long bodyBytes;

    public BatchScanner(CodecLimits limits) {
        this.limits = limits;
    }

    /**
     * Reads the parameters of {@code appendBatch}, an array of events.
     *
     * @param in has an array; its readable bytes start with the Avro array; taken over, also on failure. Bytes behind the array
     *     are dropped, as Avro's own readers do
     * @throws MalformedException if the bytes are not what they should be
     */
    public EventBatch scanArray(ByteBuf in) {
        return scan(in, true);
    }

    /** Reads the parameter of {@code append}, a single event. Otherwise as {@link #scanArray}. */
    public EventBatch scanSingle(ByteBuf in) {
        return scan(in, false);
    }

    private EventBatch scan(ByteBuf in, boolean isArray) {
        boolean done = false;
        try {
            array = in.array();
            start = in.arrayOffset() + in.readerIndex();
            position = start;
            end = start + in.readableBytes();
            bodyBytes = 0;
            int events = isArray ? joinBlocks() : scanEvents(1);
            int base = in.arrayOffset();
            in.setIndex(start - base, position - base);
            EventBatch batch = new EventBatch(in, events, bodyBytes);
            done = true;
            return batch;
        } finally {
            array = EMPTY;
            if (!done) {
                in.release();
            }
        }
    }

    /** Leaves {@link #start} and {@link #position} around the run of all blocks' events; returns their number. */
    private int joinBlocks() {
        int events = 0;
        int runEnd = -1;
        while (true) {
            int blockEvents = readBlockCount("array", limits.maxBatchEvents() - events);
            if (blockEvents == 0) {
                break;
            }
            int from = position;
            scanEvents(blockEvents);
            events += blockEvents;
            if (runEnd < 0) {
                start = from;
                runEnd = position;
            } else { // a rare second block: move it up to the first one
                System.arraycopy(array, from, array, runEnd, position - from);
                runEnd += position - from;
            }
        }
        if (runEnd < 0) {
            start = position;
            runEnd = position;
        }
        position = runEnd;
        return events;
    }

    private int scanEvents(int count) {
        for (int i = 0; i < count; i++) {
            skipHeaders();
            int length = readLength("body");
            bodyBytes += length;
            position += length;
        }
        return count;
    }

    private void skip(int bytes) {
        position += bytes;
    }

    private void skipHeaders() {
        int from = position;
        int entries;
        while ((entries = readBlockCount("header map", Integer.MAX_VALUE)) != 0) {
            for (int i = 0; i < entries; i++) {
                skip(readLength("header name"));
                skip(readLength("header value"));
            }
            checkHeaderBytes(position - from);
        }
        checkHeaderBytes(position - from);
    }

    private void checkHeaderBytes(int length) {
        if (length > limits.maxHeaderBytes()) {
            throw new LimitExceededException("maxHeaderBytes", length, limits.maxHeaderBytes());
        }
    }

    /** The number of items in the next block, 0 at the end. An item takes a byte at least, so the bytes left bound it too. */
    private int readBlockCount(String what, int most) {
        long count = readLong(what);
        if (count < 0) {
            long size = readLong(what);
            if (size < 0 || size > end - position) {
                throw new MalformedException(
                        what + " block size: " + size + " (expected: 0 to " + (end - position) + ")");
            }
            count = -count; // stays negative for Long.MIN_VALUE
        }
        if (count < 0 || count > end - position) {
            throw new MalformedException(
                    what + " block count: " + count + " (expected: 0 to " + (end - position) + ")");
        }
        if (count > most) {
            throw new LimitExceededException("maxBatchEvents", count, limits.maxBatchEvents());
        }
        return (int) count;
    }

    private int readLength(String what) {
        long length = readLong(what);
        if (length < 0 || length > end - position) {
            throw new MalformedException(what + " length: " + length + " (expected: 0 to " + (end - position) + ")");
        }
        return (int) length;
    }

    private long readLong(String what) {
        if (position < end) {
            int b = array[position];
            if (b >= 0) { // nearly always: the number fits a byte
                position++;
                int value = (b >>> 1) ^ -(b & 1);
                return value;
            }
        }
        return readLongLong(what);
    }

    private long readLongLong(String what) {
        long zigzag = 0;
        int last = Math.min(end, position + Varints.MAX_BYTES);
        for (int shift = 0; position < last; shift += 7) {
            int b = array[position++];
            zigzag |= (b & 0x7FL) << shift;
            if (b >= 0) {
                return (zigzag >>> 1) ^ -(zigzag & 1);
            }
        }
        throw new MalformedException(
                position == end
                        ? what + ": cut short (expected: more bytes)"
                        : what + ": a number of more than " + Varints.MAX_BYTES + " bytes");
    }
}
