package org.millrace.verify;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/** Cuts a stream at its line feeds, without making objects. One thread. */
final class LineScanner {
    /** A longer line is no text: the longest event that a source takes by default has so many bytes. */
    private static final int LONGEST = 128 << 20;

    private final InputStream in;
    private byte[] buffer = new byte[64 << 10];

    LineScanner(InputStream in) {
        this.in = in;
    }

    /** Takes a line, without its line feed; the array is lent. */
    interface Taker {
        void take(byte[] array, int offset, int length);
    }

    /** Hands over every line; the last one may be without a line feed. */
    void forEach(Taker taker) throws IOException {
        int start = 0;
        int end = 0;
        int scanned = 0;
        while (true) {
            for (; scanned < end; scanned++) {
                if (buffer[scanned] == '\n') {
                    taker.take(buffer, start, scanned - start);
                    start = scanned + 1;
                }
            }
            if (start > 0) {
                System.arraycopy(buffer, start, buffer, 0, end - start);
                end -= start;
                scanned -= start;
                start = 0;
            }
            makeRoom(end);
            int read = in.read(buffer, end, buffer.length - end);
            if (read < 0) {
                break;
            }
            end += read;
        }
        if (end > 0) {
            taker.take(buffer, 0, end);
        }
    }

    private void makeRoom(int used) throws IOException {
        if (used < buffer.length) {
            return;
        }
        if (buffer.length >= LONGEST) {
            throw new IOException("a line of more than " + LONGEST + " bytes (expected: text, or a known format)");
        }
        buffer = Arrays.copyOf(buffer, 2 * buffer.length);
    }
}
