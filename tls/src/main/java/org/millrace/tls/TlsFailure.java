package org.millrace.tls;

import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.NotSslRecordException;
import java.nio.channels.ClosedChannelException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.Locale;
import java.util.Map;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** What went wrong between two ends that were to speak TLS, in words for whoever has to mend it. */
final class TlsFailure {
    static final String WITHOUT_TLS = "the peer spoke without TLS";

    private static final int DEEPEST = 10;

    /** Parts of the JDK's messages, among them the alerts of the peer. */
    private static final Map<String, String> KNOWN = Map.of(
            "no cipher suites in common", "the two ends have no cipher suite in common",
            "no appropriate protocol", "the two ends have no protocol in common",
            "client requested protocol", "the two ends have no protocol in common",
            "not accepted by server preferences", "the two ends have no protocol in common",
            "empty client certificate chain", "the peer showed no certificate",
            "fatal alert: bad_certificate", "the peer does not accept our certificate, or misses one",
            "fatal alert: certificate_", "the peer does not accept our certificate",
            "fatal alert: unknown_ca", "the peer does not trust our certificate",
            "fatal alert: protocol_version", "the two ends have no protocol in common",
            "fatal alert: handshake_failure", "the peer found nothing in common, or no certificate that it needs");

    private TlsFailure() {}

    /** True if the failure is one of TLS, whatever it is wrapped in. */
    static boolean isOne(Throwable failure) {
        Throwable cause =
                failure instanceof DecoderException && failure.getCause() != null ? failure.getCause() : failure;
        return cause instanceof SSLException;
    }

    /** In words; those of the JDK behind them. */
    static String inWords(Throwable failure) {
        if (find(failure, NotSslRecordException.class) != null) {
            return WITHOUT_TLS;
        }
        if (find(failure, ClosedChannelException.class) != null) {
            return "the peer hung up during the handshake";
        }
        Throwable expired = find(failure, CertificateExpiredException.class);
        if (expired != null) {
            return "the peer's certificate has expired (" + expired.getMessage() + ")";
        }
        Throwable early = find(failure, CertificateNotYetValidException.class);
        if (early != null) {
            return "the peer's certificate is not valid yet (" + early.getMessage() + ")";
        }
        if (find(failure, CertPathValidatorException.class) != null || isUntrusted(failure)) {
            return "the peer's certificate is not trusted (" + deepestMessage(failure) + ")";
        }
        Throwable other = find(failure, CertificateException.class);
        if (other != null) {
            return "the peer's certificate is not accepted (" + other.getMessage() + ")";
        }
        String message = deepestMessage(failure);
        String lower = message.toLowerCase(Locale.ROOT);
        return KNOWN.entrySet().stream()
                .filter(known -> lower.contains(known.getKey()))
                .map(known -> known.getValue() + " (" + message + ")")
                .findFirst()
                .orElse(message);
    }

    private static boolean isUntrusted(Throwable failure) {
        return deepestMessage(failure).contains("valid certification path");
    }

    private static @Nullable Throwable find(Throwable failure, Class<? extends Throwable> kind) {
        Throwable next = failure;
        for (int depth = 0; next != null && depth < DEEPEST; depth++) {
            if (kind.isInstance(next)) {
                return next;
            }
            next = next.getCause();
        }
        return null;
    }

    private static String deepestMessage(Throwable failure) {
        Throwable last = failure;
        for (int depth = 0; last.getCause() != null && depth < DEEPEST; depth++) {
            last = last.getCause();
        }
        return last.getMessage() == null ? last.getClass().getSimpleName() : last.getMessage();
    }
}
