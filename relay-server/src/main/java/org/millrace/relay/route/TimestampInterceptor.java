package org.millrace.relay.route;

import java.time.InstantSource;
import org.millrace.api.HeaderInterceptor;
import org.millrace.codec.HeaderEdit;
import org.millrace.codec.HeaderName;

/** Sets a header to the time a batch comes by, as epoch milliseconds in decimal: Flume's {@code timestamp}. One time for a batch. */
final class TimestampInterceptor implements HeaderInterceptor {
    private final HeaderName header;
    private final boolean preserveExisting;
    private final InstantSource clock;

    TimestampInterceptor(HeaderName header, boolean preserveExisting, InstantSource clock) {
        this.header = header;
        this.preserveExisting = preserveExisting;
        this.clock = clock;
    }

    @Override
    public HeaderEdit edit() {
        return new HeaderEdit(header, Long.toString(clock.millis()), preserveExisting);
    }
}
