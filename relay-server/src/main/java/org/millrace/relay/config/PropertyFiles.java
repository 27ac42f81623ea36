package org.millrace.relay.config;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads several files into one set of properties: of equal keys in different files the later file's wins, and equal keys in one file are
 * a mistake.
 *
 * <p>The format says ISO-8859-1, but editors write UTF-8. A file that is valid UTF-8 is read as such, any other as ISO-8859-1: text of
 * the latter with non-ASCII letters is hardly ever valid UTF-8, and pure ASCII is the same in both.
 */
final class PropertyFiles {
    private static final String BYTE_ORDER_MARK = "\uFEFF";

    private PropertyFiles() {}

    /** The properties by key, in the order of the files; null if one of them cannot be read, which has been reported. */
    static @Nullable Map<String, Property> read(List<Path> files, Findings findings) {
        Map<String, Property> merged = new LinkedHashMap<>();
        boolean complete = true;
        for (Path file : files) {
            Map<String, Property> properties = readOne(file, findings);
            if (properties == null) {
                complete = false;
            } else {
                properties.keySet().forEach(merged::remove); // so that a key stands where its value stands
                merged.putAll(properties);
            }
        }
        return complete ? merged : null;
    }

    private static @Nullable Map<String, Property> readOne(Path file, Findings findings) {
        if (isOtherFormat(file)) {
            findings.mistake(new Place(file.toString(), 0), "", "expected: a .properties file");
            return null;
        }
        Map<String, Property> properties = new LinkedHashMap<>();
        try {
            for (Property property : PropertiesParser.parse(textOf(file), file.toString(), findings)) {
                Property earlier = properties.remove(property.key());
                if (earlier != null) {
                    findings.mistake(
                            property.place(),
                            property.key(),
                            "given twice, first in line " + earlier.place().line()
                                    + " (expected: each key once; Flume takes the last, here line "
                                    + property.place().line() + ")");
                }
                properties.put(property.key(), property);
            }
            return properties;
        } catch (IOException e) {
            findings.mistake(new Place(file.toString(), 0), "", reason(e));
            return null;
        }
    }

    /** Flume has no other formats either. */
    private static boolean isOtherFormat(Path file) {
        return file.toString().toLowerCase(Locale.ROOT).matches(".*\\.(json|ya?ml|xml)");
    }

    private static String textOf(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            return text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text;
        } catch (CharacterCodingException e) {
            return new String(bytes, StandardCharsets.ISO_8859_1);
        }
    }

    private static String reason(IOException e) {
        if (e instanceof NoSuchFileException) {
            return "no such file";
        }
        if (e instanceof AccessDeniedException) {
            return "cannot be read: permission denied";
        }
        return "cannot be read: " + e.getMessage();
    }
}
