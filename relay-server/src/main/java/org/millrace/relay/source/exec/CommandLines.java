package org.millrace.relay.source.exec;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.millrace.codec.EventBatchBuilder;
import org.millrace.relay.source.file.ByteScan;

/**
 * What a command has printed and nobody has taken yet: bytes go in, lines come out. It holds so much and no more, and who puts bytes in
 * waits meanwhile, so that the command feels it in its pipe. A line ends at a newline, a carriage return, or both. Thread-safe.
 */
final class CommandLines {
    private static final byte[] NO_HEADERS = EventBatchBuilder.encodeHeaders(Map.of());
    private static final byte[] LINE_ENDS = {'\r', '\n'};
    private static final int ROOM_BYTES = 256 << 10;

    private final Charset charset;
    private final boolean isAsciiBased;
    private final int maxLineBytes;

    private byte[] buffer = new byte[ROOM_BYTES];
    private int position;
    private int limit;
    /** Bytes behind the position that are known to hold no line end. */
    private int searched;

    private boolean skipsNewline;
    private boolean hasEnded;
    private boolean isWoken;
    private long linesCut;

    /** @param maxLineBytes a longer line is cut, and goes on as the next one; in UTF-8 where the charset has no ASCII in it */
    CommandLines(Charset charset, int maxLineBytes) {
        this.charset = charset;
        this.isAsciiBased = isAsciiBased(charset);
        this.maxLineBytes = maxLineBytes;
    }

    /** True if line ends can be found in the bytes. If not, {@link #append} wants UTF-8. */
    static boolean isAsciiBased(Charset charset) {
        return !charset.canEncode()
                || Arrays.equals(new String(LINE_ENDS, StandardCharsets.US_ASCII).getBytes(charset), LINE_ENDS);
    }

    /**
     * Adds bytes; waits until there is room for them.
     *
     * @return false if nobody takes them, since this has ended
     */
    synchronized boolean append(byte[] bytes, int length) throws InterruptedException {
        while (limit - position > ROOM_BYTES && hasLine() && !hasEnded) {
            wait();
        }
        if (hasEnded) {
            return false;
        }
        if (position > 0) {
            System.arraycopy(buffer, position, buffer, 0, limit - position);
            limit -= position;
            position = 0;
        }
        if (buffer.length - limit < length) {
            buffer = Arrays.copyOf(buffer, Math.max(limit + length, Math.min(2 * buffer.length, maxLineBytes)));
        }
        System.arraycopy(bytes, 0, buffer, limit, length);
        limit += length;
        notifyAll();
        return true;
    }

    /** Nothing more will come: what is left is a line. */
    synchronized void end() {
        hasEnded = true;
        notifyAll();
    }

    /** Takes lines into the batch, as long as there are whole ones and the batch has room. */
    synchronized void take(EventBatchBuilder batch, int maxEvents, int maxBytes) {
        while (batch.events() < maxEvents && batch.encodedBytes() < maxBytes && takeLine(batch)) {
            // goes on
        }
        notifyAll();
    }

    /** Waits for a line, for the end, or to be woken, but no longer than this. */
    synchronized void await(long nanos) throws InterruptedException {
        await(nanos, false);
    }

    /** The same once it was woken: waits for a line or for the end. */
    synchronized void awaitLastWords(long nanos) throws InterruptedException {
        await(nanos, true);
    }

    private void await(long nanos, boolean evenIfWoken) throws InterruptedException {
        long deadline = System.nanoTime() + nanos;
        long left = nanos;
        while (left > 0 && (evenIfWoken || !isWoken) && !hasEnded && !hasLine()) {
            TimeUnit.NANOSECONDS.timedWait(this, left);
            left = deadline - System.nanoTime();
        }
    }

    /** Nobody waits here any longer. */
    synchronized void wake() {
        isWoken = true;
        notifyAll();
    }

    /** True if nothing more will come out. */
    synchronized boolean isOver() {
        return hasEnded && position == limit;
    }

    /** True if bytes are waiting. */
    synchronized boolean hasBytes() {
        return position < limit;
    }

    /** Lines that were too long so far. */
    synchronized long linesCut() {
        return linesCut;
    }

    private boolean takeLine(EventBatchBuilder batch) {
        skipNewline();
        int end = lineEnd();
        if (end >= 0) {
            add(batch, end - position);
            skipsNewline = buffer[end] == '\r';
            position = end + 1;
        } else if (limit - position > maxLineBytes) {
            linesCut++;
            add(batch, maxLineBytes);
            position += maxLineBytes;
        } else if (hasEnded && position < limit) {
            add(batch, limit - position);
            position = limit;
        } else {
            return false;
        }
        searched = 0;
        return true;
    }

    /** The second half of a line end, which may come later than the first. */
    private void skipNewline() {
        if (skipsNewline && position < limit) {
            skipsNewline = false;
            if (buffer[position] == '\n') {
                position++;
            }
        }
    }

    private boolean hasLine() {
        skipNewline();
        return lineEnd() >= 0 || limit - position > maxLineBytes;
    }

    private int lineEnd() {
        int from = Math.min(position + searched, limit);
        int most = Math.min(limit, position + maxLineBytes + 1);
        int newline = ByteScan.indexOf(buffer, from, most, (byte) '\n');
        int end = newline < 0 ? most : newline;
        int carriageReturn = ByteScan.indexOf(buffer, from, end, (byte) '\r');
        if (carriageReturn < 0 && newline < 0) {
            searched = most - position;
        }
        return carriageReturn >= 0 ? carriageReturn : newline;
    }

    /** Bodies are decoded and encoded again, so that bytes that are no characters come out as replacements. */
    private void add(EventBatchBuilder batch, int length) {
        boolean isAsItIs = isAsciiBased
                && (charset.equals(StandardCharsets.ISO_8859_1)
                        || ByteScan.isAscii(buffer, position, position + length)
                        || (charset.equals(StandardCharsets.UTF_8)
                                && ByteScan.isUtf8(buffer, position, position + length)));
        if (isAsItIs) {
            batch.add(NO_HEADERS, buffer, position, length);
        } else {
            Charset in = isAsciiBased ? charset : StandardCharsets.UTF_8;
            byte[] body = new String(buffer, position, length, in).getBytes(charset);
            batch.add(NO_HEADERS, body, 0, body.length);
        }
    }
}
