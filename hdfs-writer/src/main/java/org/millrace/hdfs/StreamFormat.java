package org.millrace.hdfs;

import java.io.IOException;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.millrace.api.part.EventSerializer;
import org.millrace.codec.EventReader;
import org.millrace.serializer.SchemaSerializer;

/** {@code DataStream}: what the serializer makes of events, and nothing else. */
record StreamFormat(EventSerializer serializer, SyncMode sync, ChunkedOutput.Chunks chunks) implements EventFormat {
    @Override
    public EventWriter begin(FSDataOutputStream file, BucketId bucket) throws IOException {
        ChunkedOutput out = new ChunkedOutput(file, () -> sync.run(file), chunks);
        return new Writer(SchemaSerializer.begin(serializer, out, bucket.schema()), out);
    }

    @Override
    public String suffix() {
        return "";
    }

    private record Writer(EventSerializer.Serialization events, ChunkedOutput out) implements EventWriter {
        @Override
        public void append(EventReader event) throws IOException {
            events.append(event);
        }

        @Override
        public void flush() throws IOException {
            events.endBatch();
            out.hflush();
        }

        @Override
        public void finish() throws IOException {
            events.endBatch();
            out.close();
        }

        @Override
        public void discard() {
            try {
                events.discard(); // it may be a plug-in's
            } finally {
                out.discard();
            }
        }
    }
}
