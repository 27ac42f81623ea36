package org.millrace.relay.source.http;

import org.jspecify.annotations.Nullable;

/**
 * What a request says before its content.
 *
 * @param uri path and query
 * @param contentType null if it says none
 */
record RequestHead(String uri, @Nullable String contentType) {}
