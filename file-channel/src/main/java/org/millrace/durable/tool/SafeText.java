package org.millrace.durable.tool;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Shows bytes from outside without letting them steer a terminal. One thread. */
final class SafeText {
    private final CharsetDecoder utf8 = StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);

    /** The text, if the bytes are UTF-8; else null. */
    @Nullable
    String decode(byte[] array, int offset, int length) {
        try {
            CharBuffer text = utf8.reset().decode(ByteBuffer.wrap(array, offset, length));
            return text.toString();
        } catch (CharacterCodingException e) {
            return null;
        }
    }

    /** One line: what is not to be printed as a backslash and a letter or its code, bytes that are no UTF-8 as {@code \xFF}. */
    String oneLine(byte[] array, int offset, int length) {
        String text = decode(array, offset, length);
        return text == null ? escapedBytes(array, offset, length) : oneLine(text);
    }

    /** As {@link #oneLine(byte[], int, int)}. */
    static String oneLine(String text) {
        StringBuilder line = new StringBuilder(text.length());
        text.codePoints().forEach(c -> append(c, line));
        return line.toString();
    }

    private static void append(int c, StringBuilder line) {
        switch (c) {
            case '\\' -> line.append("\\\\");
            case '\n' -> line.append("\\n");
            case '\r' -> line.append("\\r");
            case '\t' -> line.append("\\t");
            default -> {
                if (isPrintable(c)) {
                    line.appendCodePoint(c);
                } else {
                    line.append(String.format(Locale.ROOT, c < 0x80 ? "\\x%02X" : "\\u{%X}", c));
                }
            }
        }
    }

    /** Control characters, marks of writing direction, line separators and halves of pairs are not. */
    private static boolean isPrintable(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            default -> true;
        };
    }

    private static String escapedBytes(byte[] array, int offset, int length) {
        StringBuilder line = new StringBuilder(2 * length);
        for (int i = offset; i < offset + length; i++) {
            if (array[i] < 0) {
                line.append(String.format(Locale.ROOT, "\\x%02X", array[i]));
            } else {
                append(array[i], line);
            }
        }
        return line.toString();
    }
}
