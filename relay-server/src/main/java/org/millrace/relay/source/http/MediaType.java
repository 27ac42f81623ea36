package org.millrace.relay.source.http;

import org.jspecify.annotations.Nullable;

/** The value of a Content-Type header (RFC 9110, 8.3). */
final class MediaType {
    private static final String CHARSET = "charset=";

    private MediaType() {}

    /** The charset that it names; null for none. */
    static @Nullable String charset(@Nullable String contentType) {
        if (contentType == null) {
            return null;
        }
        for (String parameter : contentType.split(";", -1)) {
            String text = parameter.trim();
            if (text.regionMatches(true, 0, CHARSET, 0, CHARSET.length())) {
                String name = text.substring(CHARSET.length()).trim();
                boolean isQuoted = name.length() > 1 && name.startsWith("\"") && name.endsWith("\"");
                return isQuoted ? name.substring(1, name.length() - 1) : name;
            }
        }
        return null;
    }
}
