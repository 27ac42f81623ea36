package org.millrace.relay.sink.file;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import org.millrace.api.part.EventSerializer;
import org.millrace.codec.EventReader;

/** Writes bodies, and half of a bad one, at which it throws. */
class PickySerialization implements EventSerializer.Serialization {
    private final OutputStream out;

    PickySerialization(OutputStream out) {
        this.out = out;
    }

    @Override
    public void append(EventReader event) throws IOException {
        String body = new String(event.body(), StandardCharsets.UTF_8);
        if (body.equals("bad")) {
            out.write('b');
            throw new IllegalStateException("of a plug-in");
        }
        out.write(event.body());
    }

    @Override
    public void endBatch() {
        // nothing is gathered
    }

    @Override
    public void discard() {
        // nothing is gathered
    }
}
