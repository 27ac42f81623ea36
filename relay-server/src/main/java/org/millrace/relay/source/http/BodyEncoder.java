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
        encoder.reset();
        CharBuffer chars = CharBuffer.wrap(text, offset, length);
        ensure(length + MARK_BYTES);
        while (encoder.encode(chars, bytes, true).isOverflow()) {
            ensure(chars.remaining()
                    + MARK_BYTES); // seldom: a byte more than a character has on the average would be too much
        }
        while (encoder.flush(bytes).isOverflow()) {
            ensure(MARK_BYTES);
        }
    }

    /** Room for so many bytes more; half as much again as there was, where it must grow, for a large text takes memory enough. */
    private void ensure(int more) {
        if (bytes.remaining() < more) {
            int capacity = Math.max(bytes.position() + more, bytes.capacity() + bytes.capacity() / 2);
            bytes = ByteBuffer.allocate(capacity).put(bytes.flip());
        }
    }

    byte[] bytes() {
        return bytes.array();
    }

    int length() {
        return bytes.position();
    }
}
