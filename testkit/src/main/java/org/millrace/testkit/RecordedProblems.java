package org.millrace.testkit;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.millrace.api.ComponentFactory;
import org.millrace.api.Parts;
import org.millrace.api.Settings;

/** The settings of a component under test, and what it complains about. */
public final class RecordedProblems implements Settings.Problems {
    private final List<String> problems = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();
    private final List<String> claims = new ArrayList<>();
    private final Map<Class<?>, ComponentFactory> offered = new HashMap<>();

    public Settings settings(Map<String, String> values) {
        return new Settings(values, this);
    }

    /** A part that settings may name, beside those on the class path. */
    public <F extends ComponentFactory> RecordedProblems offers(Class<F> kind, F factory) {
        offered.put(kind, factory);
        return this;
    }

    @Override
    public Parts parts() {
        return new Parts() {
            @Override
            public <F extends ComponentFactory> List<F> all(Class<F> kind) {
                List<F> all = new ArrayList<>(OF_CLASS_PATH.all(kind));
                if (offered.containsKey(kind)) {
                    all.add(kind.cast(offered.get(kind)));
                }
                return all;
            }

            @Override
            public <F extends ComponentFactory> F named(Class<F> kind, String name) {
                return Parts.first(all(kind), name);
            }
        };
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
