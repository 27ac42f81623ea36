package org.millrace.relay.config;

/** A key, its value and where they stand. */
record Property(String key, String value, Place place) {
    Property withValue(String changed) {
        return new Property(key, changed, place);
    }
}
