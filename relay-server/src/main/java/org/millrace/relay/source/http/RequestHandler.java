package org.millrace.relay.source.http;

import java.io.IOException;
import java.io.InputStream;
import org.millrace.codec.EventBatchBuilder;

/** Makes events of a request. Thread-safe. */
interface RequestHandler {
    /**
     * Adds the request's events to the batch.
     *
     * @param body the request's content, not compressed; lent
     * @throws BadRequestException if it makes no events
     */
    void read(RequestHead head, InputStream body, EventBatchBuilder batch) throws BadRequestException, IOException;

    /** Content beyond this does not reach the handler and is no mistake; the most there is if all of it counts. */
    default long contentLimit() {
        return Long.MAX_VALUE;
    }
}
