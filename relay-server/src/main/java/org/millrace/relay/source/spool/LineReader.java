package org.millrace.relay.source.spool;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.util.Arrays;
import org.millrace.relay.source.file.ByteScan;

/**
 * Cuts a file into the bodies of events, a line each, in big reads. Lines end at a newline only: a carriage return belongs to the
 * line. What follows the last newline is a line too, unless it is nothing. A line of more than {@link LineFormat#maxChars} is cut and
 * goes on in the next event; one of exactly so many is not.
 *
 * <p>One thread. The file belongs to the caller.
 */
final class LineReader implements EventCutter {
    static final int BLOCK_BYTES = 256 << 10;
    /** The most that one event may hold, for who sets no limit. */
    private static final long MAX_LINE_BYTES = 256 << 20;
    /** The longest character of any charset, and some more for what shifts between its sets. */
    private static final int MAX_BYTES_PER_CHAR = 4;

    private static final int SHIFT_BYTES = 16;

    private final FileChannel file;
    private final FileEncoding encoding;
    private final byte[] newline;
    private final int windowBytes;
    private final BodyConverter body;

    private byte[] buffer;
    /** Where in the file the buffer's first byte stands. */
    private long bufferStart;

    private int position;
    private int limit;
    private boolean ended;

    /**
     * @param offset where the next line begins, in bytes; 0 is also good in front of a byte order mark
     * @param buffer to read into; bigger ones are used where lines need it
     */
    LineReader(FileChannel file, long offset, LineFormat format, byte[] buffer) throws IOException {
        this.file = file;
        this.encoding = FileEncoding.of(file, format.input());
        this.newline = encoding.newline();
        this.windowBytes = (int) Math.min(MAX_LINE_BYTES, (long) format.maxChars() * MAX_BYTES_PER_CHAR + SHIFT_BYTES);
        this.body = new BodyConverter(format, encoding);
        this.buffer = buffer;
        this.bufferStart = Math.max(offset, encoding.markBytes());
        file.position(bufferStart);
    }

    /**
     * Moves to the next event; false at the end of the file.
     *
     * @throws IOException if the file cannot be read or decoded: {@link #offset} still stands in front of the line
     */
    @Override
    public boolean next() throws IOException {
        int searched = 0; // bytes of the line known to hold no newline
        while (true) {
            int available = Math.min(limit - position, windowBytes);
            int lineBytes = lineLength(searched, available);
            if (lineBytes >= 0) {
                take(lineBytes, newline.length, true);
                return true;
            }
            if (available == windowBytes) {
                take(available, 0, false);
                return true;
            }
            searched = available - available % newline.length;
            if (!fill()) {
                if (available > 0) {
                    take(available, 0, true);
                }
                return available > 0;
            }
        }
    }

    /** Where in the file the next event begins. */
    @Override
    public long offset() {
        return bufferStart + position;
    }

    /** True if nothing was left to read when last looked. Not before {@link #next} has said so, or the last line had no newline. */
    @Override
    public boolean isAtEnd() {
        return ended && position == limit;
    }

    @Override
    public byte[] array() {
        return body.array();
    }

    @Override
    public int bodyOffset() {
        return body.offset();
    }

    @Override
    public int bodyLength() {
        return body.length();
    }

    private void take(int bytes, int terminatorBytes, boolean isWhole) throws IOException {
        try {
            int used = body.convert(buffer, position, bytes, isWhole);
            position += used == bytes ? used + terminatorBytes : used;
        } catch (CharacterCodingException e) {
            throw new IOException(
                    "the line at byte " + offset() + " is not "
                            + encoding.charset().name() + " (inputCharset, decodeErrorPolicy FAIL)",
                    e);
        }
    }

    /** Bytes up to the next newline in what is there of the line, or -1. */
    private int lineLength(int searched, int available) {
        if (newline.length == 1) {
            int at = ByteScan.indexOf(buffer, position + searched, position + available, newline[0]);
            return at < 0 ? -1 : at - position;
        }
        for (int i = searched; i <= available - newline.length; i += newline.length) {
            int at = position + i;
            if (Arrays.equals(buffer, at, at + newline.length, newline, 0, newline.length)) {
                return i;
            }
        }
        return -1;
    }

    /** Moves what is left to the front and reads on behind it; false at the end of the file. */
    private boolean fill() throws IOException {
        if (ended) {
            return false;
        }
        System.arraycopy(buffer, position, buffer, 0, limit - position);
        bufferStart += position;
        limit -= position;
        position = 0;
        if (limit == buffer.length) {
            buffer = Arrays.copyOf(buffer, (int) Math.min(2L * limit, (long) windowBytes + BLOCK_BYTES));
        }
        int read = file.read(ByteBuffer.wrap(buffer, limit, buffer.length - limit));
        if (read < 0) {
            ended = true;
            return false;
        }
        limit += read;
        return true;
    }
}
