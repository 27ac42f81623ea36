package org.millrace.serializer;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.millrace.api.part.EventSerializer;
import org.millrace.codec.EventReader;

/**
 * Flume's text serializers.
 *
 * @param headers write the headers in front of the body, as {@code {k=v, k2=v2} }, in the order in which Flume's map has them
 * @param newline end each event with a line feed
 */
record TextSerializer(boolean headers, boolean newline) implements EventSerializer {
    @Override
    public Serialization begin(OutputStream out) {
        return new Text(this, out);
    }

    private record Text(TextSerializer how, OutputStream out) implements Serialization {
        @Override
        public void append(EventReader event) throws IOException {
            if (how.headers) {
                out.write((asInFlume(event) + " ").getBytes(StandardCharsets.UTF_8));
            }
            event.writeBodyTo(out);
            if (how.newline) {
                out.write('\n');
            }
        }

        /** Flume fills a map as headers come, and its events have a copy, whose table is of another size: both orders count. */
        private static Map<String, String> asInFlume(EventReader event) {
            Map<String, String> asTheyCame = new HashMap<>();
            event.headers().forEach(asTheyCame::put);
            return new HashMap<>(asTheyCame);
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
