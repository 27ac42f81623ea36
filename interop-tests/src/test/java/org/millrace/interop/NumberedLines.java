package org.millrace.interop;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;

/** Lines of text that tell their number and whether they are whole; of different lengths, with characters of several bytes. */
final class NumberedLines {
    private static final String WORDS = "GET /größe/日本?q=%20 HTTP/1.1 \"Mozilla/5.0 (X11; Linux x86_64)\" ";

    private NumberedLines() {}

    static String line(int number) {
        return "line " + number + " " + WORDS.substring(0, number % WORDS.length()) + (number * 0x9E3779B1L);
    }

    /** Writes lines {@code first} to {@code first + count - 1}. The file appears under its name once it is complete. */
    static void write(Path file, int first, int count) throws IOException {
        Path unfinished = file.resolveSibling("." + file.getFileName());
        try (BufferedWriter out = Files.newBufferedWriter(unfinished, UTF_8)) {
            for (int i = first; i < first + count; i++) {
                out.append(line(i)).append('\n');
            }
        }
        Files.move(unfinished, file);
    }

    /** The event's number, if its body is the line and its headers are those expected. */
    static int check(Map<String, String> expectedHeaders, Map<String, String> headers, byte[] body) {
        String text = new String(body, UTF_8);
        int number = Integer.parseInt(text.split(" ", 3)[1]);
        if (!Arrays.equals(body, line(number).getBytes(UTF_8))) {
            throw new IllegalArgumentException("line " + number + " was changed: " + text);
        }
        if (!headers.equals(expectedHeaders)) {
            throw new IllegalArgumentException("headers of line " + number + ": " + headers);
        }
        return number;
    }
}
