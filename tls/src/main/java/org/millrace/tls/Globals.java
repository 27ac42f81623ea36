package org.millrace.tls;

import java.util.Arrays;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What Flume takes where a component leaves a key out: first a system property, then a variable of the environment. Immutable.
 */
public final class Globals {
    private static final String PEM = "PEM";

    private final UnaryOperator<@Nullable String> properties;
    private final UnaryOperator<@Nullable String> environment;

    /** Each gives the value of a name, or null. */
    Globals(UnaryOperator<@Nullable String> properties, UnaryOperator<@Nullable String> environment) {
        this.properties = properties;
        this.environment = environment;
    }

    /** This process's. */
    public static Globals ofProcess() {
        return new Globals(System::getProperty, System::getenv);
    }

    /**
     * Names the stores of the environment to all else in this process, such as the JDK's HTTPS client and JMS providers, by the system
     * properties that it looks at, as Flume does. PEM files are left out, of which it knows nothing. To be called before the first
     * connection.
     */
    public static void shareStores() {
        ofProcess().shareStores(System::setProperty);
    }

    /** @param set takes a system property's name and its value */
    void shareStores(BiConsumer<String, String> set) {
        shareStore(set, Name.KEYSTORE_TYPE, Name.KEYSTORE, Name.KEYSTORE_PASSWORD);
        shareStore(set, Name.TRUSTSTORE_TYPE, Name.TRUSTSTORE, Name.TRUSTSTORE_PASSWORD);
    }

    private void shareStore(BiConsumer<String, String> set, Name type, Name... others) {
        Found found = find(type);
        if (found != null && found.text().equalsIgnoreCase(PEM)) {
            return;
        }
        share(set, type);
        for (Name other : others) {
            share(set, other);
        }
    }

    private void share(BiConsumer<String, String> set, Name name) {
        Found found = find(name);
        if (found != null) {
            set.accept(name.property, found.text());
        }
    }

    /** A name's value in words such as a file may have, and where it was found; null if it is not set. */
    @Nullable
    Found find(Name name) {
        String property = text(properties, name.property);
        String variable = text(environment, name.variable);
        if (variable != null && (property == null || property.equals(variable))) { // equal: by shareStores
            return new Found(variable, "the environment's " + name.variable);
        }
        return property == null ? null : new Found(property, "the system property " + name.property);
    }

    private static @Nullable String text(UnaryOperator<@Nullable String> values, String name) {
        String value = values.apply(name);
        return value == null || value.isBlank() ? null : value.trim();
    }

    record Found(String text, String origin) {
        /** Of a list: with commas between, unlike those in a file. */
        List<String> words() {
            return Arrays.stream(text.split("[,\\s]+"))
                    .filter(word -> !word.isEmpty())
                    .toList();
        }
    }

    enum Name {
        KEYSTORE("javax.net.ssl.keyStore", "FLUME_SSL_KEYSTORE_PATH"),
        KEYSTORE_PASSWORD("javax.net.ssl.keyStorePassword", "FLUME_SSL_KEYSTORE_PASSWORD"),
        KEYSTORE_TYPE("javax.net.ssl.keyStoreType", "FLUME_SSL_KEYSTORE_TYPE"),
        TRUSTSTORE("javax.net.ssl.trustStore", "FLUME_SSL_TRUSTSTORE_PATH"),
        TRUSTSTORE_PASSWORD("javax.net.ssl.trustStorePassword", "FLUME_SSL_TRUSTSTORE_PASSWORD"),
        TRUSTSTORE_TYPE("javax.net.ssl.trustStoreType", "FLUME_SSL_TRUSTSTORE_TYPE"),
        INCLUDE_PROTOCOLS("flume.ssl.include.protocols", "FLUME_SSL_INCLUDE_PROTOCOLS"),
        EXCLUDE_PROTOCOLS("flume.ssl.exclude.protocols", "FLUME_SSL_EXCLUDE_PROTOCOLS"),
        INCLUDE_CIPHER_SUITES("flume.ssl.include.cipherSuites", "FLUME_SSL_INCLUDE_CIPHERSUITES"),
        EXCLUDE_CIPHER_SUITES("flume.ssl.exclude.cipherSuites", "FLUME_SSL_EXCLUDE_CIPHERSUITES");

        private final String property;
        private final String variable;

        Name(String property, String variable) {
            this.property = property;
            this.variable = variable;
        }
    }
}
