package org.millrace.tls;

import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What Flume takes where a component leaves a key out: first a system property, then a variable of the environment. Immutable.
 */
public final class Globals {
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

    /** A name's value in words such as a file may have, and where it was found; null if it is not set. */
    @Nullable
    Found find(Name name) {
        String property = properties.apply(name.property);
        if (property != null && !property.isBlank()) {
            return new Found(property.trim(), "the system property " + name.property);
        }
        String variable = environment.apply(name.variable);
        return variable == null || variable.isBlank()
                ? null
                : new Found(variable.trim(), "the environment's " + name.variable);
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
