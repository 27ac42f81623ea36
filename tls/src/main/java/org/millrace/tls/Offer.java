package org.millrace.tls;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;

/** The protocols and the cipher suites that one end offers. Immutable. */
record Offer(NameFilter protocols, NameFilter cipherSuites) {
    /** Never offered, whatever is included. */
    private static final List<String> BROKEN = List.of("SSLv3", "SSLv2Hello");

    Offer {
        protocols = new NameFilter(
                protocols.included(),
                Stream.concat(BROKEN.stream(), protocols.excluded().stream())
                        .distinct()
                        .toList());
    }

    String[] protocols(SSLContext context) {
        return protocols.apply(
                context.getDefaultSSLParameters().getProtocols(),
                context.getSupportedSSLParameters().getProtocols());
    }

    String[] cipherSuites(SSLContext context) {
        return cipherSuites.apply(
                context.getDefaultSSLParameters().getCipherSuites(),
                context.getSupportedSSLParameters().getCipherSuites());
    }

    SSLParameters applyTo(SSLParameters parameters, SSLContext context) {
        parameters.setProtocols(protocols(context));
        parameters.setCipherSuites(cipherSuites(context));
        return parameters;
    }

    static boolean isBroken(String protocol) {
        return BROKEN.contains(protocol);
    }

    /** True if the JDK would not use any of these: its security settings forbid them. */
    static boolean isForbidden(String[] protocols, SSLContext context) {
        List<String> allowed = Arrays.asList(context.getDefaultSSLParameters().getProtocols());
        return Arrays.stream(protocols).noneMatch(allowed::contains);
    }
}
