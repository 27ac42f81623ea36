package org.millrace.relay.source.taildir;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.millrace.relay.source.file.ByteScan;

/**
 * Cuts what was added to a file into lines, in big reads; bytes are not changed. A line ends at a newline, which is left out together with
 * one carriage return in front of it. One buffer serves all files, one after another. One thread.
 */
final class TailLines {
    /** Of a {@link TailEnd}: what has no newline yet is no line. */
    static final long NO_TAIL = -1;

    /** Asked where the file ends once that has been reached. */
    @FunctionalInterface
    interface TailEnd {
        /** Where in the file what has no newline yet is a line, if it ends just there; {@link #NO_TAIL} for nowhere. */
        long find() throws IOException;
    }

    private static final int BLOCK_BYTES = 256 << 10;

    private final int maxLineBytes;

    private byte[] buffer = new byte[BLOCK_BYTES];
    private @Nullable FileChannel file;
    /** Where in the file the buffer's first byte stands. */
    private long bufferStart;

    private int position;
    private int limit;

    private int lineStart;
    private int lineBytes;
    private long linesCut;

    TailLines(int maxLineBytes) {
        this.maxLineBytes = maxLineBytes;
    }

    /** Goes on in a file, at a byte where a line begins. Bytes that are in the buffer already are not read again. */
    void moveTo(FileChannel next, long offset) {
        if (next != file || offset != offset()) {
            file = next;
            bufferStart = offset;
            position = 0;
            limit = 0;
        }
    }

    /** Forgets what is in the buffer: the file may have changed. */
    void forget() {
        file = null;
        if (buffer.length > BLOCK_BYTES) {
            buffer = new byte[BLOCK_BYTES]; // one long line need not be paid for ever
        }
    }

    /**
     * Moves behind the next line, which {@link #array}, {@link #lineStart} and {@link #lineBytes} then show until the next call.
     *
     * @param tailEnd asked only where something without a newline stands at the end of the file
     * @return false if there is no further line, and then nothing has moved
     */
    boolean next(TailEnd tailEnd) throws IOException {
        int searched = 0;
        while (true) {
            int available = Math.min(limit - position, maxLineBytes + 1);
            int end = ByteScan.indexOf(buffer, position + searched, position + available, (byte) '\n');
            if (end >= 0) {
                boolean isReturned = end > position && buffer[end - 1] == '\r';
                show(end - position - (isReturned ? 1 : 0), end + 1);
                return true;
            }
            if (available > maxLineBytes) {
                linesCut++;
                show(maxLineBytes, position + maxLineBytes);
                return true;
            }
            searched = available;
            if (!fill()) {
                if (available == 0 || bufferStart + limit != tailEnd.find()) {
                    return false;
                }
                show(available, position + available);
                return true;
            }
        }
    }

    byte[] array() {
        return buffer;
    }

    int lineStart() {
        return lineStart;
    }

    int lineBytes() {
        return lineBytes;
    }

    /** Where in the file the next line begins. */
    long offset() {
        return bufferStart + position;
    }

    /** Lines that were too long so far, a line counted as often as it was cut. */
    long linesCut() {
        return linesCut;
    }

    private void show(int bytes, int next) {
        lineStart = position;
        lineBytes = bytes;
        position = next;
    }

    /** Moves what is left to the front and reads on behind it; false at the end of the file. */
    private boolean fill() throws IOException {
        if (file == null) {
            return false;
        }
        System.arraycopy(buffer, position, buffer, 0, limit - position);
        bufferStart += position;
        limit -= position;
        position = 0;
        if (limit == buffer.length) {
            buffer = Arrays.copyOf(buffer, (int) Math.min(2L * limit, (long) maxLineBytes + BLOCK_BYTES));
        }
        int read = file.read(ByteBuffer.wrap(buffer, limit, buffer.length - limit), bufferStart + limit);
        if (read <= 0) {
            return false;
        }
        limit += read;
        return true;
    }
}
