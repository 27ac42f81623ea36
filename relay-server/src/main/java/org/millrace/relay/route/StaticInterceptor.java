package org.millrace.relay.route;

import org.millrace.api.HeaderInterceptor;
import org.millrace.codec.HeaderEdit;

/** Sets a header to a value that never changes: Flume's {@code static}, and {@code host} once the host is known. */
final class StaticInterceptor implements HeaderInterceptor {
    private final HeaderEdit edit;

    StaticInterceptor(HeaderEdit edit) {
        this.edit = edit;
    }

    @Override
    public HeaderEdit edit() {
        return edit;
    }
}
