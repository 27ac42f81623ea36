package org.millrace.relay.source.syslog;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.millrace.codec.EventBatchBuilder;
import org.millrace.listener.HeaderBytes;

/**
 * The charset of a message: parsers read ASCII in bytes, so that one of a charset that has ASCII in it is parsed as it is, and any other
 * as UTF-8. Headers are UTF-8, bodies in the charset. One thread.
 */
final class MessageText {
    private static final byte[] NOTHING = {};

    private final @Nullable Charset charset;
    private final @Nullable CharsetDecoder decoder;
    private final boolean hasAscii;

    private byte[] bytes = NOTHING;
    private int length;

    private MessageText(@Nullable Charset charset) {
        this.charset = charset;
        this.decoder = charset == null ? null : charset.newDecoder();
        this.hasAscii = charset == null || hasAscii(charset);
    }

    /** Bytes are taken as they are, whatever they mean. */
    static MessageText asItIs() {
        return new MessageText(null);
    }

    /** What is not of the charset is no message. */
    static MessageText of(Charset charset) {
        return new MessageText(charset);
    }

    /** False if the bytes are not of the charset. */
    boolean read(byte[] message, int messageBytes) {
        bytes = message;
        length = messageBytes;
        if (decoder == null || (hasAscii && isAscii(message, messageBytes))) {
            return true;
        }
        try {
            CharBuffer decoded = decoder.decode(ByteBuffer.wrap(message, 0, messageBytes));
            if (!hasAscii) {
                bytes = decoded.toString().getBytes(StandardCharsets.UTF_8);
                length = bytes.length;
            }
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
    }

    /** What a parser is to read. */
    byte[] bytes() {
        return bytes;
    }

    int length() {
        return length;
    }

    void addHeader(HeaderBytes headers, byte[] name, Field value) {
        if (charset == null || !hasAscii || charset.equals(StandardCharsets.UTF_8)) {
            headers.add(name, value.bytes, value.offset, value.length);
        } else {
            headers.add(name, new String(value.bytes, value.offset, value.length, charset));
        }
    }

    /** Adds an event whose body is made of what {@link #bytes} gave. */
    void addTo(EventBatchBuilder batch, HeaderBytes headers, byte[] body, int bodyBytes) {
        if (charset == null || hasAscii) {
            headers.addTo(batch, body, 0, bodyBytes);
        } else {
            byte[] encoded = new String(body, 0, bodyBytes, StandardCharsets.UTF_8).getBytes(charset);
            headers.addTo(batch, encoded, 0, encoded.length);
        }
    }

    private static boolean hasAscii(Charset charset) {
        byte[] ascii = new byte[128];
        for (int i = 0; i < ascii.length; i++) {
            ascii[i] = (byte) i;
        }
        return new String(ascii, charset).equals(new String(ascii, StandardCharsets.US_ASCII));
    }

    private static boolean isAscii(byte[] bytes, int length) {
        for (int i = 0; i < length; i++) {
            if (bytes[i] < 0) {
                return false;
            }
        }
        return true;
    }
}
