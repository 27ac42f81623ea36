package org.millrace.bench;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/**
 * Finds the frames in what arrives, looks at the first and the last bytes of each and at no others. Trusts its peer: it is for
 * measuring, not for the open. One connection's event loop.
 */
abstract class FrameWalker {
    /** Enough for handshake, call metadata, the message's name and the number of events. */
    private static final int HEAD_BYTES = 96;

    private static final int TAIL_BYTES = 2;

    private final byte[] head = new byte[HEAD_BYTES];
    private int headBytes;
    private int tail;

    private State state = State.SERIAL;
    private int number; // an int that is being put together
    private int numberBytes;
    private int serial;
    private int buffersLeft;
    private int bytesLeft;

    private enum State {
        SERIAL,
        COUNT,
        LENGTH,
        BYTES
    }

    /**
     * A frame has ended.
     *
     * @param head the first bytes of its payload
     * @param headBytes how many of them there are
     * @param lastTwo the last two bytes of its payload, as a number
     */
    abstract void frame(int serial, byte[] head, int headBytes, int lastTwo);

    /** Walks over all readable bytes. */
    final void walk(ByteBuf in) {
        while (in.isReadable()) {
            if (state == State.BYTES) {
                walkBytes(in);
            } else if (readNumber(in)) {
                takeNumber();
            }
        }
    }

    private boolean readNumber(ByteBuf in) {
        if (numberBytes == 0 && in.readableBytes() >= Integer.BYTES) {
            number = in.readInt();
            return true;
        }
        number = (number << 8) | in.readUnsignedByte();
        if (++numberBytes < Integer.BYTES) {
            return false;
        }
        numberBytes = 0;
        return true;
    }

    private void takeNumber() {
        switch (state) {
            case SERIAL -> {
                serial = number;
                state = State.COUNT;
            }
            case COUNT -> {
                buffersLeft = number;
                state = State.LENGTH;
            }
            default -> {
                bytesLeft = number;
                state = State.BYTES;
                if (bytesLeft == 0) {
                    endBuffer();
                }
            }
        }
        number = 0;
    }

    private void walkBytes(ByteBuf in) {
        int length = Math.min(bytesLeft, in.readableBytes());
        int from = in.readerIndex();
        int forHead = Math.min(HEAD_BYTES - headBytes, length);
        if (forHead > 0) {
            in.getBytes(from, head, headBytes, forHead);
            headBytes += forHead;
        }
        for (int i = Math.max(0, length - TAIL_BYTES); i < length; i++) {
            tail = ((tail << 8) | in.getUnsignedByte(from + i)) & 0xFFFF;
        }
        in.skipBytes(length);
        bytesLeft -= length;
        if (bytesLeft == 0) {
            endBuffer();
        }
    }

    private void endBuffer() {
        state = State.LENGTH;
        if (--buffersLeft == 0) {
            frame(serial, head, headBytes, tail);
            headBytes = 0;
            state = State.SERIAL;
        }
    }

    /** Where a text stands in the head, or -1. */
    static int find(byte[] text, byte[] head, int headBytes) {
        for (int at = 0; at <= headBytes - text.length; at++) {
            if (Arrays.equals(head, at, at + text.length, text, 0, text.length)) {
                return at;
            }
        }
        return -1;
    }
}
