package org.millrace.relay.source.http;

import io.netty.handler.codec.http.QueryStringDecoder;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.millrace.codec.EventBatchBuilder;

/** One event: the parameters in the request's query are its headers, the content its body. */
final class BlobHandler implements RequestHandler {
    static final String CLASS_NAME = "org.apache.flume.source.http.BLOBHandler";
    static final String MORPHLINE_CLASS_NAME = "org.apache.flume.sink.solr.morphline.BlobHandler";

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
    public void read(RequestHead head, InputStream body, EventBatchBuilder batch)
            throws BadRequestException, IOException {
        Map<String, String> headers = new LinkedHashMap<>();
        if (hasContentType && head.contentType() != null) {
            headers.put(CONTENT_TYPE, head.contentType());
        }
        parameters(head.uri()).forEach((name, values) -> headers.put(name, values.get(0)));
        for (String name : mandatory) {
            if (!headers.containsKey(name)) {
                throw BadRequestException.unexpected("Please specify " + name + " parameter in the request.");
            }
        }
        byte[] bytes = body.readNBytes((int) Math.min(maxBytes, Integer.MAX_VALUE));
        batch.add(headers, bytes);
    }

    private static Map<String, List<String>> parameters(String uri) throws BadRequestException {
        try {
            return new QueryStringDecoder(uri, StandardCharsets.UTF_8, true, MAX_PARAMETERS, true).parameters();
        } catch (IllegalArgumentException e) {
            throw BadRequestException.badRequest("a query that cannot be decoded");
        }
    }
}
