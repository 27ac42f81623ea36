package org.millrace.relay.source.spool;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import org.millrace.relay.source.file.ByteScan;

/**
 * Turns the bytes of a line into the body of an event, and cuts it where it is too long. Bytes that would come out as they went in
 * are not decoded: ASCII between most charsets, and good UTF-8 or ISO-8859-1 that stays what it is. One thread.
 */
final class BodyConverter {
    private final int maxChars;
    private final Charset output;
    private final CharsetDecoder decoder;
    private final boolean asciiPasses;
    private final boolean utf8Passes;
    private final boolean latin1Passes;
    private CharBuffer chars = CharBuffer.allocate(256);

    private byte[] array = new byte[0];
    private int offset;
    private int length;

    BodyConverter(LineFormat format, FileEncoding input) {
        this.maxChars = format.maxChars();
        this.output = format.output();
        this.decoder = input.charset()
                .newDecoder()
                .onMalformedInput(format.decodeErrors().action())
                .onUnmappableCharacter(format.decodeErrors().action());
        boolean same = input.charset().equals(output);
        this.asciiPasses = input.passesAsciiTo(output);
        this.utf8Passes = same && output.equals(StandardCharsets.UTF_8);
        this.latin1Passes = same && output.equals(StandardCharsets.ISO_8859_1);
    }

    /**
     * Makes the body, which {@link #array}, {@link #offset} and {@link #length} then show until the next call.
     *
     * @param isWhole whether the line ends behind these bytes; if it does not, there are more than enough of them
     * @return how many bytes went into the body; fewer than there are if the line had to be cut
     * @throws CharacterCodingException if the bytes are not of the input charset and that is to fail
     */
    int convert(byte[] in, int from, int bytes, boolean isWhole) throws CharacterCodingException {
        if (asciiPasses) {
            int most = Math.min(bytes, maxChars);
            if (latin1Passes || ByteScan.isAscii(in, from, from + most)) {
                return show(in, from, most);
            }
            if (utf8Passes && most == bytes && ByteScan.isUtf8(in, from, from + bytes)) {
                return show(in, from, bytes);
            }
        }
        return decode(in, from, bytes, isWhole);
    }

    byte[] array() {
        return array;
    }

    int offset() {
        return offset;
    }

    int length() {
        return length;
    }

    private int decode(byte[] in, int from, int bytes, boolean isWhole) throws CharacterCodingException {
        ByteBuffer source = ByteBuffer.wrap(in, from, bytes);
        int room = (int) Math.min(maxChars, 1 + (long) Math.ceil(bytes * (double) decoder.maxCharsPerByte()));
        do { // a second time only where a single character is longer than a line may be
            chars = room <= chars.capacity() ? chars.clear().limit(room) : CharBuffer.allocate(room);
            source.position(from);
            decodeInto(source, isWhole);
            room++;
        } while (source.position() == from && bytes > 0);
        byte[] body = chars.flip().toString().getBytes(output);
        show(body, 0, body.length);
        return source.position() - from;
    }

    private void decodeInto(ByteBuffer source, boolean isWhole) throws CharacterCodingException {
        decoder.reset();
        CoderResult result = decoder.decode(source, chars, isWhole);
        if (result.isUnderflow() && isWhole) {
            result = decoder.flush(chars);
        }
        if (result.isError()) {
            result.throwException();
        }
    }

    private int show(byte[] array, int offset, int length) {
        this.array = array;
        this.offset = offset;
        this.length = length;
        return length;
    }
}
