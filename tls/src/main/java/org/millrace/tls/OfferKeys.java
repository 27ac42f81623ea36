package org.millrace.tls;

import java.security.GeneralSecurityException;
import java.util.List;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;
import org.millrace.tls.Globals.Found;
import org.millrace.tls.Globals.Name;

/** Reads the lists of protocols and cipher suites, and compares them with what the JDK has. One thread. */
final class OfferKeys {
    private static final String INCLUDE_PROTOCOLS = "include-protocols";
    private static final String EXCLUDE_PROTOCOLS = "exclude-protocols";
    private static final String INCLUDE_SUITES = "include-cipher-suites";
    private static final String EXCLUDE_SUITES = "exclude-cipher-suites";

    private static final String PROTOCOL = "protocol";
    private static final String SUITE = "cipher suite";

    private final KeyReader in;
    private final BiConsumer<String, String> problems;
    private final Globals globals;

    OfferKeys(KeyReader in, BiConsumer<String, String> problems, Globals globals) {
        this.in = in;
        this.problems = problems;
        this.globals = globals;
    }

    Offer read() {
        return new Offer(
                new NameFilter(
                        included(list(
                                INCLUDE_PROTOCOLS,
                                Name.INCLUDE_PROTOCOLS,
                                PROTOCOL,
                                "protocols to offer",
                                "the JDK's")),
                        excluded(list(
                                EXCLUDE_PROTOCOLS,
                                Name.EXCLUDE_PROTOCOLS,
                                PROTOCOL,
                                "protocols not to offer",
                                "SSLv3"))),
                new NameFilter(
                        included(list(
                                INCLUDE_SUITES,
                                Name.INCLUDE_CIPHER_SUITES,
                                SUITE,
                                "cipher suites to offer",
                                "the JDK's")),
                        excluded(list(
                                EXCLUDE_SUITES,
                                Name.EXCLUDE_CIPHER_SUITES,
                                SUITE,
                                "cipher suites not to offer",
                                "none"))));
    }

    /** @throws TlsException if the lists leave nothing */
    void check(Offer offer, SSLContext context) throws TlsException {
        if (offer.protocols(context).length == 0) {
            throw new TlsException(
                    INCLUDE_PROTOCOLS,
                    "no protocol is left (expected: at least one of "
                            + String.join(
                                    ", ", context.getDefaultSSLParameters().getProtocols()) + ")");
        }
        if (Offer.isForbidden(offer.protocols(context), context)) {
            throw new TlsException(
                    INCLUDE_PROTOCOLS,
                    "the JDK's security settings forbid " + String.join(", ", offer.protocols(context))
                            + " (expected: at least one of "
                            + String.join(
                                    ", ", context.getDefaultSSLParameters().getProtocols()) + ")");
        }
        if (offer.cipherSuites(context).length == 0) {
            throw new TlsException(
                    INCLUDE_SUITES,
                    "no cipher suite is left (expected: at least one of "
                            + String.join(
                                    ", ", context.getDefaultSSLParameters().getCipherSuites()) + ")");
        }
    }

    /** @param origin null where the component itself has the list */
    private record Names(
            String key,
            String kind,
            List<String> names,
            @Nullable String origin) {
        /** Those that the JDK has not; which is not asked without need, as it loads much. */
        List<String> unknown() {
            return names.isEmpty() ? List.of() : NameFilter.unknown(names, supported(kind));
        }

        String inWords(String name) {
            return origin == null ? name : name + " (of " + origin + ")";
        }
    }

    private Names list(String key, Name global, String kind, String meaning, String byDefault) {
        String own = in.read(TlsKeys.key(key, "names of the JDK's, with blanks between", byDefault, meaning));
        if (own != null) {
            return new Names(key, kind, new Found(own, "").words(), null);
        }
        Found found = globals.find(global);
        return found == null
                ? new Names(key, kind, List.of(), null)
                : new Names(key, kind, found.words(), found.origin());
    }

    private List<String> included(Names names) {
        for (String name : names.unknown()) {
            problems.accept(
                    names.key(),
                    names.inWords(name) + " is no " + names.kind() + " of this JDK (expected: of "
                            + String.join(", ", new TreeSet<>(List.of(supported(names.kind())))) + ")");
        }
        names.names().stream()
                .filter(Offer::isBroken)
                .forEach(name -> in.note(names.key(), names.inWords(name) + " is broken, and never offered"));
        return names.names();
    }

    /** What is not there is excluded anyway: lists are older than JDKs. */
    private List<String> excluded(Names names) {
        for (String name : names.unknown()) {
            in.note(names.key(), names.inWords(name) + " has no effect: it is no " + names.kind() + " of this JDK");
        }
        return names.names();
    }

    private static String[] supported(String kind) {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, Trust.inEverybody(), null);
            SSLParameters supported = context.getSupportedSSLParameters();
            return kind.equals(PROTOCOL) ? supported.getProtocols() : supported.getCipherSuites();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a JDK without TLS", e);
        }
    }
}
