package org.millrace.testkit;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.millrace.api.Settings;

/** The settings of a component under test, and what it complains about. */
public final class RecordedProblems implements Settings.Problems {
    private final List<String> problems = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();
    private final List<String> claims = new ArrayList<>();

    public Settings settings(Map<String, String> values) {
        return new Settings(values, this);
    }

    public List<String> problems() {
        return problems;
    }

    public List<String> notes() {
        return notes;
    }

    /** Directories that were claimed. */
    public List<String> claims() {
        return claims;
    }

    @Override
    public void claim(String key, Path directory) {
        claims.add(key + ": " + directory);
    }

    @Override
    public void problem(String key, String message) {
        problems.add(key + ": " + message);
    }

    @Override
    public void note(String key, String message) {
        notes.add(key + ": " + message);
    }
}
