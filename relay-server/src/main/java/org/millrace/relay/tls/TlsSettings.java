package org.millrace.relay.tls;

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

    private TlsSettings(Settings settings) {
        this.settings = settings;
    }

    /** Of a component that listens; null if it does not speak TLS, or its keys have a mistake. */
    public static @Nullable ServerTls server(Settings settings) {
        return TlsKeys.readServer(new TlsSettings(settings), Globals.ofProcess());
    }

    /** Of a component that connects; null if it does not speak TLS, or its keys have a mistake. */
    public static @Nullable ClientTls client(Settings settings) {
        return TlsKeys.readClient(new TlsSettings(settings), Globals.ofProcess());
    }

    @Override
    public @Nullable String read(Key key) {
        Settings.Value<String> value = settings.value(key.name(), key.expected(), UnaryOperator.identity(), "")
                .about(key.meaning());
        if (key.byDefault() != null) {
            value.byDefault(key.byDefault());
        }
        if (key.isSecret()) {
            value.secret();
        }
        return value.orNull();
    }

    @Override
    public void problem(String key, String message) {
        settings.problem(key, message);
    }

    @Override
    public void note(String key, String message) {
        settings.note(key, message);
    }
}
