package org.millrace.client;

import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.millrace.tls.KeyReader;

/** Reads keys of a properties file one by one, and gathers what is wrong with them. One thread. */
final class PropertyReader implements KeyReader {
    private final Properties properties;
    private final Set<String> asked = new TreeSet<>();
    private final List<String> problems = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();

    PropertyReader(Properties properties) {
        this.properties = properties;
    }

    /** The value without blanks around it; null if there is none. */
    @Nullable
    String take(String key) {
        asked.add(key);
        String text = properties.getProperty(key);
        return text == null ? null : text.trim();
    }

    @Override
    public @Nullable String read(Key key) {
        return take(key.name());
    }

    /** @param expected words for the message */
    long number(String key, long least, long most, String expected, long defaultValue) {
        String text = take(key);
        if (text == null) {
            return defaultValue;
        }
        try {
            long number = Long.parseLong(text);
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        problem(key, text + " (expected: " + expected + ")");
        return defaultValue;
    }

    boolean isTrue(String key) {
        String text = take(key);
        if (text != null && !text.equalsIgnoreCase("true") && !text.equalsIgnoreCase("false")) {
            problem(key, text + " (expected: true or false)");
        }
        return "true".equalsIgnoreCase(text);
    }

    /** Notes, if the key is there, that it does nothing. */
    void ignored(String key, String why) {
        if (take(key) != null) {
            note(key, "has no effect: " + why);
        }
    }

    @Override
    public void problem(String key, String what) {
        problems.add(key + ": " + what);
    }

    @Override
    public void note(String key, String what) {
        notes.add(key + ": " + what);
    }

    /** Keys that nobody asked for, in order. */
    List<String> unread() {
        Set<String> unread = new TreeSet<>(properties.stringPropertyNames());
        unread.removeAll(asked);
        return List.copyOf(unread);
    }

    Set<String> asked() {
        return asked;
    }

    List<String> notes() {
        return List.copyOf(notes);
    }

    /** @throws IllegalArgumentException with all problems, one line each, if there are any */
    void throwProblems() {
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException(String.join("\n", problems));
        }
    }
}
