package org.millrace.tls;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Keys of a test, and what is said of them. */
final class FakeKeys implements KeyReader {
    final List<String> problems = new ArrayList<>();
    final List<String> notes = new ArrayList<>();
    final List<Key> asked = new ArrayList<>();
    final Map<String, String> properties = new HashMap<>();
    final Map<String, String> environment = new HashMap<>();
    private final Map<String, String> values = new HashMap<>();

    FakeKeys(Object... keysAndValues) {
        for (int i = 0; i < keysAndValues.length; i += 2) {
            values.put(keysAndValues[i].toString(), keysAndValues[i + 1].toString());
        }
    }

    FakeKeys set(String key, Object value) {
        values.put(key, value.toString());
        return this;
    }

    Globals globals() {
        return new Globals(properties::get, environment::get);
    }

    @Nullable
    ServerTls server() {
        return TlsKeys.readServer(this, globals());
    }

    @Nullable
    ClientTls client() {
        return TlsKeys.readClient(this, globals());
    }

    @Override
    public @Nullable String read(Key key) {
        asked.add(key);
        return values.get(key.name());
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
