package org.millrace.relay.cli;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/**
 * Reads lines as bytes, whatever they are encoded in. A line ends with a newline, or a carriage return and a newline, which do not
 * belong to it; or with the end of the input. One thread; the stream belongs to the caller.
 */
final class LineInput {
    private static final int INITIAL_BYTES = 64 << 10;
    private static final int MAX_LINE_BYTES = 64 << 20;

    private final InputStream in;
    private byte[] buffer = new byte[INITIAL_BYTES];
    private int position;
    private int limit;
    private long lines;

    private int offset;
    private int length;

    LineInput(InputStream in) {
        this.in = in;
    }

    /** Moves to the next line; waits for it. False at the end. */
    boolean next() throws IOException {
        int searched = position;
        while (true) {
            for (int i = searched; i < limit; i++) {
                if (buffer[i] == '\n') {
                    take(i, i + 1);
                    return true;
                }
            }
            searched = limit - position;
            if (!fill()) {
                break;
            }
            searched += position;
        }
        if (position == limit) {
            return false;
        }
        take(limit, limit);
        return true;
    }

    /** True if the next line would have to be waited for, or there is none. */
    boolean wouldWait() throws IOException {
        for (int i = position; i < limit; i++) {
            if (buffer[i] == '\n') {
                return false;
            }
        }
        return in.available() == 0;
    }

    /** Where the line stands in {@link #array}, until the next is read. */
    int offset() {
        return offset;
    }

    /** Bytes of the line. */
    int length() {
        return length;
    }

    byte[] array() {
        return buffer;
    }

    private void take(int end, int next) {
        boolean carriageReturn = next > end && end > position && buffer[end - 1] == '\r';
        offset = position;
        length = end - position - (carriageReturn ? 1 : 0);
        position = next;
        lines++;
    }

    /** Reads on behind what is left of the buffer, which moves to its front; false at the end. */
    private boolean fill() throws IOException {
        System.arraycopy(buffer, position, buffer, 0, limit - position);
        limit -= position;
        position = 0;
        if (limit >= MAX_LINE_BYTES) {
            throw new IOException(
                    "line " + (lines + 1) + " is longer than " + MAX_LINE_BYTES + " bytes (expected: at most so many)");
        }
        if (limit == buffer.length) {
            buffer = Arrays.copyOf(buffer, Math.min(2 * buffer.length, MAX_LINE_BYTES));
        }
        int read = in.read(buffer, limit, buffer.length - limit);
        limit += Math.max(0, read);
        return read >= 0;
    }
}
