package org.millrace.codec;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Reads Avro's primitives from bytes from outside; never past their end, and no length is believed before the bytes are there.
 * Each reading names what it reads, for the message. Not thread-safe.
 */
public final class WireReader {
    private static final int UNKNOWN = -1;

    private byte[] array;
    private int position;
    private int end;
    private int blockEnd = UNKNOWN;

    public WireReader(byte[] array, int offset, int length) {
        this.array = array;
        this.position = offset;
        this.end = offset + length;
    }

    /** Goes on with other bytes. */
    public void reset(byte[] array, int offset, int length) {
        this.array = array;
        this.position = offset;
        this.end = offset + length;
    }

    /** Where the next reading starts, in the array. */
    public int position() {
        return position;
    }

    /** Bytes not read yet. */
    public int remaining() {
        return end - position;
    }

    /** Avro's {@code int} and {@code long}. */
    public long readLong(String what) {
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

    /** The length of a run of bytes, which are there. */
    public int readLength(String what) {
        long length = readLong(what);
        if (length < 0 || length > end - position) {
            throw new MalformedException(what + " length: " + length + " (expected: 0 to " + (end - position) + ")");
        }
        return (int) length;
    }

    /** An index of a union or enum that has so many entries. */
    public int readIndex(String what, int entries) {
        long index = readLong(what);
        if (index < 0 || index >= entries) {
            throw new MalformedException(what + " index: " + index + " (expected: 0 to " + (entries - 1) + ")");
        }
        return (int) index;
    }

    /** Moves on by a length that {@link #readLength} gave. */
    public void skip(int length) {
        position += length;
    }

    /** Moves on by a number of bytes that need not be there. */
    public void skipFixed(String what, int bytes) {
        if (bytes > end - position) {
            throw cutShort(what);
        }
        position += bytes;
    }

    /** A copy of the next bytes. */
    public byte[] readFixed(String what, int bytes) {
        int from = position;
        skipFixed(what, bytes);
        return Arrays.copyOfRange(array, from, position);
    }

    /** A string that takes at most so many bytes. */
    public String readString(String what, String limit, int most) {
        int length = readLength(what);
        if (length > most) {
            throw new LimitExceededException(limit, length, most);
        }
        position += length;
        return new String(array, position - length, length, StandardCharsets.UTF_8);
    }

    /** Moves on if the next bytes are these; true if so. */
    public boolean skipIf(byte[] expected) {
        if (expected.length > end - position
                || !Arrays.equals(array, position, position + expected.length, expected, 0, expected.length)) {
            return false;
        }
        position += expected.length;
        return true;
    }

    /**
     * The number of items in the next block of an array or map, 0 at its end. An item takes a byte at least, so the bytes left
     * bound it. Where a block says its size, {@link #blockEnd} is to be asked next and {@link #checkBlockEnd} behind the items.
     */
    public int readBlockCount(String what) {
        long count = readLong(what);
        blockEnd = UNKNOWN;
        if (count < 0) {
            int size = readSize(what);
            blockEnd = position + size;
            count = -count; // stays negative for Long.MIN_VALUE
        }
        if (count < 0 || count > end - position) {
            throw new MalformedException(
                    what + " block count: " + count + " (expected: 0 to " + (end - position) + ")");
        }
        return (int) count;
    }

    /** Where the block ends whose count was read last, by what it says itself. */
    public int blockEnd() {
        return blockEnd;
    }

    /** Some readers go by a block's size and some by its items: they must not see different things. */
    public void checkBlockEnd(String what, int blockEnd) {
        if (blockEnd != UNKNOWN && blockEnd != position) {
            throw new MalformedException(
                    what + " block size: off by " + (blockEnd - position) + " (expected: what its items take)");
        }
    }

    private int readSize(String what) {
        long size = readLong(what);
        if (size < 0 || size > end - position) {
            throw new MalformedException(what + " block size: " + size + " (expected: 0 to " + (end - position) + ")");
        }
        return (int) size;
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
        if (position == end) {
            throw cutShort(what);
        }
        throw new MalformedException(what + ": a number of more than " + Varints.MAX_BYTES + " bytes");
    }

    private static MalformedException cutShort(String what) {
        return new MalformedException(what + ": cut short (expected: more bytes)");
    }
}
