package org.millrace.relay.source.syslog;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/**
 * Cuts a stream into messages (RFC 6587): a message ends with its line, or has its length in front, as in {@code 34 <13>Oct …}. A
 * message that is too long comes in pieces, the first of which is cut. Empty lines are skipped. One thread.
 */
final class MessageFramer {
    /** Longer messages than such a count can say are none of ours. */
    private static final int MAX_COUNT_DIGITS = 7;

    private static final int FIRST_BYTES = 512;
    /** A buffer that has grown beyond this is not kept for the next message. */
    private static final int KEPT_BYTES = 64 << 10;

    private final int maxBytes;
    private final boolean takesCounts;
    private final Taker taker;

    private State state = State.START;
    private byte[] buffer = new byte[FIRST_BYTES];
    private int length;
    /** What is still to come of a message with its length in front. */
    private int countedBytes;

    private enum State {
        START,
        /** In what may be a length: digits, a blank, an angle bracket and a digit. */
        COUNT,
        LINE,
        COUNTED
    }

    /** Gets the messages. */
    interface Taker {
        /**
         * A message, or a piece of one.
         *
         * @param bytes read before the call returns
         * @param isCut whether the message goes on
         */
        void take(byte[] bytes, int length, boolean isCut);
    }

    /**
     * @param maxBytes the most in one piece, at least 10
     * @param takesCounts whether a length may stand in front of a message
     */
    MessageFramer(int maxBytes, boolean takesCounts, Taker taker) {
        this.maxBytes = maxBytes;
        this.takesCounts = takesCounts;
        this.taker = taker;
    }

    /** True if a message has begun and not ended. */
    boolean isMidMessage() {
        return state != State.START;
    }

    /** Reads all there is. */
    void read(ByteBuf in) {
        while (in.isReadable()) {
            switch (state) {
                case START -> start(in);
                case COUNT -> readCount(in);
                case LINE -> readLine(in);
                case COUNTED -> readCounted(in);
            }
        }
    }

    private void start(ByteBuf in) {
        byte first = in.getByte(in.readerIndex());
        if (first == '\n') {
            in.skipBytes(1);
        } else {
            state = takesCounts && first >= '1' && first <= '9' ? State.COUNT : State.LINE;
        }
    }

    private void readCount(ByteBuf in) {
        byte next = in.getByte(in.readerIndex());
        int digits = 0;
        while (digits < length && isDigit(buffer[digits])) {
            digits++;
        }
        int behind = length - digits; // of the blank and the bracket
        boolean fits = switch (behind) {
            case 0 -> (isDigit(next) && digits < MAX_COUNT_DIGITS) || next == ' ';
            case 1 -> next == '<';
            default -> isDigit(next);
        };
        if (!fits) {
            state = State.LINE; // which begins with digits, and that is all
            return;
        }
        append(in, 1);
        if (behind == 2) {
            beginCounted(digits);
        }
    }

    private void beginCounted(int digits) {
        int count = 0;
        for (int i = 0; i < digits; i++) {
            count = count * 10 + buffer[i] - '0';
        }
        if (count < 2) { // no room for what has come already
            state = State.LINE;
            return;
        }
        buffer[0] = buffer[length - 2];
        buffer[1] = buffer[length - 1];
        length = 2;
        countedBytes = count - 2;
        state = State.COUNTED;
        endCounted();
    }

    private void readCounted(ByteBuf in) {
        int take = Math.min(Math.min(countedBytes, in.readableBytes()), maxBytes - length);
        append(in, take);
        countedBytes -= take;
        endCounted();
    }

    private void endCounted() {
        if (countedBytes == 0) {
            int whole = length > 0 && buffer[length - 1] == '\n' ? length - 1 : length; // some send both
            state = State.START;
            emit(whole, false);
        } else if (length == maxBytes) {
            emit(length, true);
        }
    }

    private void readLine(ByteBuf in) {
        int lineEnd = in.bytesBefore((byte) '\n');
        int toCome = lineEnd < 0 ? in.readableBytes() : lineEnd;
        int take = Math.min(toCome, maxBytes - length);
        append(in, take);
        if (length == maxBytes) { // the end of its line, if it comes next, is an empty line
            state = State.START;
            emit(length, true);
        } else if (lineEnd >= 0) {
            in.skipBytes(1);
            state = State.START;
            emit(length, false);
        }
    }

    private void emit(int bytes, boolean isCut) {
        length = 0;
        if (bytes > 0) {
            taker.take(buffer, bytes, isCut);
        }
        if (buffer.length > KEPT_BYTES) {
            buffer = new byte[FIRST_BYTES];
        }
    }

    private void append(ByteBuf in, int bytes) {
        if (length + bytes > buffer.length) {
            buffer = Arrays.copyOf(buffer, Math.max(length + bytes, 2 * buffer.length));
        }
        in.readBytes(buffer, length, bytes);
        length += bytes;
    }

    private static boolean isDigit(byte b) {
        return b >= '0' && b <= '9';
    }
}
