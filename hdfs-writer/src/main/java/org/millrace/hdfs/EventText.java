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
record EventText(boolean headers, boolean newline) {
    void write(EventReader event, OutputStream out) throws IOException {
        if (headers) {
            out.write((event.headers() + " ").getBytes(StandardCharsets.UTF_8));
        }
        event.writeBodyTo(out);
        if (newline) {
            out.write('\n');
        }
    }
}
