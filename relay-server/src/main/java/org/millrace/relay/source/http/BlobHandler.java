package org.millrace.relay.source.http;

import io.netty.handler.codec.http.QueryStringDecoder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.millrace.api.part.HttpHandler;
import org.millrace.api.part.RefusedRequestException;
import org.millrace.codec.EventBatchBuilder;

/** One event: the parameters in the request's query are its headers, the content its body. */
final class BlobHandler implements HttpHandler {
    private static final String CONTENT_TYPE = "Content-Type";
    private static final int MAX_PARAMETERS = 1024;

    private final List<String> mandatory;
    private final boolean hasContentType;
    private final long maxBytes;

    /**
     * @param mandatory parameters that a request must have
     * @param hasContentType whether there is a header for it
     * @param maxBytes the most of a body; what is longer is cut
     */
    BlobHandler(List<String> mandatory, boolean hasContentType, long maxBytes) {
        this.mandatory = List.copyOf(mandatory);
        this.hasContentType = hasContentType;
        this.maxBytes = maxBytes;
    }

    @Override
    public long contentLimit() {
        return maxBytes;
    }

    @Override
    public void read(Request request, EventBatchBuilder batch) throws RefusedRequestException, IOException {
        Map<String, String> headers = new LinkedHashMap<>();
        String contentType = hasContentType ? request.header(CONTENT_TYPE) : null;
        if (contentType != null) {
            headers.put(CONTENT_TYPE, contentType);
        }
        parameters(request.uri()).forEach((name, values) -> headers.put(name, values.get(0)));
        for (String name : mandatory) {
            if (!headers.containsKey(name)) {
                // as Flume answers it
                throw new RefusedRequestException(500, "Please specify " + name + " parameter in the request.");
            }
        }
        byte[] bytes = request.content().readNBytes((int) Math.min(maxBytes, Integer.MAX_VALUE));
        batch.add(headers, bytes);
    }

    private static Map<String, List<String>> parameters(String uri) throws RefusedRequestException {
        try {
            return new QueryStringDecoder(uri, StandardCharsets.UTF_8, true, MAX_PARAMETERS, true).parameters();
        } catch (IllegalArgumentException e) {
            throw new RefusedRequestException(400, "a query that cannot be decoded");
        }
    }
}
