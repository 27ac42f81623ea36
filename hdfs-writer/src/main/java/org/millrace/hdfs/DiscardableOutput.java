package org.millrace.hdfs;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/**
 * Stands between what is to be closed, to give its memory back, and a file that has another owner: a close does not reach the file, and
 * after {@link #discard} nothing does. One thread at a time.
 */
final class DiscardableOutput extends FilterOutputStream {
    private boolean discarded;

    DiscardableOutput(OutputStream file) {
        super(file);
    }

    /** What is written from now on goes nowhere. */
    void discard() {
        discarded = true;
    }

    @Override
    public void write(int b) throws IOException {
        if (!discarded) {
            out.write(b);
        }
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        if (!discarded) {
            out.write(bytes, offset, length);
        }
    }

    @Override
    public void flush() {
        // only hflush counts
    }

    @Override
    public void close() {
        // the file has an owner
    }
}
