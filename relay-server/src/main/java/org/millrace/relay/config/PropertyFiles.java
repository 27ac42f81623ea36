package org.millrace.relay.config;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Several texts, read into one set of properties: of equal keys in different texts the later one's wins, and equal keys in one text are
 * a mistake.
 *
 * <p>The format says ISO-8859-1, but editors write UTF-8. A text that is valid UTF-8 is read as such, any other as ISO-8859-1: text of
 * the latter with non-ASCII letters is hardly ever valid UTF-8, and pure ASCII is the same in both.
 *
 * @param texts those that could be read
 * @param properties by key, in the order of the texts; null if one of them could not be read, which has been reported
 */
record PropertyFiles(List<Text> texts, @Nullable Map<String, Property> properties) {
    private static final String BYTE_ORDER_MARK = "\uFEFF";

    /** Reads all of the request's sources; or its backup, if one of them cannot be read. */
    static PropertyFiles read(Configuration.Request request, Findings findings) {
        Findings unread = new Findings();
        List<Text> texts = read(request.sources(), unread);
        Backup backup = request.backup();
        if (texts.size() < request.sources().size() && backup != null) {
            List<Text> copy = read(List.of(backup.source()), new Findings());
            if (!copy.isEmpty()) {
                unread.mistakes()
                        .forEach(problem -> findings.note(
                                problem.place(), "", problem.message() + "; " + backup.file() + " is used instead"));
                return new PropertyFiles(copy, merge(copy, findings));
            }
        }
        unread.mistakes().forEach(problem -> findings.mistake(problem.place(), "", problem.message()));
        Map<String, Property> merged = merge(texts, findings);
        return new PropertyFiles(texts, texts.size() < request.sources().size() ? null : merged);
    }

    private static List<Text> read(List<TextSource> sources, Findings findings) {
        List<Text> texts = new ArrayList<>();
        for (TextSource source : sources) {
            Place place = new Place(source.name(), 0);
            if (isOtherFormat(source.name())) {
                findings.mistake(place, "", "expected: a .properties file");
                continue;
            }
            try {
                texts.add(new Text(source.name(), source.read()));
            } catch (IOException e) {
                findings.mistake(place, "", reason(e));
            }
        }
        return texts;
    }

    /** The properties of the texts by key. */
    static Map<String, Property> merge(List<Text> texts, Findings findings) {
        Map<String, Property> merged = new LinkedHashMap<>();
        for (Text text : texts) {
            Map<String, Property> properties = parse(text, findings);
            properties.keySet().forEach(merged::remove); // so that a key stands where its value stands
            merged.putAll(properties);
        }
        return merged;
    }

    private static Map<String, Property> parse(Text text, Findings findings) {
        Map<String, Property> properties = new LinkedHashMap<>();
        for (Property property : PropertiesParser.parse(decoded(text.bytes()), text.name(), findings)) {
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
    }

    /** Flume has no other formats either. */
    private static boolean isOtherFormat(String name) {
        return name.toLowerCase(Locale.ROOT).matches(".*\\.(json|ya?ml|xml)([?#].*)?");
    }

    private static String decoded(byte[] bytes) {
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

    /** Why a source could not be read, for an operator. */
    static String reason(IOException e) {
        if (e instanceof NoSuchFileException) {
            return "no such file";
        }
        if (e instanceof AccessDeniedException) {
            return "cannot be read: permission denied";
        }
        return "cannot be read: " + e.getMessage();
    }
}
