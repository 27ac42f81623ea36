package org.millrace.relay.source.netcat;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/** Turns a stream of another charset into one of UTF-8; what is not of that charset becomes U+FFFD. One thread. */
final class Transcoder {
    private static final int CHARS = 4096;
    /** Of a character whose rest is still to come. */
    private static final int MAX_LEFT_BYTES = 16;

    private final CharsetDecoder decoder;
    private final CharBuffer chars = CharBuffer.allocate(CHARS);
    private final byte[] left = new byte[MAX_LEFT_BYTES];
    private int leftBytes;
    /** The first half of a pair whose other half is still to come; 0: none. */
    private char firstHalf;

    Transcoder(Charset charset) {
        decoder = charset.newDecoder()
                .onMalformedInput(CodingErrorAction.REPLACE)
                .onUnmappableCharacter(CodingErrorAction.REPLACE);
    }

    /** Reads all of {@code in}; the caller owns what is returned. */
    ByteBuf toUtf8(ByteBuf in) {
        ByteBuffer bytes = ByteBuffer.allocate(leftBytes + in.readableBytes());
        bytes.put(left, 0, leftBytes);
        int read = in.readableBytes();
        in.readBytes(bytes.array(), leftBytes, read);
        bytes.position(leftBytes + read).flip();
        ByteBuf out = in.alloc().heapBuffer(2 * read);
        boolean isMore = true;
        while (isMore) {
            isMore = decoder.decode(bytes, chars, false).isOverflow();
            chars.flip();
            encode(out);
            chars.clear();
        }
        leftBytes = Math.min(bytes.remaining(), MAX_LEFT_BYTES);
        bytes.get(left, 0, leftBytes);
        return out;
    }

    private void encode(ByteBuf out) {
        StringBuilder text = new StringBuilder(chars.length() + 1);
        if (firstHalf != 0) {
            text.append(firstHalf);
            firstHalf = 0;
        }
        text.append(chars);
        int end = text.length();
        if (end > 0 && Character.isHighSurrogate(text.charAt(end - 1))) {
            firstHalf = text.charAt(end - 1);
            text.setLength(end - 1);
        }
        out.writeCharSequence(text, StandardCharsets.UTF_8);
    }
}
