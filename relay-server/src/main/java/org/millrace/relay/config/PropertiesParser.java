package org.millrace.relay.config;

import java.util.ArrayList;
import java.util.List;

/**
 * Reads the text of a {@code .properties} file exactly as {@link java.util.Properties} does, but keeps the line of each key and every
 * one of several equal keys. Keys and values are trimmed, as Flume trims them.
 */
final class PropertiesParser {
    private final String text;
    private final String file;
    private final Findings findings;
    private final List<Property> properties = new ArrayList<>();
    private int position;
    /** The line that {@link #position} is in, from 1. */
    private int line = 1;

    private PropertiesParser(String text, String file, Findings findings) {
        this.text = text;
        this.file = file;
        this.findings = findings;
    }

    static List<Property> parse(String text, String file, Findings findings) {
        return new PropertiesParser(text, file, findings).parse();
    }

    private List<Property> parse() {
        StringBuilder logical = new StringBuilder();
        int firstLine = line;
        while (position < text.length()) {
            if (logical.isEmpty()) {
                firstLine = line;
            }
            String natural = nextNaturalLine();
            if (logical.isEmpty() && (natural.startsWith("#") || natural.startsWith("!"))) {
                continue;
            }
            logical.append(natural);
            if (endsInContinuation(natural)) {
                logical.setLength(logical.length() - 1);
            } else {
                split(logical.toString(), firstLine);
                logical.setLength(0);
            }
        }
        split(logical.toString(), firstLine); // the file ended in a continuation
        return properties;
    }

    /** The text up to the next line end, without leading white space. */
    private String nextNaturalLine() {
        int start = position;
        while (position < text.length() && !isLineEnd(text.charAt(position))) {
            position++;
        }
        String natural = text.substring(start, position);
        if (text.startsWith("\r\n", position)) {
            position += 2;
        } else {
            position++;
        }
        line++;
        return natural.substring(skipWhite(natural, 0));
    }

    private static boolean endsInContinuation(String natural) {
        int backslashes = 0;
        while (backslashes < natural.length() && natural.charAt(natural.length() - 1 - backslashes) == '\\') {
            backslashes++;
        }
        return backslashes % 2 == 1;
    }

    private void split(String logical, int atLine) {
        if (logical.isEmpty()) {
            return;
        }
        int keyEnd = keyEnd(logical);
        int valueStart = skipWhite(logical, keyEnd);
        if (valueStart < logical.length() && isSeparator(logical.charAt(valueStart))) {
            valueStart = skipWhite(logical, valueStart + 1);
        }
        Place place = new Place(file, atLine);
        String key = unescaped(logical.substring(0, keyEnd), place).trim();
        String value = unescaped(logical.substring(valueStart), place).trim();
        properties.add(new Property(key, value, place));
    }

    private static int keyEnd(String logical) {
        int end = 0;
        while (end < logical.length() && !isSeparator(logical.charAt(end)) && !isWhite(logical.charAt(end))) {
            end += logical.charAt(end) == '\\' ? 2 : 1;
        }
        return Math.min(end, logical.length());
    }

    private String unescaped(String escaped, Place place) {
        if (escaped.indexOf('\\') < 0) {
            return escaped;
        }
        StringBuilder plain = new StringBuilder(escaped.length());
        for (int i = 0; i < escaped.length(); i++) {
            char c = escaped.charAt(i);
            if (c != '\\') {
                plain.append(c);
            } else if (++i < escaped.length()) {
                c = escaped.charAt(i);
                if (c == 'u') {
                    plain.append(unicode(escaped, i + 1, place));
                    i += 4;
                } else {
                    plain.append(
                            switch (c) {
                                case 't' -> '\t';
                                case 'n' -> '\n';
                                case 'r' -> '\r';
                                case 'f' -> '\f';
                                default -> c;
                            });
                }
            }
        }
        return plain.toString();
    }

    private String unicode(String escaped, int start, Place place) {
        String digits = escaped.substring(start, Math.min(start + 4, escaped.length()));
        if (digits.matches("[0-9a-fA-F]{4}")) {
            return String.valueOf((char) Integer.parseInt(digits, 16));
        }
        findings.mistake(
                place, "", "\\u" + digits + " (expected: four hexadecimal digits after \\u; a backslash is \\\\)");
        return "";
    }

    private static int skipWhite(String text, int from) {
        int at = from;
        while (at < text.length() && isWhite(text.charAt(at))) {
            at++;
        }
        return at;
    }

    private static boolean isWhite(char c) {
        return c == ' ' || c == '\t' || c == '\f';
    }

    private static boolean isLineEnd(char c) {
        return c == '\n' || c == '\r';
    }

    private static boolean isSeparator(char c) {
        return c == '=' || c == ':';
    }
}
