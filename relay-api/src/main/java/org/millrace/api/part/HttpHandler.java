package org.millrace.api.part;

import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;
import org.millrace.codec.EventBatchBuilder;

/** Makes events of the requests of an HTTP source. Called by event loops, many at a time: it never blocks, and is thread-safe. */
public interface HttpHandler {
    /**
     * Adds the request's events to the batch; to add none is no mistake. They are stored all or none, and the request is answered then.
     *
     * @param batch lent; what was added is dropped if this throws
     * @throws RefusedRequestException if the request makes no events: it is answered as that says
     * @throws IOException if the content cannot be read: it is answered with 400
     */
    void read(Request request, EventBatchBuilder batch) throws RefusedRequestException, IOException;

    /**
     * Bytes of content beyond this do not reach the handler, which is no mistake; the most there is if all of it counts. More than the source's
     * {@code maxRequestBytes} never reaches it.
     */
    default long contentLimit() {
        return Long.MAX_VALUE;
    }

    /** A request, all of which is here. Lent until {@link #read} returns. One thread. */
    interface Request {
        /** {@code POST}, {@code GET} or {@code HEAD}. */
        String method();

        /** Path and query, as they were sent. */
        String uri();

        /** The first value of a header, by its name without regard to case; null without it. */
        @Nullable
        String header(String name);

        /** The content, not compressed; nobody needs to close it. */
        InputStream content();
    }
}
