package org.millrace.hdfs;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import org.millrace.codec.EventReader;

/**
 * Flume's text serializers.
 *
 * @param headers write the headers in front of the body, as {@code {k=v, k2=v2} }
 * @param newline end each event with a line feed
 */
record TextSerializer(boolean headers, boolean newline) implements EventSerializer {
    @Override
    public Serialization begin(OutputStream out, BucketId bucket) {
        return new Text(this, out);
    }

    private record Text(TextSerializer how, OutputStream out) implements Serialization {
        @Override
        public void append(EventReader event) throws IOException {
            if (how.headers) {
                out.write((event.headers() + " ").getBytes(StandardCharsets.UTF_8));
            }
            event.writeBodyTo(out);
            if (how.newline) {
                out.write('\n');
            }
        }

        @Override
        public void endBatch() {
            // an event is written whole, at once
        }

        @Override
        public void discard() {
            // it holds nothing
        }
    }
}
