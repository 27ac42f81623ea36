package org.millrace.serializer;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the file says of the schemas of bodies that are Avro data.
 *
 * @param keyPrefix of its keys, such as {@code serializer.}, for messages
 * @param url of the schema of bodies that do not tell theirs; null for none
 * @param urlPrefixes what a URL named by a sender must start with: else whoever can send events could make the agent read any file
 */
public record BodySchemas(String keyPrefix, @Nullable String url, List<String> urlPrefixes) {
    static final String URL = "schemaURL";
    static final String URL_PREFIXES = "schemaUrlPrefixes";

    /** The key of {@link #url}. */
    String urlKey() {
        return keyPrefix + URL;
    }

    /** Why a sender may not name a URL; null if it may. */
    public @Nullable String objection(String senders) {
        return urlPrefixes.stream().anyMatch(senders::startsWith)
                ? null
                : "senders may not name this place (expected: a start of " + String.join(" or ", urlPrefixes) + ", as "
                        + keyPrefix + URL_PREFIXES + " says)";
    }
}
