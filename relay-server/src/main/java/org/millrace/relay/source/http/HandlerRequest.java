package org.millrace.relay.source.http;

import io.netty.handler.codec.http.HttpRequest;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;
import org.millrace.api.part.HttpHandler;

/** A request as its handler sees it. */
record HandlerRequest(HttpRequest head, InputStream content) implements HttpHandler.Request {
    @Override
    public String method() {
        return head.method().name();
    }

    @Override
    public String uri() {
        return head.uri();
    }

    @Override
    public @Nullable String header(String name) {
        return head.headers().get(name);
    }
}
