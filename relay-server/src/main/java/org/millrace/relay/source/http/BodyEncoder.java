package org.millrace.relay.source.http;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.Charset;
import java.nio.charset.CharsetEncoder;
import java.nio.charset.CodingErrorAction;

/** Writes one text after another in a charset, into an array that is used again. What has no place in the charset becomes its question mark. One thread. */
final class BodyEncoder {
    private static final int FIRST_BYTES = 1024;
    private static final int MARK_BYTES = 4; // a byte order mark

    private final CharsetEncoder encoder;
    private ByteBuffer bytes = ByteBuffer.allocate(FIRST_BYTES);

    BodyEncoder(Charset charset) {
        encoder = charset.newEncoder()
                .onMalformedInput(CodingErrorAction.REPLACE)
                .onUnmappableCharacter(CodingErrorAction.REPLACE);
    }

    void clear() {
        bytes.clear();
    }

    void encode(char[] text, int offset, int length) {
        clear();
        int most = MARK_BYTES
                + (int) Math.min(Integer.MAX_VALUE - 16L, (long) (length * (double) encoder.maxBytesPerChar()));
        if (most > bytes.capacity()) {
            bytes = ByteBuffer.allocate(Math.max(most, 2 * bytes.capacity()));
        }
        encoder.reset();
        encoder.encode(CharBuffer.wrap(text, offset, length), bytes, true);
        encoder.flush(bytes);
    }

    byte[] bytes() {
        return bytes.array();
    }

    int length() {
        return bytes.position();
    }
}
