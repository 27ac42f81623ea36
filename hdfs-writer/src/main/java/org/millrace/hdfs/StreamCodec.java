package org.millrace.hdfs;

import java.io.IOException;
import java.io.OutputStream;

/** How a {@code CompressedStream} is compressed. Immutable, thread-safe. */
interface StreamCodec {
    /** The end of such files' names, such as {@code .gz}. */
    String extension();

    /** Begins a file. The stream belongs to the caller. */
    Members begin(OutputStream file);

    /**
     * A row of compressed members (blocks, streams, frames), each readable once it has ended: what is written belongs to the open
     * one, and begins one where there is none. One thread at a time. Hadoop is not called by {@link #discard}, nor by a close.
     */
    abstract class Members extends OutputStream {
        @Override
        public final void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public abstract void write(byte[] bytes, int offset, int length) throws IOException;

        /** Ends the open member, if there is one. */
        abstract void endMember() throws IOException;

        /** Ends the file, which has a member at least, and gives everything back. */
        abstract void finish() throws IOException;

        /** Gives everything back. */
        abstract void discard();
    }
}
