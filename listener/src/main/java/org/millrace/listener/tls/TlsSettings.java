package org.millrace.listener.tls;

import java.util.HashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.millrace.api.Settings;
import org.millrace.tls.ClientTls;
import org.millrace.tls.Globals;
import org.millrace.tls.KeyReader;
import org.millrace.tls.ServerTls;
import org.millrace.tls.TlsKeys;

/** Reads the keys of TLS out of a component's settings. Touches the stores that they name. One thread. */
public final class TlsSettings implements KeyReader {
    private final Settings settings;
    private final Map<String, String> olderNames;
    /** Those of the older names that the file has, by the newer ones. */
    private final Map<String, String> said = new HashMap<>();

    private TlsSettings(Settings settings, Map<String, String> olderNames) {
        this.settings = settings;
        this.olderNames = olderNames;
    }

    /** Of a component that listens; null if it does not speak TLS, or its keys have a mistake. */
    public static @Nullable ServerTls server(Settings settings) {
        return server(settings, Map.of());
    }

    /**
     * The same for a component whose keys had other names once.
     *
     * @param olderNames by the newer ones; each counts where the newer one is left out
     */
    public static @Nullable ServerTls server(Settings settings, Map<String, String> olderNames) {
        return TlsKeys.readServer(new TlsSettings(settings, olderNames), Globals.ofProcess());
    }

    /** Of a component that connects; null if it does not speak TLS, or its keys have a mistake. */
    public static @Nullable ClientTls client(Settings settings) {
        return TlsKeys.readClient(new TlsSettings(settings, Map.of()), Globals.ofProcess());
    }

    @Override
    public @Nullable String read(Key key) {
        String newer = read(key, key.name(), key.meaning(), key.byDefault());
        String olderName = olderNames.get(key.name());
        if (olderName == null) {
            return newer;
        }
        String older = read(key, olderName, "the same as " + key.name() + ", by an older name", null);
        if (older == null) {
            return newer;
        }
        if (newer != null) {
            settings.note(olderName, "has no effect: there is " + key.name());
            return newer;
        }
        said.put(key.name(), olderName);
        return older;
    }

    private @Nullable String read(Key key, String name, String meaning, @Nullable String byDefault) {
        Settings.Value<String> value = settings.value(name, key.expected(), UnaryOperator.identity(), "")
                .about(meaning);
        if (byDefault != null) {
            value.byDefault(byDefault);
        }
        if (key.isSecret()) {
            value.secret();
        }
        return value.orNull();
    }

    @Override
    public void problem(String key, String message) {
        settings.problem(said.getOrDefault(key, key), message);
    }

    @Override
    public void note(String key, String message) {
        settings.note(said.getOrDefault(key, key), message);
    }
}
