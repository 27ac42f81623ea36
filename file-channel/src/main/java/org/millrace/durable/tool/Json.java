package org.millrace.durable.tool;

import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes maps, lists, texts, numbers and truths as JSON. */
final class Json {
    private static final String INDENT = "  ";

    private Json() {}

    /** On one line. */
    static String line(Object value) {
        StringBuilder out = new StringBuilder();
        write(value, out, null);
        return out.toString();
    }

    /** Indented. */
    static String pretty(Object value) {
        StringBuilder out = new StringBuilder();
        write(value, out, "\n");
        return out.toString();
    }

    /** @param newLine a line's end and the indent of what comes now; null for one line */
    private static void write(Object value, StringBuilder out, @Nullable String newLine) {
        if (value instanceof Map<?, ?> map) {
            writeAll(map.entrySet(), '{', '}', out, newLine);
        } else if (value instanceof Map.Entry<?, ?> entry) {
            writeText(entry.getKey().toString(), out);
            out.append(newLine == null ? ":" : ": ");
            write(entry.getValue(), out, newLine);
        } else if (value instanceof Iterable<?> list) {
            writeAll(list, '[', ']', out, newLine);
        } else if (value instanceof Number || value instanceof Boolean) {
            out.append(value);
        } else {
            writeText(value.toString(), out);
        }
    }

    private static void writeAll(
            Iterable<?> values, char open, char close, StringBuilder out, @Nullable String newLine) {
        String inner = newLine == null ? null : newLine + INDENT;
        out.append(open);
        boolean first = true;
        for (Object value : values) {
            out.append(first ? "" : ",").append(inner == null ? "" : inner);
            write(value, out, inner);
            first = false;
        }
        out.append(first || newLine == null ? "" : newLine).append(close);
    }

    private static void writeText(String text, StringBuilder out) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"', '\\' -> out.append('\\').append(c);
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> {
                    if (c < ' ' || c == 0x7F || (Character.isSurrogate(c) && !isPaired(text, i))) {
                        out.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        out.append('"');
    }

    private static boolean isPaired(String text, int at) {
        char c = text.charAt(at);
        return Character.isHighSurrogate(c)
                ? at + 1 < text.length() && Character.isLowSurrogate(text.charAt(at + 1))
                : at > 0 && Character.isHighSurrogate(text.charAt(at - 1));
    }
}
