package org.millrace.hdfs;

import java.io.IOException;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.millrace.codec.EventReader;

/** {@code DataStream}: the events' text and nothing else. A body goes straight from its batch into the chunk for Hadoop. */
record TextFormat(EventText text, ChunkedOutput.Chunks chunks) implements EventFormat {
    @Override
    public EventWriter begin(FSDataOutputStream out) {
        return new Writer(text, new ChunkedOutput(out, out::hflush, chunks));
    }

    @Override
    public String suffix() {
        return "";
    }

    private record Writer(EventText text, ChunkedOutput out) implements EventWriter {
        @Override
        public void append(EventReader event) throws IOException {
            text.write(event, out);
        }

        @Override
        public void flush() throws IOException {
            out.hflush();
        }

        @Override
        public void finish() throws IOException {
            out.close();
        }

        @Override
        public void discard() {
            out.discard();
        }
    }
}
