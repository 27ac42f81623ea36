package org.millrace.hdfs;

import java.io.IOException;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.millrace.api.part.EventSerializer;
import org.millrace.codec.EventReader;
import org.millrace.serializer.SchemaSerializer;

/**
 * {@code CompressedStream}: what the serializer makes of events, through a codec. Each flush ends the compressed member, so that
 * what is committed can be read: a file is a row of members of one batch each, and small batches compress badly.
 */
record CompressedStreamFormat(EventSerializer serializer, StreamCodec codec, SyncMode sync, ChunkedOutput.Chunks chunks)
        implements EventFormat {
    @Override
    public EventWriter begin(FSDataOutputStream file, BucketId bucket) throws IOException {
        StreamCodec.Members members = codec.begin(file);
        ChunkedOutput out = new ChunkedOutput(members, members::endMember, chunks);
        return new Writer(SchemaSerializer.begin(serializer, out, bucket.schema()), out, members, () -> sync.run(file));
    }

    @Override
    public String suffix() {
        return codec.extension();
    }

    private record Writer(
            EventSerializer.Serialization events,
            ChunkedOutput out,
            StreamCodec.Members members,
            ChunkedOutput.Sync file)
            implements EventWriter {
        @Override
        public void append(EventReader event) throws IOException {
            events.append(event);
        }

        @Override
        public void flush() throws IOException {
            events.endBatch();
            out.hflush();
            HadoopCalls.progress();
            file.run();
        }

        @Override
        public void finish() throws IOException {
            events.endBatch();
            out.close();
            members.finish();
        }

        @Override
        public void discard() {
            try {
                events.discard(); // it may be a plug-in's
            } finally {
                out.discard();
                members.discard();
            }
        }
    }
}
