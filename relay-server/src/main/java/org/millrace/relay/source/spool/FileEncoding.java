package org.millrace.relay.source.spool;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;

/**
 * A file's charset, once its byte order is known.
 *
 * <p>Line ends are found in the bytes, before anything is decoded: in every charset that Java has, the bytes of a newline, at a
 * multiple of their number, are no part of another character (in the 7-bit ISO 2022 ones each line starts anew).
 *
 * @param markBytes length of the byte order mark in front of the first line
 */
record FileEncoding(Charset charset, int markBytes) {

    /** The charset of this file: the one that was asked for, unless that one leaves the byte order to a mark. */
    static FileEncoding of(FileChannel file, Charset asked) throws IOException {
        String name = asked.name().toUpperCase(Locale.ROOT);
        boolean isUtf16 = name.equals("UTF-16") || name.equals("X-UTF-16LE-BOM");
        if (!isUtf16 && !name.equals("UTF-32")) {
            return new FileEncoding(asked, 0);
        }
        byte[] start = new byte[isUtf16 ? 2 : 4];
        int length = Math.max(0, file.read(ByteBuffer.wrap(start), 0));
        byte[] found = Arrays.copyOf(start, length);
        String family = isUtf16 ? "UTF-16" : "UTF-32";
        for (String order : new String[] {"BE", "LE"}) {
            Charset candidate = Charset.forName(family + order);
            if (Arrays.equals(found, "\uFEFF".getBytes(candidate))) {
                return new FileEncoding(candidate, length);
            }
        }
        return new FileEncoding(Charset.forName(name.startsWith("X-") ? "UTF-16LE" : family + "BE"), 0);
    }

    /** The bytes of a newline. */
    byte[] newline() {
        return charset.canEncode() ? "\n".getBytes(charset) : new byte[] {'\n'};
    }

    /** True if ASCII bytes can go from this charset to the other as they are. */
    boolean passesAsciiTo(Charset output) {
        byte[] ascii = new byte[0x80];
        for (int i = 0; i < ascii.length; i++) {
            ascii[i] = (byte) i;
        }
        String text = new String(ascii, StandardCharsets.US_ASCII);
        return new String(ascii, charset).equals(text) && Arrays.equals(text.getBytes(output), ascii);
    }
}
