package org.millrace.thrift.kerberos;

import java.io.IOException;
import java.util.Locale;
import java.util.Map;
import javax.security.sasl.SaslException;
import org.ietf.jgss.GSSException;

/** What went wrong with Kerberos, in words for whoever has to mend it. */
final class KerberosFailure {
    private static final int DEEPEST = 10;
    private static final String MECHANISM_LEVEL = "(Mechanism level: ";

    /** Parts of the JDK's messages. */
    private static final Map<String, String> KNOWN = Map.of(
            "cannot locate kdc", "the Kerberos configuration names no KDC for the realm",
            "cannot find kdc", "the Kerberos configuration names no KDC for the realm",
            "client not found in kerberos database", "the KDC does not know the principal",
            "server not found in kerberos database", "the KDC does not know the service",
            "no service creds", "the KDC has no ticket for the service, nor a way to its realm",
            "preauthentication", "the KDC has another key than the keytab",
            "checksum failed", "the ticket is not made with the key that the keytab has",
            "cannot find key", "the keytab has no such key as the KDC made the ticket with",
            "request is a replay", "the ticket has been shown before",
            "clock skew", "the clocks are too far apart");

    private KerberosFailure() {}

    /** True if nobody answered, which may be otherwise later; a mistake stays one. */
    static boolean mayHeal(Throwable failure) {
        for (Throwable next = failure.getCause(); next != null; next = next.getCause()) {
            if (next instanceof IOException && !(next instanceof SaslException)) {
                return true;
            }
        }
        return false;
    }

    /** In words; those of the JDK behind them. */
    static String inWords(Throwable failure) {
        String message = message(failure);
        String lower = message.toLowerCase(Locale.ROOT);
        if (mayHeal(failure)) {
            return "the KDC cannot be reached (" + message + ")";
        }
        return KNOWN.entrySet().stream()
                .filter(known -> lower.contains(known.getKey()))
                .map(known -> known.getValue() + " (" + message + ")")
                .findFirst()
                .orElse(message);
    }

    /** That of Kerberos where GSS-API has wrapped it; what lies deeper is how the JDK came to it. */
    private static String message(Throwable failure) {
        Throwable next = failure;
        for (int depth = 0; next != null && depth < DEEPEST; depth++) {
            if (next instanceof GSSException) {
                return withoutWrapping(String.valueOf(next.getMessage()));
            }
            next = next.getCause();
        }
        return failure.getMessage() == null ? failure.getClass().getSimpleName() : failure.getMessage();
    }

    private static String withoutWrapping(String message) {
        int begin = message.indexOf(MECHANISM_LEVEL);
        return begin >= 0 && message.endsWith(")")
                ? message.substring(begin + MECHANISM_LEVEL.length(), message.length() - 1)
                : message;
    }

    /** A failure of Kerberos. */
    static KerberosException of(String what, Throwable cause) {
        return new KerberosException(what + ": " + inWords(cause), mayHeal(cause), cause);
    }
}
