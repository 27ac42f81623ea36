package org.millrace.relay.config;

import java.util.Set;

/**
 * A key, its value and where they stand.
 *
 * @param secrets parts of the value that nobody is to see: what config filters gave
 */
record Property(String key, String value, Place place, Set<String> secrets) {
    Property {
        secrets = Set.copyOf(secrets);
    }

    Property(String key, String value, Place place) {
        this(key, value, place, Set.of());
    }

    Property withValue(String changed, Set<String> secretParts) {
        return new Property(key, changed, place, secretParts);
    }
}
