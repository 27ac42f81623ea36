package org.millrace.relay.source.http;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.millrace.api.ComponentFactory;
import org.millrace.api.Settings;
import org.millrace.api.part.HttpHandler;
import org.millrace.api.part.PartContext;
import org.millrace.api.part.RefusedRequestException;
import org.millrace.codec.EventBatchBuilder;

/** A handler as a plug-in may bring it: the header {@code X-Event} is the event. */
final class OneHeaderHandlerFactory implements ComponentFactory.OfHttpHandler {
    @Override
    public List<String> typeNames() {
        return List.of("one_header");
    }

    @Override
    public HttpHandler create(PartContext context, Settings settings) {
        int size = settings.integer("size", 1, Integer.MAX_VALUE)
                .about("the longest event")
                .required();
        return new OneHeader(size);
    }

    private record OneHeader(int size) implements HttpHandler {
        @Override
        public void read(Request request, EventBatchBuilder batch) throws RefusedRequestException, IOException {
            String event = request.header("x-event");
            if (event == null) {
                throw new IllegalStateException("no X-Event"); // a mistake of the plug-in's: it should refuse it
            }
            if (event.length() > size) {
                throw new RefusedRequestException(422, "more than " + size);
            }
            Map<String, String> headers = Map.of("method", request.method(), "uri", request.uri());
            batch.add(headers, event.getBytes(StandardCharsets.UTF_8));
            batch.add(headers, request.content().readAllBytes());
        }
    }
}
