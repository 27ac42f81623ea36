package org.millrace.jms;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Which names may be looked up. One with a scheme, such as {@code ldap:}, makes Java ask a server that the name chooses, and run what
 * that one answers: only names without a scheme and those of {@code java:} are taken, and what the system property {@value #PROPERTY}
 * adds, as in Flume. The provider's address is another matter, since {@code tcp:} and the like are the provider's own; only the
 * schemes of Java's own directories are kept out of it. Immutable.
 */
final class JndiNames {
    /** Schemes between commas. */
    static final String PROPERTY = "JndiAllowedProtocols";

    private static final String JAVA = "java";
    private static final Set<String> DIRECTORIES =
            Set.of("ldap", "ldaps", "rmi", "iiop", "iiopname", "corbaname", "corbaloc", "dns", "nis");

    private final Set<String> allowed;

    /** @param more as the system property has it */
    JndiNames(String more) {
        this.allowed = Stream.concat(
                        Stream.of(JAVA), Arrays.stream(more.split(",")).map(String::trim))
                .map(scheme -> scheme.toLowerCase(Locale.ROOT))
                .collect(Collectors.toUnmodifiableSet());
    }

    static JndiNames ofSystem() {
        return new JndiNames(System.getProperty(PROPERTY, ""));
    }

    /** @throws IllegalArgumentException if it must not be looked up */
    String check(String name) {
        String scheme = scheme(name);
        if (!scheme.isEmpty() && !allowed.contains(scheme)) {
            throw refused(scheme);
        }
        return name;
    }

    /** @throws IllegalArgumentException if the address, or one in a list of them, is of a directory */
    String checkProvider(String url) {
        for (String each : List.of(url.split("[\\s,()]+"))) {
            String scheme = scheme(each);
            if (DIRECTORIES.contains(scheme) && !allowed.contains(scheme)) {
                throw refused(scheme);
            }
        }
        return url;
    }

    private static IllegalArgumentException refused(String scheme) {
        return new IllegalArgumentException(
                "the scheme " + scheme + " is not allowed; -D" + PROPERTY + "=" + scheme + " would allow it");
    }

    /** What stands before the first colon, if that comes before any slash; in lower case. */
    private static String scheme(String name) {
        int colon = name.indexOf(':');
        int slash = name.indexOf('/');
        return colon < 0 || (slash >= 0 && slash < colon)
                ? ""
                : name.substring(0, colon).trim().toLowerCase(Locale.ROOT);
    }
}
