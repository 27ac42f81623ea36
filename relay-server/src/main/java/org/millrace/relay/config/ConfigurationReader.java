package org.millrace.relay.config;

import org.jspecify.annotations.Nullable;

/** Reads configurations: {@link Configuration#read} with all that it needs. */
@FunctionalInterface
public interface ConfigurationReader {
    /** @param running what runs already; null if nothing does */
    Configuration read(Configuration.Request request, @Nullable Assembly running);
}
