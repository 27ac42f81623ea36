package org.millrace.hdfs;

import java.io.IOException;
import org.millrace.codec.EventReader;

/** Writes events into one file. One thread at a time. */
interface EventWriter {
    /** Adds the event that the reader stands on. */
    void append(EventReader event) throws IOException;

    /** Makes all events so far visible to readers, and safe against a crash of this agent. */
    void flush() throws IOException;

    /** Writes what is left and whatever ends the format. The stream stays open: it has an owner. */
    void finish() throws IOException;

    /** Drops what has not been flushed and gives back what it holds, without a call into Hadoop. */
    void discard();
}
