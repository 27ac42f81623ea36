package org.millrace.thrift.kerberos;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import javax.security.auth.kerberos.KerberosPrincipal;
import org.jspecify.annotations.Nullable;
import org.millrace.api.Settings;

/** Reads Flume's keys of Kerberos out of a component's settings, and the keytab that they name. One thread. */
public final class KerberosKeys {
    private static final String KERBEROS = "kerberos";
    private static final String PRINCIPAL_FORM = "such as flume/_HOST@EXAMPLE.COM, where _HOST is this machine's name";
    private static final String KEYTAB_FORM = "a keytab that can be read";
    private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(20);

    private final Settings settings;
    private boolean isGood = true;

    private KerberosKeys(Settings settings) {
        this.settings = settings;
    }

    /** Of a source; null if it does not speak Kerberos, or its keys have a mistake. */
    public static @Nullable KerberosServer server(Settings settings) {
        return new KerberosKeys(settings).server();
    }

    /** Of a sink; null if it does not speak Kerberos, or its keys have a mistake. */
    public static @Nullable KerberosClient client(Settings settings) {
        return new KerberosKeys(settings).client();
    }

    private @Nullable KerberosServer server() {
        boolean isOn = settings.bool(KERBEROS)
                .about("whether peers have to authenticate themselves by Kerberos (SASL with GSSAPI)")
                .orElse(false);
        String principal = text("agent-principal", PRINCIPAL_FORM, "whom peers are to have a ticket for", isOn);
        String keytab = text("agent-keytab", KEYTAB_FORM, "the file with the key of agent-principal", isOn);
        Duration timeout = settings.duration("kerberosTimeout", ChronoUnit.SECONDS, 1, 3600)
                .about("how long a peer may take from its connecting until it is authenticated, in seconds")
                .orElse(DEFAULT_TIMEOUT);
        String named = withHost("agent-principal", principal);
        ServiceName name = service("agent-principal", named);
        Keytab key = keytab("agent-principal", name == null ? null : named, "agent-keytab", keytab);
        return isGood && name != null && key != null ? new KerberosServer(name, key, timeout) : null;
    }

    private @Nullable KerberosClient client() {
        boolean isOn = settings.bool(KERBEROS)
                .about(
                        "whether to authenticate to the next agent by Kerberos (SASL with GSSAPI), and have it do the same")
                .orElse(false);
        String principal = text("client-principal", PRINCIPAL_FORM, "whom to log in as", isOn);
        String keytab = text("client-keytab", KEYTAB_FORM, "the file with the key of client-principal", isOn);
        String server = text(
                "server-principal",
                "such as flume/collector.example.com@EXAMPLE.COM",
                "the agent-principal of the next agent",
                isOn);
        Keytab key = keytab("client-principal", withHost("client-principal", principal), "client-keytab", keytab);
        ServiceName service = service("server-principal", withHost("server-principal", server));
        return isGood && key != null && service != null ? new KerberosClient(key, service) : null;
    }

    /** Null if Kerberos is off, or the key is missing. */
    private @Nullable String text(String key, String expected, String meaning, boolean isOn) {
        String text = settings.string(key)
                .expecting(expected)
                .about("where kerberos = true: " + meaning)
                .orNull();
        if (!isOn) {
            if (text != null) {
                settings.note(key, "has no effect without kerberos = true");
            }
            return null;
        }
        if (text == null || text.isEmpty()) {
            problem(key, "missing (expected: " + expected + ")");
            return null;
        }
        return text;
    }

    private @Nullable String withHost(String key, @Nullable String principal) {
        try {
            return principal == null ? null : ServiceName.withHost(principal);
        } catch (IllegalArgumentException e) {
            problem(key, principal + ": " + e.getMessage() + " (expected: its name in place of _HOST)");
            return principal;
        }
    }

    private @Nullable ServiceName service(String key, @Nullable String principal) {
        try {
            return principal == null ? null : ServiceName.of(principal);
        } catch (IllegalArgumentException e) {
            problem(key, principal + ": " + e.getMessage() + " (expected: " + PRINCIPAL_FORM + ")");
            return null;
        }
    }

    /** Also of a principal that is none the file is looked at: all mistakes are told at once. */
    private @Nullable Keytab keytab(
            String principalKey, @Nullable String principal, String key, @Nullable String file) {
        KerberosPrincipal name = principal(principalKey, principal);
        Path path = file(key, file);
        if (name == null || path == null) {
            return null;
        }
        Keytab keytab = new Keytab(name, path);
        if (!keytab.hasKey()) {
            String what = "it is no keytab, or has no key of " + name.getName();
            problem(key, file + ": " + what + " (expected: " + KEYTAB_FORM + ")");
        }
        return keytab;
    }

    private @Nullable KerberosPrincipal principal(String key, @Nullable String principal) {
        try {
            return principal == null ? null : new KerberosPrincipal(principal);
        } catch (IllegalArgumentException e) {
            problem(key, principal + ": " + e.getMessage() + " (expected: " + PRINCIPAL_FORM + ")");
            return null;
        }
    }

    private @Nullable Path file(String key, @Nullable String file) {
        if (file == null) {
            return null;
        }
        String problem;
        try {
            Path path = Path.of(file);
            problem = Keytab.problemOf(path);
            if (problem.isEmpty()) {
                return path;
            }
        } catch (InvalidPathException e) {
            problem = e.getReason();
        }
        problem(key, file + ": " + problem + " (expected: " + KEYTAB_FORM + ")");
        return null;
    }

    private void problem(String key, String message) {
        isGood = false;
        settings.problem(key, message);
    }
}
