package org.millrace.relay.source.http;

import java.util.List;
import org.millrace.api.ComponentFactory;
import org.millrace.api.Settings;
import org.millrace.api.part.HttpHandler;
import org.millrace.api.part.PartContext;

/** Makes the handler of Flume's morphline module that takes a request as one event, cut to a length. */
public final class MorphlineBlobHandlerFactory implements ComponentFactory.OfHttpHandler {
    static final String CLASS_NAME = "org.apache.flume.sink.solr.morphline.BlobHandler";

    private static final long DEFAULT_BYTES = 100_000_000;
    private static final long MOST_BYTES = Integer.MAX_VALUE - 16L;

    @Override
    public List<String> typeNames() {
        return List.of(CLASS_NAME);
    }

    @Override
    public String summary() {
        return "Takes a request as one event, with its content type and its parameters as headers, cut to a length";
    }

    @Override
    public HttpHandler create(PartContext context, Settings settings) {
        long maxBytes = settings.bytes("maxBlobLength", 1, MOST_BYTES)
                .about("with BlobHandler: the most bytes of a body; what is longer is cut")
                .orElse(DEFAULT_BYTES);
        HandlerKeys.ignoreOthers(settings);
        return new BlobHandler(List.of(), true, maxBytes);
    }
}
